import { html, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { Hold, Loan, ScreenOf } from "../flow";
import type { Scene } from "../scene";
import { loanRow } from "./book_row";
import { button } from "./button";
import { cover } from "./cover";
import { arrowBack } from "./drawings";
import type { Instead } from "./visit";

/** What the member has, each to be renewed by a touch, or all at once; what waits to be fetched; what is owed. */
export function myLoans(screen: ScreenOf<"borrowing">, loans: Loan[], scene: Scene): Instead {
  const { words, touch } = scene;
  const waits = loans.some((loan) => loan.now?.is === "asked");
  const canAsk = loans.some((loan) => loan.now === null);
  const row = (loan: Loan): TemplateResult =>
    loanRow(loan, words, () => touch({ touch: "renew", key: loan.key }));
  return {
    list: html`<p class="count">${loans.length === 0 ? words.noLoans : words.myBooks(loans.length)}</p>
      <div class="account">
        <ol class="books">
          ${repeat(loans, (loan) => loan.key, row)}
        </ol>
        ${holds(screen.holds, scene)} ${standing(screen, scene)}
      </div>`,
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

function holds(all: Hold[], { words }: Scene): TemplateResult | "" {
  if (all.length === 0) return "";
  return html`<h2>${words.setAsideTitle}</h2>
    <ol class="books">
      ${all.map(
        (hold) => html`<li class="book">
          ${cover(hold.title)}
          <div class="book-text">
            <p class="title">${hold.title}</p>
            <p class="note">${words.fetchAt(hold.place, hold.until)}</p>
          </div>
        </li>`,
      )}
    </ol>`;
}

function standing({ debt, expires }: ScreenOf<"borrowing">, { words }: Scene): TemplateResult {
  return html`${debt === "" ? "" : html`<p class="notice">${words.owed(debt)}</p>`}
  ${expires === "" ? "" : html`<p class="until">${words.memberUntil(expires)}</p>`}`;
}
