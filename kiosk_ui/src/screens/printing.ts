import { html } from "lit-html";
import { printer, waiting } from "../parts/drawings";
import type { Draw } from "../scene";

export const printing: Draw<"printing"> = (screen, { words }) =>
  html`<main class="middle">
    ${screen.sends ? waiting() : printer()}
    <h1 tabindex="-1">${screen.sends ? words.sending : words.printing}</h1>
  </main>`;
