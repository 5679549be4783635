import { html } from "lit-html";
import type { Scene } from "../scene";
import { button } from "./button";
import { arrowBack } from "./drawings";
import { qrCode } from "./qr_code";
import type { Instead } from "./visit";

/** The code that links the member's LINE account, and what to do with it. */
export function joinLine(squares: string[], { words, touch }: Scene): Instead {
  return {
    list: html`<div class="join-line">
      <h2>${words.joinLineTitle}</h2>
      ${qrCode(squares, words.joinLineCode)}
      <ol>
        ${words.joinLineHow.map((step) => html`<li>${step}</li>`)}
      </ol>
    </div>`,
    ways: button(words.back, () => touch({ touch: "line", show: false }), { kind: "main", picture: arrowBack() }),
  };
}
