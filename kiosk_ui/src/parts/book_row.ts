import { html, type TemplateResult } from "lit-html";
import type { Book, Loan, Tag } from "../flow";
import type { Words } from "../i18n/words";
import { cover } from "./cover";
import { late, stop, tick, waiting } from "./drawings";

interface Line {
  tone: "asked" | "good" | "late" | "no";
  sign: TemplateResult;
  title: string;
  notes: string[];
}

/** A book the member has, with what can be done or what became of it. */
export function loanRow(loan: Loan, words: Words, renew: () => void): TemplateResult {
  const line = loan.now === null || loan.now.is === "asked" ? null : lineOf(loan.now, words);
  const due = loan.overdue ? words.overdueSince(loan.due) : words.due(loan.due);
  return html`<li class="book ${line?.tone ?? (loan.overdue ? "late" : "asked")}">
    ${cover(loan.title)}
    <div class="book-text">
      <p class="title">${loan.title}</p>
      ${(line?.notes ?? [due]).map((note) => html`<p class="note">${note}</p>`)}
    </div>
    ${loan.now === null ? renewButton(loan, words, renew) : (line?.sign ?? waiting())}
  </li>`;
}

function renewButton(loan: Loan, words: Words, renew: () => void): TemplateResult {
  return html`<button class="button second" type="button" aria-label="${words.renew}: ${loan.title}" @click=${renew}>
    <span>${words.renew}</span>
  </button>`;
}

/** One book and what became of it. `again` moves the row: the book was scanned a second time. */
export function bookRow(book: Book, words: Words, again: "" | "again-odd" | "again-even"): TemplateResult {
  const line = lineOf(book, words);
  return html`<li class="book ${line.tone} ${again}">
    ${cover(line.title)}
    <div class="book-text">
      <p class="title">${line.title === "" ? book.key : line.title}</p>
      ${line.notes.map((note) => html`<p class="note">${note}</p>`)}
      ${again === "" ? "" : html`<p class="note there">${words.again}</p>`}
    </div>
    ${line.sign}
  </li>`;
}

/** The same in words, for those who hear the page. */
export function bookSentence(book: Book, words: Words): string {
  const line = lineOf(book, words);
  return [line.title, ...line.notes].join(". ");
}

function lineOf(book: Book, words: Words): Line {
  switch (book.is) {
    case "asked":
      return { tone: "asked", sign: waiting(), title: "", notes: [book.securing ? words.securing : words.checking] };
    case "incomplete":
      return { tone: "late", sign: late(), title: "", notes: [words.partsSeen(book.seen, book.of), words.partsHint] };
    case "lent":
      return withTag(book, words, {
        tone: "good",
        sign: tick(),
        title: book.title,
        notes: [book.due === "" ? words.dueUnknown : words.due(book.due), ...(book.found ? [words.found] : [])],
      });
    case "renewed":
      return withTag({ ...book, parts: "" }, words, {
        tone: "good",
        sign: tick(),
        title: book.title,
        notes: [book.due === "" ? words.dueUnknown : words.renewed(book.due)],
      });
    case "returned":
      return withTag(book, words, returnedLine(book, words));
    case "refused":
      return { tone: "no", sign: stop(), title: book.title, notes: book.hints };
  }
}

function returnedLine(book: Extract<Book, { is: "returned" }>, words: Words): Line {
  const hints = [...(book.parts === "" ? [] : [words.partsMissing(book.parts)]), ...book.hints];
  const good = { tone: "good", sign: tick(), title: book.title } as const;
  if (book.found) return { ...good, notes: [words.found, ...hints] };
  if (!book.was_on_loan) return { ...good, notes: [words.wasIn, ...hints] };
  if (book.days_late === 0) return { ...good, notes: [words.onTime, ...hints] };
  const fine = book.fine === "" ? [] : [words.fine(book.fine)];
  return { tone: "late", sign: late(), title: book.title, notes: [words.late(book.days_late), ...fine, ...hints] };
}

/** What its tag still needs comes last: it is what is to be done now. */
function withTag(book: { is: string; tag: Tag; parts: string }, words: Words, line: Line): Line {
  switch (book.tag) {
    case "none":
    case "done":
      return line;
    case "writing":
      return { ...line, tone: "asked", sign: waiting(), notes: [...line.notes, words.releasing] };
    case "wanted": {
      const lay = book.is === "lent" && book.parts !== "" ? words.layOnPadParts(book.parts) : words.layOnPad;
      return { ...line, tone: "late", sign: late(), notes: [...line.notes, lay] };
    }
    case "pending":
      return { ...line, tone: "no", sign: stop(), notes: [...line.notes, words.takeToDesk] };
  }
}
