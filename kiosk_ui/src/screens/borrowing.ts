import { html } from "lit-html";
import { visit } from "../parts/visit";
import type { Draw } from "../scene";

export const borrowing: Draw<"borrowing"> = (screen, scene) => {
  const { words } = scene;
  const about = html`
    <p>${words.loansBefore(screen.loans)}</p>
    ${screen.overdue > 0 && screen.hints.length === 0 ? html`<p class="notice">${words.overdueBefore(screen.overdue)}</p>` : ""}
    ${screen.hints.map((hint) => html`<p class="notice no">${hint}</p>`)}
  `;
  return visit(
    {
      heading: words.greet(screen.member),
      about,
      invitation: words.scanTitle,
      hint: words.scanHint,
      count: words.lentCount(screen.books.filter((book) => book.is === "lent").length),
      books: screen.books,
      again: screen.again,
    },
    scene,
  );
};
