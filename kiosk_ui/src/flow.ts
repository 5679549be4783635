/** What the page knows: the last view the kiosk sent, how the line to it is, and the time. Pure. */

export type Language = "th" | "en";

/** How far a book's security tag is: `wanted` on the pad, being written, read back, or a matter for the desk. */
export type Tag = "none" | "wanted" | "writing" | "done" | "pending";

export type Book =
  | { is: "asked"; key: string; securing: boolean }
  | { is: "incomplete"; key: string; seen: number; of: number }
  | { is: "lent"; key: string; title: string; due: string; from_hub: boolean; found: boolean; tag: Tag; parts: string }
  | { is: "renewed"; key: string; title: string; due: string; from_hub: boolean; tag: Tag }
  | {
      is: "returned";
      key: string;
      title: string;
      was_on_loan: boolean;
      days_late: number;
      fine: string;
      hints: string[];
      found: boolean;
      tag: Tag;
      parts: string;
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

/** A title that is set aside for the member. */
export interface Hold {
  title: string;
  place: string;
  until: string;
}

/** How far the member is with getting notices by LINE, or with paying. */
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
      /** Titles set aside; what follows is told while the member looks at the account. */
      waiting: number;
      owes: boolean;
      holds: Hold[];
      debt: string;
      expires: string;
      pay: Joining;
      amount: string;
      payee: string;
      is_staff: boolean;
    }
  | { name: "counting"; count: number; advised: boolean }
  | { name: "returning"; books: Book[]; again: string }
  | { name: "printing"; sends: boolean }
  | { name: "done"; kind: "loan" | "return"; count: number; renewed: number; due: string; fine: string; slip: SlipOutcome; to_desk: number }
  | {
      name: "staff_menu";
      in_service: boolean;
      tested: "" | "testing" | "printed" | "failed";
      parts: { name: string; state: PartState; detail: string }[];
      happened: { at: string; what: Happened }[];
    };

export type PartState = "ready" | "offline" | "paper_low" | "paper_out" | "cover_open" | "fault" | "unknown";
export type Happened =
  | "member"
  | "unknown_card"
  | "lent"
  | "not_lent"
  | "renewed"
  | "returned"
  | "not_returned"
  | "tag_failed"
  | "slip"
  | "slip_failed";

/** Why a tag on the pad counts for nothing. */
export type Hint = "" | "member_card" | "other_library" | "unreadable";

export type Ease = "large" | "contrast" | "quiet";

export type ScreenOf<Name extends Screen["name"]> = Extract<Screen, { name: Name }>;

/** One view, as `samut_edge/kiosk_view.py` writes it. All texts in it are in `language` already. */
export interface View {
  language: Language;
  library: string;
  paper: "ready" | "low" | "none";
  cards: boolean;
  ends_in_ms: number | null;
  large: boolean;
  contrast: boolean;
  quiet: boolean;
  hint: Hint;
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
  | { touch: "count"; right: boolean }
  | { touch: "ease"; what: Ease; on: boolean }
  | { touch: "pay"; show: boolean }
  | { touch: "staff" }
  | { touch: "service"; on: boolean }
  | { touch: "test_slip" }
  | { touch: "restart" }
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
const ENDS_WITH_WARNING: ReadonlySet<Screen["name"]> = new Set(["typing", "borrowing", "counting", "returning", "staff_menu"]);

/** Whole seconds until the screen is wiped, when it is time to warn; else null. */
export function warning(model: Model): number | null {
  if (model.view === null || model.endsAt === null) return null;
  if (!ENDS_WITH_WARNING.has(model.view.screen.name)) return null;
  const seconds = Math.ceil((model.endsAt - model.now) / 1000);
  return seconds <= WARNING_SECONDS ? Math.max(0, seconds) : null;
}

type Answered = Exclude<Book, { is: "asked" | "incomplete" }>;

/** Whether anything came of it that a slip tells of. */
export function isDone(book: Book): boolean {
  return book.is === "lent" || book.is === "renewed" || book.is === "returned";
}

export function booksOf(screen: Screen): Book[] {
  return screen.name === "borrowing" || screen.name === "returning" ? screen.books : [];
}

/** Whether the answer is still to come, of the clerk or of the pad. */
export function waits(book: Book): boolean {
  return book.is === "asked" || ("tag" in book && book.tag === "writing");
}

/** Whether the desk has to see to the book's tag. */
export function isForDesk(book: Book): boolean {
  return book.is === "refused" || ("tag" in book && book.tag === "pending");
}

/** The book that was answered last between two views, if one was; and again when its tag needs the visitor. */
export function answered(before: View | null, after: View): Answered | null {
  const known = new Map(before === null ? [] : booksOf(before.screen).map((book) => [book.key, stage(book)]));
  const fresh = booksOf(after.screen).filter(isAnswered).filter((book) => known.get(book.key) !== stage(book));
  return fresh.at(-1) ?? null;
}

function isAnswered(book: Book): book is Answered {
  return book.is !== "asked" && book.is !== "incomplete" && !waits(book);
}

/** What is told of a book once: that its tag was written is not told again. */
function stage(book: Book): string {
  const needs = "tag" in book && (book.tag === "wanted" || book.tag === "pending");
  return waits(book) ? "waits" : `${book.is}${needs ? book.tag : ""}`;
}

/** Whether what was said of books is to be forgotten: they are on the screen no more. */
export function isVisitOver(before: Model, after: Model): boolean {
  const had = before.view !== null && booksOf(before.view.screen).length > 0;
  return had && (after.view === null || booksOf(after.view.screen).length === 0);
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
