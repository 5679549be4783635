/** The line to the kiosk: it is taken up again for ever, and a page that has grown old loads itself anew. */

import type { Touch, View } from "./flow";

const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 3000;

export interface Ears {
  told(view: View): void;
  lost(): void;
}

export class Link {
  private socket: WebSocket | null = null;
  private pause = FIRST_PAUSE;
  private wasLost = false;

  constructor(private readonly ears: Ears) {}

  open(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`);
    socket.onopen = () => this.opened();
    socket.onmessage = (message) => this.ears.told(JSON.parse(String(message.data)) as View);
    socket.onclose = () => this.closed();
    this.socket = socket;
  }

  touch(touch: Touch): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(touch));
  }

  private opened(): void {
    this.pause = FIRST_PAUSE;
    if (this.wasLost) void reloadIfOld();
  }

  private closed(): void {
    this.wasLost = true;
    this.ears.lost();
    setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}

/** After an update of the agent, its page names other files than the ones that run here. */
async function reloadIfOld(): Promise<void> {
  const script = document.querySelector<HTMLScriptElement>("script[src]")?.getAttribute("src");
  const answer = await fetch("/", { cache: "no-store" });
  if (answer.ok && script && !(await answer.text()).includes(script)) location.reload();
}
