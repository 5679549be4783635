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

export const done: Draw<"done"> = (screen, { words, touch }) =>
  html`<main class="middle">
    ${bigTick()}
    <h1 tabindex="-1">${screen.kind === "loan" ? words.doneLoan(screen.count) : words.doneReturn(screen.count)}</h1>
    ${screen.due === "" ? "" : html`<p class="lead strong">${words.bringBack(screen.due)}</p>`}
    ${screen.fine === "" ? "" : html`<p class="notice">${words.totalFine(screen.fine)}</p>`}
    <p class="lead">${farewell(screen, words)}</p>
    <div class="choices">
      ${button(words.firstScreen, () => touch({ touch: "leave" }), { kind: "second" })}
    </div>
  </main>`;
