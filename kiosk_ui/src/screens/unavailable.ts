import { html } from "lit-html";
import { asleep } from "../parts/drawings";
import type { Draw } from "../scene";

export const unavailable: Draw<"unavailable"> = (_screen, { words }) =>
  html`<main class="middle">
    ${asleep()}
    <h1 tabindex="-1">${words.unavailable}</h1>
    <p class="lead">${words.unavailableHint}</p>
  </main>`;
