import { html } from "lit-html";
import { visit } from "../parts/visit";
import type { Draw } from "../scene";

export const returning: Draw<"returning"> = (screen, scene) => {
  const { words } = scene;
  return visit(
    {
      heading: words.returnTitle,
      about: html`<p>${words.giveBackHow}</p>`,
      invitation: words.returnScan,
      hint: words.returnHint,
      count: words.returnedCount(screen.books.filter((book) => book.is === "returned").length),
      books: screen.books,
      again: screen.again,
      slipBy: "",
      slipFailed: false,
      awaitsParts: screen.books.some((book) => book.is === "incomplete"),
    },
    scene,
  );
};
