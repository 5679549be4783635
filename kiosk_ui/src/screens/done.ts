import { html } from "lit-html";
import type { ScreenOf } from "../flow";
import type { Words } from "../i18n/words";
import { button } from "../parts/button";
import { bigTick } from "../parts/drawings";
import type { Draw } from "../scene";

function farewell(screen: ScreenOf<"done">, words: Words): string {
  if (screen.slip !== "not_wanted") return words.slip[screen.slip];
  return screen.kind === "loan" ? words.enjoy : words.thanks;
}

/** What came of the visit, each on a line of its own. */
function heading(screen: ScreenOf<"done">, words: Words): string[] {
  if (screen.kind === "return") return [words.doneReturn(screen.count)];
  const lent = screen.count - screen.renewed;
  if (screen.renewed === 0) return [words.doneLoan(lent)];
  return lent === 0 ? [words.renewedCount(screen.renewed)] : [words.doneLoan(lent), words.renewedCount(screen.renewed)];
}

export const done: Draw<"done"> = (screen, { words, touch }) =>
  html`<main class="middle">
    ${bigTick()}
    <h1 tabindex="-1">${heading(screen, words).map((line) => html`<span class="line">${line}</span> `)}</h1>
    ${screen.due === "" ? "" : html`<p class="lead strong">${words.bringBack(screen.due)}</p>`}
    ${screen.fine === "" ? "" : html`<p class="notice">${words.totalFine(screen.fine)}</p>`}
    ${screen.to_desk === 0 ? "" : html`<p class="notice no">${words.toDesk(screen.to_desk)}</p>`}
    <p class="lead">${farewell(screen, words)}</p>
    <div class="choices">
      ${button(words.firstScreen, () => touch({ touch: "leave" }), { kind: "second" })}
    </div>
  </main>`;
