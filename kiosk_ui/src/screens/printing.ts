import { html } from "lit-html";
import { printer } from "../parts/drawings";
import type { Draw } from "../scene";

export const printing: Draw<"printing"> = (_screen, { words }) =>
  html`<main class="middle">
    ${printer()}
    <h1 tabindex="-1">${words.printing}</h1>
  </main>`;
