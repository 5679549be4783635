import { html } from "lit-html";
import { waiting } from "../parts/drawings";
import type { Draw } from "../scene";

/** Most often gone before it is seen: it fades in late. */
export const identifying: Draw<"identifying"> = (_screen, { words }) =>
  html`<main class="middle slow">
    ${waiting()}
    <h1 tabindex="-1">${words.looking}</h1>
  </main>`;
