import { html } from "lit-html";
import { button } from "../parts/button";
import { unknownCard } from "../parts/drawings";
import type { Draw } from "../scene";

export const notKnown: Draw<"not_known"> = (screen, { words, touch }) =>
  html`<main class="middle">
    ${unknownCard()}
    <h1 tabindex="-1">${words.notKnownTitle}</h1>
    ${screen.hints.map((hint) => html`<p class="lead">${hint}</p>`)}
    <p class="aside">${words.notKnownHint}</p>
    <div class="choices">
      ${button(words.firstScreen, () => touch({ touch: "leave" }), { kind: "second" })}
      ${button(words.giveBack, () => touch({ touch: "return" }), { kind: "second" })}
      ${button(words.tryNumber, () => touch({ touch: "type_number" }), { kind: "main" })}
    </div>
  </main>`;
