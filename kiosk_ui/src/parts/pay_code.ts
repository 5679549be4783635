import { html } from "lit-html";
import type { ScreenOf } from "../flow";
import type { Scene } from "../scene";
import { button } from "./button";
import { arrowBack } from "./drawings";
import { qrCode } from "./qr_code";
import type { Instead } from "./visit";

/** The code to pay with, how much and to whom. Nothing is paid here: the desk confirms what arrived. */
export function payCode({ code, amount, payee }: ScreenOf<"borrowing">, { words, touch }: Scene): Instead {
  return {
    list: html`<div class="join-line">
      <h2>
        ${words.payTitle} <strong>${words.payAmount(amount)}</strong>
        ${payee === "" ? "" : html`<small>${words.payTo(payee)}</small>`}
      </h2>
      ${qrCode(code, words.payCode)}
      <ol>
        ${words.payHow.map((step) => html`<li>${step}</li>`)}
      </ol>
    </div>`,
    ways: button(words.back, () => touch({ touch: "pay", show: false }), { kind: "main", picture: arrowBack() }),
  };
}
