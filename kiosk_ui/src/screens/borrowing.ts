import { html, type TemplateResult } from "lit-html";
import type { Book } from "../flow";
import type { Words } from "../i18n/words";
import { button } from "../parts/button";
import { myLoans } from "../parts/my_loans";
import { visit } from "../parts/visit";
import type { Draw, Scene } from "../scene";

function lookAtLoans({ words, touch }: Scene): TemplateResult {
  return button(words.lookAtLoans, () => touch({ touch: "loans", look: true }), { kind: "second" });
}

/** What was borrowed, and what was renewed where anything was. */
function counted(books: Book[], words: Words): string {
  const lent = books.filter((book) => book.is === "lent").length;
  const renewed = books.filter((book) => book.is === "renewed").length;
  if (renewed === 0) return words.lentCount(lent);
  return lent === 0 ? words.renewedCount(renewed) : `${words.lentCount(lent)} · ${words.renewedCount(renewed)}`;
}

export const borrowing: Draw<"borrowing"> = (screen, scene) => {
  const { words } = scene;
  const about = html`
    <p>${words.loansBefore(screen.loans)}</p>
    ${screen.overdue > 0 && screen.hints.length === 0 ? html`<p class="notice">${words.overdueBefore(screen.overdue)}</p>` : ""}
    ${screen.hints.map((hint) => html`<p class="notice no">${hint}</p>`)}
    ${screen.loans > 0 && screen.mine === null ? lookAtLoans(scene) : ""}
  `;
  return visit(
    {
      heading: words.greet(screen.member),
      about,
      invitation: words.scanTitle,
      hint: words.scanHint,
      count: counted(screen.books, words),
      books: screen.books,
      again: screen.again,
      ...(screen.mine === null ? {} : { instead: myLoans(screen.mine, scene) }),
    },
    scene,
  );
};
