import { html, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { Book } from "../flow";
import type { Scene } from "../scene";
import { bookRow } from "./book_row";

/** The books of this visit, the newest on top, where the eye is; above it the one that was scanned once more. */
export function bookList(books: Book[], again: string, scene: Scene): TemplateResult {
  const newestFirst = [...books].reverse();
  const rows = [...newestFirst.filter((book) => book.key === again), ...newestFirst.filter((book) => book.key !== again)];
  const nudge = scene.nudges % 2 === 0 ? "again-even" : "again-odd";
  return html`<ol class="books">
    ${repeat(
      rows,
      (book) => book.key,
      (book) => bookRow(book, scene.words, book.key === again ? nudge : ""),
    )}
  </ol>`;
}
