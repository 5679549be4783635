import { html, type TemplateResult } from "lit-html";
import { button } from "../parts/button";
import { arrowBack, cardAndReader, eraseKey } from "../parts/drawings";
import type { Draw, Scene } from "../scene";

export const typing: Draw<"typing"> = (screen, scene) => {
  const { view, words, touch } = scene;
  return html`<main class="typing">
    <section class="typing-about">
      ${cardAndReader()}
      <h1 tabindex="-1">${view.cards ? words.typeTitle : words.typeTitleWithoutCards}</h1>
      <p>${words.typeHint}</p>
      ${button(words.back, () => touch({ touch: "leave" }), { kind: "second", picture: arrowBack() })}
    </section>
    <section class="pad">
      <output class="number" aria-label=${words.yourNumber}>
        ${screen.digits === "" ? html`<span class="empty">${words.yourNumber}</span>` : screen.digits}
      </output>
      ${[..."123456789"].map((digit) => key(digit, scene))}
      <button class="key erase" type="button" aria-label=${words.erase} @click=${() => touch({ touch: "erase" })}>
        ${eraseKey()}
      </button>
      ${key("0", scene)}
      <button
        class="key submit"
        type="button"
        ?disabled=${screen.digits === ""}
        @click=${() => touch({ touch: "submit" })}
      >
        ${words.submit}
      </button>
    </section>
  </main>`;
};

function key(digit: string, { touch }: Scene): TemplateResult {
  return html`<button class="key" type="button" @click=${() => touch({ touch: "digit", digit })}>${digit}</button>`;
}
