import { describe, expect, it } from "vitest";
import { answered, type Book, booksOf, FIRST, isDone, isForDesk, isVisitOver, type Model, reduce, type Screen, type View, waits, warning } from "../src/flow";

type Lent = Extract<Book, { is: "lent" }>;
const asked: Book = { is: "asked", key: "b1", securing: false };
const lent: Lent = { is: "lent", key: "b1", title: "เจ้าชายน้อย", due: "12 ธ.ค. 2569", from_hub: true, found: false, tag: "none", parts: "" };
const refused: Book = { is: "refused", key: "b2", title: "", hints: ["ไม่พบ"] };

function view(screen: Screen, more: Partial<View> = {}): View {
  return { language: "th", library: "ห้องสมุด", paper: "ready", cards: true, ends_in_ms: null, large: false, contrast: false, quiet: false, hint: "", screen, ...more };
}

function borrowing(books: Book[], again = ""): Screen {
  return { name: "borrowing", member: "สมชาย", loans: 0, overdue: 0, hints: [], books, again, mine: null, slip_by: "", slip_failed: false, line: "not_offered", code: [], waiting: 0, owes: false, holds: [], debt: "", expires: "", pay: "not_offered", amount: "", payee: "", is_staff: false };
}

function told(model: Model, what: View, at = 1000): Model {
  return reduce(model, { kind: "told", view: what, at });
}

describe("the page", () => {
  it("shows what the kiosk tells it", () => {
    const model = told(FIRST, view({ name: "welcome", on_pad: 0 }, { language: "en" }));
    expect(model.view?.screen).toEqual({ name: "welcome", on_pad: 0 });
    expect(model.language).toBe("en");
  });

  it("forgets the visitor when the line is lost, and keeps the language", () => {
    const visiting = told(FIRST, view(borrowing([lent]), { language: "en", ends_in_ms: 45_000 }));
    const lost = reduce(visiting, { kind: "lost", at: 2000 });
    expect(lost).toEqual({ view: null, language: "en", endsAt: null, now: 2000, nudges: 0 });
    expect(JSON.stringify(lost)).not.toContain("สมชาย");
  });

  it("shows the visitor's screen again when the line is back", () => {
    const lost = reduce(FIRST, { kind: "lost", at: 1 });
    expect(told(lost, view(borrowing([lent]))).view?.screen.name).toBe("borrowing");
  });
});

describe("a renewal", () => {
  const renewed: Book = { is: "renewed", key: "b1", title: "เจ้าชายน้อย", due: "12 ธ.ค. 2569", from_hub: true, tag: "none" };

  it("is answered and counts as done", () => {
    expect(answered(view(borrowing([asked])), view(borrowing([renewed])))).toEqual(renewed);
    expect([asked, renewed, refused].map(isDone)).toEqual([false, true, false]);
  });
});

describe("the countdown", () => {
  const visiting = told(FIRST, view(borrowing([]), { ends_in_ms: 45_000 }), 1000);
  const after = (ms: number): number | null => warning(reduce(visiting, { kind: "tick", at: 1000 + ms }));

  it("is not seen before the last ten seconds", () => {
    expect(after(0)).toBeNull();
    expect(after(34_900)).toBeNull();
  });

  it("counts whole seconds down to none, and not below", () => {
    expect(after(35_000)).toBe(10);
    expect(after(44_001)).toBe(1);
    expect(after(45_000)).toBe(0);
    expect(after(50_000)).toBe(0);
  });

  it("ends with a touch, because the kiosk tells the time anew", () => {
    const late = reduce(visiting, { kind: "tick", at: 41_000 });
    expect(warning(told(late, view(borrowing([]), { ends_in_ms: 45_000 }), 41_000))).toBeNull();
  });

  it.each<Screen>([
    { name: "welcome", on_pad: 0 },
    { name: "done", kind: "loan", count: 1, renewed: 0, due: "", fine: "", slip: "printed", to_desk: 0 },
    { name: "printing", sends: false },
    { name: "not_known", hints: [] },
  ])("does not hurry anybody on the screen $name", (screen) => {
    expect(warning(told(FIRST, view(screen, { ends_in_ms: 5000 })))).toBeNull();
  });
});

describe("a book", () => {
  it("is announced once, when its answer has come", () => {
    const waiting = view(borrowing([asked]));
    const done = view(borrowing([lent]));
    expect(answered(null, waiting)).toBeNull();
    expect(answered(waiting, done)).toEqual(lent);
    expect(answered(done, done)).toBeNull();
  });

  it("is announced when its tag is written, and again when the visitor must do something", () => {
    const at = (tag: Lent["tag"]): View => view(borrowing([{ ...lent, tag }]));
    expect(answered(view(borrowing([asked])), at("writing"))).toBeNull();
    expect(answered(at("writing"), at("done"))).toEqual({ ...lent, tag: "done" });
    expect(answered(at("writing"), at("pending"))).toEqual({ ...lent, tag: "pending" });
    expect(answered(at("wanted"), at("wanted"))).toBeNull();
    expect([at("writing"), at("pending"), at("done")].map((one) => booksOf(one.screen).some(isForDesk))).toEqual([false, true, false]);
  });

  it("is not settled while its tag is written", () => {
    expect([asked, lent, { ...lent, tag: "writing" as const }, refused].map(waits)).toEqual([true, false, true, false]);
  });

  it("that is gone from the screen is to be forgotten", () => {
    const visiting = told(FIRST, view(borrowing([lent])));
    const over = told(visiting, view({ name: "welcome", on_pad: 0 }));
    expect([isVisitOver(visiting, over), isVisitOver(over, over), isVisitOver(FIRST, visiting)]).toEqual([true, false, false]);
    expect(isVisitOver(visiting, reduce(visiting, { kind: "lost", at: 1 }))).toBe(true);
  });

  it("that is refused is announced beside one that was lent before", () => {
    expect(answered(view(borrowing([lent])), view(borrowing([lent, refused])))).toEqual(refused);
  });

  it("is announced when the screen before had no books", () => {
    expect(answered(view({ name: "identifying" }), view(borrowing([lent])))).toEqual(lent);
  });

  it("that is scanned again is moved each time", () => {
    const once = told(FIRST, view(borrowing([lent])));
    const twice = told(once, view(borrowing([lent], "b1")));
    const thrice = told(twice, view(borrowing([lent], "b1")));
    expect([once.nudges, twice.nudges, thrice.nudges]).toEqual([0, 1, 2]);
  });

  it("that is new moves nothing", () => {
    const once = told(FIRST, view(borrowing([lent])));
    expect(told(once, view(borrowing([lent, refused]))).nudges).toBe(0);
  });
});
