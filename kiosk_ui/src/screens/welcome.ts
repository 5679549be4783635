import { html } from "lit-html";
import { bookAndShelf, cardAndReader } from "../parts/drawings";
import { fewSlipsNotice, noSlipNotice } from "../parts/notices";
import type { Draw } from "../scene";

export const welcome: Draw<"welcome"> = (screen, scene) => {
  const { view, words, touch } = scene;
  return html`<main class="welcome">
    <div class="greeting">
      <h1 tabindex="-1">${words.hello}</h1>
      <p>${words.whatToDo}</p>
    </div>
    <div class="doors">
      <button class="door borrow" type="button" @click=${() => touch({ touch: "type_number" })}>
        ${cardAndReader()}
        <span class="door-text">
          <strong>${words.borrow}</strong>
          <span>${view.cards ? words.borrowHow : words.borrowHowWithoutCards}</span>
          <span class="door-touch">${words.borrowTouch}</span>
        </span>
      </button>
      <button class="door give-back" type="button" @click=${() => touch({ touch: "return" })}>
        ${bookAndShelf()}
        <span class="door-text">
          <strong>${words.giveBack}</strong>
          <span>${words.giveBackHow}</span>
          <span class="door-touch">${words.giveBackTouch}</span>
        </span>
      </button>
    </div>
    <div class="welcome-notices">
      ${screen.on_pad > 0 ? html`<p class="notice good">${words.onPad(screen.on_pad)}</p>` : ""}
      ${noSlipNotice(scene)} ${fewSlipsNotice(scene)}
    </div>
  </main>`;
};
