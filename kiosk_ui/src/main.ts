/** Joins the line, the model and the screens. */

import "@fontsource/sarabun/400.css";
import "@fontsource/sarabun/600.css";
import "@fontsource/sarabun/700.css";
import { render } from "lit-html";
import "./style.css";
import {
  answered,
  FIRST,
  type Happening,
  isForDesk,
  isVisitOver,
  type Model,
  reduce,
  type Touch,
  type View,
  warning,
} from "./flow";
import { WORDS } from "./i18n/words";
import { Link } from "./link";
import { bookSentence } from "./parts/book_row";
import { soundNo, soundYes } from "./parts/sounds";
import { page } from "./screens/page";

const TICK = 250;
const SIGN_OF_LIFE = 1000;

const root = document.getElementById("page") as HTMLElement;
const said = document.getElementById("said") as HTMLElement;
const link = new Link({
  told: (view) => happen({ kind: "told", view, at: performance.now() }),
  lost: () => happen({ kind: "lost", at: performance.now() }),
});

let model: Model = FIRST;
let lastSign = 0;

function happen(happening: Happening): void {
  const before = model;
  model = reduce(model, happening);
  if (happening.kind === "tick" && warning(before) === warning(model)) return;
  render(page(model, touch), root);
  const html = document.documentElement;
  html.lang = model.language;
  html.classList.toggle("large", model.view?.large ?? false);
  html.classList.toggle("contrast", model.view?.contrast ?? false);
  if (isVisitOver(before, model)) said.textContent = "";
  if (happening.kind === "told") greetNewView(before.view, happening.view);
}

function touch(what: Touch): void {
  lastSign = performance.now();
  link.touch(what);
}

/** What a new view brings beside its picture: a sound, words for those who listen, the place to start reading. */
function greetNewView(before: View | null, after: View): void {
  document.title = after.library;
  const book = answered(before, after);
  if (book !== null) {
    said.textContent = bookSentence(book, WORDS[after.language]);
    if (!after.quiet) (isForDesk(book) ? soundNo : soundYes)();
  }
  if (before?.screen.name !== after.screen.name) root.querySelector<HTMLElement>("h1")?.focus();
}

/** A finger on the glass is a sign of life, also where there is no button. */
function noticeFinger(): void {
  const at = performance.now();
  if (model.endsAt === null || at - lastSign < SIGN_OF_LIFE) return;
  touch({ touch: "stay" });
}

addEventListener("pointerdown", noticeFinger, { passive: true });
addEventListener("contextmenu", (event) => event.preventDefault());
setInterval(() => happen({ kind: "tick", at: performance.now() }), TICK);
render(page(model, touch), root);
link.open();
