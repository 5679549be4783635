import { html, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { Loan } from "../flow";
import type { Scene } from "../scene";
import { loanRow } from "./book_row";
import { button } from "./button";
import { arrowBack } from "./drawings";

/** What the member has, each to be renewed by a touch, or all at once. */
export function myLoans(loans: Loan[], scene: Scene): { list: TemplateResult; ways: TemplateResult } {
  const { words, touch } = scene;
  const waits = loans.some((loan) => loan.now?.is === "asked");
  const canAsk = loans.some((loan) => loan.now === null);
  const row = (loan: Loan): TemplateResult =>
    loanRow(loan, words, () => touch({ touch: "renew", key: loan.key }));
  return {
    list: html`<p class="count">${words.myBooks(loans.length)}</p>
      <ol class="books">
        ${repeat(loans, (loan) => loan.key, row)}
      </ol>`,
    ways: html`
      ${button(words.backToBooks, () => touch({ touch: "loans", look: false }), {
        kind: canAsk ? "second" : "main",
        disabled: waits,
        picture: arrowBack(),
      })}
      ${canAsk ? button(words.renewAll, () => touch({ touch: "renew_all" }), { kind: "main", disabled: waits }) : ""}
    `,
  };
}
