/** What the page knows: the last view the kiosk sent, how the line to it is, and the time. Pure. */

export type Language = "th" | "en";

export type Book =
  | { is: "asked"; key: string }
  | { is: "lent"; key: string; title: string; due: string; from_hub: boolean }
  | { is: "renewed"; key: string; title: string; due: string; from_hub: boolean }
  | {
      is: "returned";
      key: string;
      title: string;
      was_on_loan: boolean;
      days_late: number;
      fine: string;
      hints: string[];
    }
  | { is: "refused"; key: string; title: string; hints: string[] };

/** A book that the member has; `now` is what this visit made of it, if anything. */
export interface Loan {
  key: string;
  title: string;
  due: string;
  overdue: boolean;
  now: Book | null;
}

/** How far the member is with getting notices by LINE. */
export type Joining = "not_offered" | "offered" | "asked" | "failed" | "shown";

export type SlipOutcome = "printed" | "sent" | "not_wanted" | "no_paper" | "failed";

export type Screen =
  | { name: "welcome"; on_pad: number }
  | { name: "unavailable" }
  | { name: "typing"; digits: string }
  | { name: "identifying" }
  | { name: "not_known"; hints: string[] }
  | {
      name: "borrowing";
      member: string;
      loans: number;
      overdue: number;
      hints: string[];
      books: Book[];
      again: string;
      mine: Loan[] | null;
      slip_by: "" | "line" | "email";
      slip_failed: boolean;
      line: Joining;
      /** A QR code in rows of “1” for dark and “0” for light. */
      code: string[];
    }
  | { name: "returning"; books: Book[]; again: string }
  | { name: "printing"; sends: boolean }
  | { name: "done"; kind: "loan" | "return"; count: number; renewed: number; due: string; fine: string; slip: SlipOutcome };

export type ScreenOf<Name extends Screen["name"]> = Extract<Screen, { name: Name }>;

/** One view, as `samut_edge/kiosk_view.py` writes it. All texts in it are in `language` already. */
export interface View {
  language: Language;
  library: string;
  paper: "ready" | "low" | "none";
  cards: boolean;
  ends_in_ms: number | null;
  screen: Screen;
}

/** One touch, as `samut_edge/flows/kiosk_events.py` reads it. */
export type Touch =
  | { touch: "language"; language: Language }
  | { touch: "type_number" }
  | { touch: "digit"; digit: string }
  | { touch: "erase" }
  | { touch: "submit" }
  | { touch: "return" }
  | { touch: "loans"; look: boolean }
  | { touch: "renew"; key: string }
  | { touch: "renew_all" }
  | { touch: "line"; show: boolean }
  | { touch: "send" }
  | { touch: "finish"; slip: boolean }
  | { touch: "leave" }
  | { touch: "stay" };

/** `view` is null while the line is down: nothing of a visit stays then. `nudges` counts how often a book was scanned again, so that its row can be moved each time. */
export interface Model {
  view: View | null;
  language: Language;
  endsAt: number | null;
  now: number;
  nudges: number;
}

export type Happening =
  | { kind: "told"; view: View; at: number }
  | { kind: "lost"; at: number }
  | { kind: "tick"; at: number };

export const FIRST: Model = { view: null, language: "th", endsAt: null, now: 0, nudges: 0 };

export function reduce(model: Model, happening: Happening): Model {
  switch (happening.kind) {
    case "told":
      return told(model, happening.view, happening.at);
    case "lost":
      return { ...model, view: null, endsAt: null, now: happening.at };
    case "tick":
      return { ...model, now: happening.at };
  }
}

export const WARNING_SECONDS = 10;
const ENDS_WITH_WARNING: ReadonlySet<Screen["name"]> = new Set(["typing", "borrowing", "returning"]);

/** Whole seconds until the screen is wiped, when it is time to warn; else null. */
export function warning(model: Model): number | null {
  if (model.view === null || model.endsAt === null) return null;
  if (!ENDS_WITH_WARNING.has(model.view.screen.name)) return null;
  const seconds = Math.ceil((model.endsAt - model.now) / 1000);
  return seconds <= WARNING_SECONDS ? Math.max(0, seconds) : null;
}

/** Whether anything came of it that a slip tells of. */
export function isDone(book: Book): boolean {
  return book.is === "lent" || book.is === "renewed" || book.is === "returned";
}

export function booksOf(screen: Screen): Book[] {
  return screen.name === "borrowing" || screen.name === "returning" ? screen.books : [];
}

/** The book that was answered last between two views, if one was. */
export function answered(before: View | null, after: View): Exclude<Book, { is: "asked" }> | null {
  const known = new Map(before === null ? [] : booksOf(before.screen).map((book) => [book.key, book.is]));
  const fresh = booksOf(after.screen).filter((book) => book.is !== "asked" && known.get(book.key) !== book.is);
  const last = fresh.at(-1);
  return last === undefined || last.is === "asked" ? null : last;
}

function told(model: Model, view: View, at: number): Model {
  const endsAt = view.ends_in_ms === null ? null : at + view.ends_in_ms;
  const nudges = model.nudges + (isNudge(model.view, view) ? 1 : 0);
  return { view, language: view.language, endsAt, now: at, nudges };
}

function isNudge(before: View | null, after: View): boolean {
  if (before === null || !("again" in after.screen) || after.screen.again === "") return false;
  return JSON.stringify(booksOf(before.screen)) === JSON.stringify(booksOf(after.screen));
}
