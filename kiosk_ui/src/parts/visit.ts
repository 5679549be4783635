import { html, type TemplateResult } from "lit-html";
import { type Book, isDone, waits as isAwaited } from "../flow";
import type { Words } from "../i18n/words";
import type { Scene } from "../scene";
import { bookList } from "./book_list";
import { button } from "./button";
import { arrowBack, bookAndScanner, slipGlyph } from "./drawings";
import { noSlipNotice } from "./notices";
import { wholeName } from "./whole";

export interface Instead {
  list: TemplateResult;
  ways: TemplateResult;
}

interface Visit {
  heading: string;
  about: TemplateResult;
  invitation: string;
  hint: string;
  count: string;
  books: Book[];
  again: string;
  /** How the slip can be sent, if at all, and whether that was tried in vain. */
  slipBy: "" | "line" | "email";
  slipFailed: boolean;
  /** A set that comes back is given a few seconds for its parts. */
  awaitsParts?: boolean;
  /** Shown in the place of the books, with its own ways out. */
  instead?: Instead;
}

/** Borrowing and returning look alike: who or what on one side, the books and the way out on the other. */
export function visit(parts: Visit, scene: Scene): TemplateResult {
  return html`<main class="visit">
    <section class="visit-about">
      <h1 tabindex="-1">${wholeName(parts.heading)}</h1>
      ${parts.about} ${keptNotice(parts.books, scene)}
      ${anyDone(parts.books) && parts.instead === undefined ? goOn(scene) : ""}
    </section>
    <section class="visit-books">
      ${parts.instead?.list ?? (parts.books.length === 0 ? invitation(parts) : filled(parts, scene))}
    </section>
    <footer class="ways-out">${parts.instead?.ways ?? html`${notSent(parts, scene)}${noSlipNotice(scene)}${waysOut(parts, scene)}`}</footer>
  </main>`;
}

function invitation(parts: Visit): TemplateResult {
  return html`<div class="invitation">
    ${bookAndScanner()}
    <h2>${parts.invitation}</h2>
    <p>${parts.hint}</p>
  </div>`;
}

function goOn({ words }: Scene): TemplateResult {
  return html`<div class="go-on">
    ${bookAndScanner()}
    <p>${words.nextBook}</p>
  </div>`;
}

function filled(parts: Visit, scene: Scene): TemplateResult {
  return html`<p class="count">${parts.count}</p>
    ${bookList(parts.books, parts.again, scene)}`;
}

function keptNotice(books: Book[], scene: Scene): TemplateResult | "" {
  const kept = books.some((book) => (book.is === "lent" || book.is === "renewed") && !book.from_hub);
  return kept ? html`<p class="notice">${scene.words.kept}</p>` : "";
}

function anyDone(books: Book[]): boolean {
  return books.some(isDone);
}

function notSent(parts: Visit, { view, words }: Scene): TemplateResult | "" {
  if (!parts.slipFailed) return "";
  return html`<p class="notice">${view.paper === "none" ? words.notSentNoPaper : words.notSent}</p>`;
}

function sendSlip({ slipBy }: Visit, words: Words, touch: Scene["touch"], waits: boolean): TemplateResult | "" {
  if (slipBy === "") return "";
  return button(words.finishAndSend[slipBy], () => touch({ touch: "send" }), { kind: "second", disabled: waits });
}

function waysOut(parts: Visit, { view, words, touch }: Scene): TemplateResult {
  const waits = parts.books.some(isAwaited) || parts.awaitsParts === true;
  if (!anyDone(parts.books)) {
    const leave = () => touch({ touch: "leave" });
    return button(words.leave, leave, { kind: "second", disabled: waits, picture: arrowBack() });
  }
  const finish = (slip: boolean) => () => touch({ touch: "finish", slip });
  const send = sendSlip(parts, words, touch, waits);
  if (view.paper === "none") {
    return html`${send} ${button(words.finish, finish(false), { kind: "main", disabled: waits })}`;
  }
  return html`
    ${send} ${button(words.finishWithoutSlip, finish(false), { kind: "second", disabled: waits })}
    ${button(words.finishWithSlip, finish(true), { kind: "main", disabled: waits, picture: slipGlyph() })}
  `;
}
