import { html, type TemplateResult } from "lit-html";
import type { Words } from "../i18n/words";
import { asleep } from "../parts/drawings";

/** While the line to the kiosk is down; it fades in late, so that a short break is not seen. */
export const oneMoment = (words: Words): TemplateResult =>
  html`<main class="middle slow alone">
    ${asleep()}
    <h1 tabindex="-1">${words.oneMoment}</h1>
    <p class="lead">${words.oneMomentHint}</p>
  </main>`;
