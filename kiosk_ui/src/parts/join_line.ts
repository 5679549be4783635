import { html, svg } from "lit-html";
import type { Scene } from "../scene";
import { button } from "./button";
import { arrowBack } from "./drawings";
import type { Instead } from "./visit";

/** Light squares around a QR code (ISO/IEC 18004). */
const BORDER = 4;

/** The dark squares as one outline. */
export function outline(squares: string[]): string {
  return squares
    .flatMap((row, y) => [...row].map((square, x) => (square === "1" ? `M${x + BORDER} ${y + BORDER}h1v1h-1z` : "")))
    .join("");
}

/** The code that links the member's LINE account, and what to do with it. */
export function joinLine(squares: string[], { words, touch }: Scene): Instead {
  const side = squares.length + 2 * BORDER;
  return {
    list: html`<div class="join-line">
      <h2>${words.joinLineTitle}</h2>
      <svg viewBox="0 0 ${side} ${side}" role="img" aria-label=${words.joinLineCode} shape-rendering="crispEdges">
        ${svg`<path d=${outline(squares)} />`}
      </svg>
      <ol>
        ${words.joinLineHow.map((step) => html`<li>${step}</li>`)}
      </ol>
    </div>`,
    ways: button(words.back, () => touch({ touch: "line", show: false }), { kind: "main", picture: arrowBack() }),
  };
}
