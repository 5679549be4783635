import { html, type TemplateResult } from "lit-html";
import type { Scene } from "../scene";
import { button } from "./button";

const ROUND = 2 * Math.PI * 52;

/** The last seconds before the screen is wiped. */
export function stillThere(seconds: number, of: number, { words, touch }: Scene): TemplateResult {
  const stay = () => touch({ touch: "stay" });
  return html`<div class="scrim" @click=${stay}>
    <div class="still-there" role="alertdialog" aria-labelledby="still-there" aria-describedby="wipes-in">
      <svg class="seconds" viewBox="0 0 120 120" aria-hidden="true">
        <circle cx="60" cy="60" r="52" fill="none" stroke="var(--line)" stroke-width="10" />
        <circle
          class="seconds-left"
          cx="60"
          cy="60"
          r="52"
          fill="none"
          stroke="var(--sun)"
          stroke-width="10"
          stroke-linecap="round"
          stroke-dasharray=${ROUND}
          stroke-dashoffset=${ROUND * (1 - seconds / of)}
          transform="rotate(-90 60 60)"
        />
        <text x="60" y="60" text-anchor="middle" dominant-baseline="central">${seconds}</text>
      </svg>
      <h2 id="still-there">${words.stillThere}</h2>
      <p id="wipes-in">${words.wipesIn(seconds)}</p>
      ${button(words.stay, stay, { kind: "main" })}
    </div>
  </div>`;
}
