import { html } from "lit-html";
import { button } from "../parts/button";
import { bookAndScanner } from "../parts/drawings";
import { wholes } from "../parts/whole";
import type { Draw } from "../scene";

/** Books that hide one another would leave the library unlent: who lays them there knows how many there are. */
export const counting: Draw<"counting"> = (screen, { words, touch }) =>
  html`<main class="middle counting">
    ${screen.advised ? "" : bookAndScanner()}
    <h1 tabindex="-1">${wholes([words.countTitle(screen.count), words.countAsk])}</h1>
    ${
      screen.advised
        ? html`<ol class="lead steps">${words.countAdvice.map((step) => html`<li>${step}</li>`)}</ol>`
        : html`<p class="lead">${words.countHint}</p>`
    }
    <div class="choices">
      ${button(words.leave, () => touch({ touch: "leave" }), { kind: "second" })}
      ${screen.advised ? "" : button(words.countNo, () => touch({ touch: "count", right: false }), { kind: "second" })}
      ${button(words.countYes(screen.count), () => touch({ touch: "count", right: true }), { kind: "main" })}
    </div>
  </main>`;
