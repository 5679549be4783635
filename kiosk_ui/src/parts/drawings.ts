/** Small pictures, drawn once here so that all screens speak one language of shapes. */

import { html, type TemplateResult } from "lit-html";

export const mark = (): TemplateResult => html`
  <svg class="mark" viewBox="0 0 48 48" aria-hidden="true">
    <rect width="48" height="48" rx="12" fill="var(--brand)" />
    <path d="M24 14c-3-2.6-7.4-3.4-13-3v23c5.6-.4 10 .4 13 3 3-2.6 7.4-3.4 13-3V11c-5.6-.4-10 .4-13 3Z" fill="#fff" />
    <path d="M24 14v23" stroke="var(--brand)" stroke-width="2.4" />
    <path d="M29.5 10.9v10l3-2.2 3 2.2v-10c-2-.2-4-.2-6 0Z" fill="var(--sun)" />
  </svg>
`;

/** A card held to a reader. */
export const cardAndReader = (): TemplateResult => html`
  <svg class="drawing" viewBox="0 0 220 160" aria-hidden="true">
    <rect x="120" y="34" width="76" height="104" rx="14" fill="#0a3d3d" />
    <rect x="130" y="46" width="56" height="56" rx="8" fill="#124f4f" />
    <g class="waves" fill="none" stroke="var(--sun)" stroke-width="6" stroke-linecap="round">
      <path d="M150 84a14 14 0 0 1 0-20" />
      <path d="M162 92a26 26 0 0 1 0-36" />
    </g>
    <circle cx="158" cy="120" r="5" fill="var(--leaf)" />
    <g class="card-moving">
      <rect x="20" y="52" width="96" height="62" rx="9" fill="#fff" />
      <rect x="20" y="52" width="96" height="15" rx="7" fill="var(--sun)" />
      <circle cx="41" cy="86" r="10" fill="#c9dcdc" />
      <path d="M28 107a13 11 0 0 1 26 0Z" fill="#c9dcdc" />
      <rect x="64" y="80" width="42" height="6" rx="3" fill="#c9dcdc" />
      <rect x="64" y="93" width="28" height="6" rx="3" fill="#c9dcdc" />
    </g>
  </svg>
`;

/** A book that goes back onto the shelf. */
export const bookAndShelf = (): TemplateResult => html`
  <svg class="drawing" viewBox="0 0 220 160" aria-hidden="true">
    <rect x="20" y="130" width="180" height="12" rx="4" fill="#8a5a12" />
    <rect x="32" y="54" width="22" height="76" rx="4" fill="var(--brand)" />
    <rect x="36" y="66" width="14" height="6" rx="3" fill="#fff" opacity=".7" />
    <rect x="58" y="66" width="20" height="64" rx="4" fill="#c2492f" />
    <rect x="62" y="78" width="12" height="6" rx="3" fill="#fff" opacity=".7" />
    <rect x="142" y="60" width="20" height="70" rx="4" fill="#35548c" />
    <rect x="146" y="72" width="12" height="6" rx="3" fill="#fff" opacity=".7" />
    <rect x="166" y="70" width="24" height="60" rx="4" fill="#5b7f3a" />
    <rect x="170" y="82" width="16" height="6" rx="3" fill="#fff" opacity=".7" />
    <g class="book-moving">
      <rect x="96" y="40" width="28" height="82" rx="5" fill="#fff" stroke="#8a5a12" stroke-width="4" />
      <rect x="103" y="56" width="14" height="6" rx="3" fill="#8a5a12" />
      <path d="M110 6v22m-9-8 9 9 9-9" fill="none" stroke="#8a5a12" stroke-width="6" stroke-linecap="round" stroke-linejoin="round" />
    </g>
  </svg>
`;

/** A book under the light of a scanner. */
export const bookAndScanner = (): TemplateResult => html`
  <svg class="drawing" viewBox="0 0 220 160" aria-hidden="true">
    <path d="M58 52c18-9 34-9 52 2 18-11 34-11 52-2v84c-18-8-34-8-52 3-18-11-34-11-52-3Z" fill="#fff" stroke="var(--brand)" stroke-width="5" stroke-linejoin="round" />
    <path d="M110 54v84" stroke="var(--brand)" stroke-width="5" />
    <g fill="var(--ink)">
      <rect x="124" y="82" width="4" height="30" /><rect x="131" y="82" width="2" height="30" />
      <rect x="136" y="82" width="5" height="30" /><rect x="144" y="82" width="2" height="30" />
      <rect x="149" y="82" width="3" height="30" />
    </g>
    <g fill="#c9dcdc">
      <rect x="70" y="72" width="28" height="5" rx="2.5" /><rect x="70" y="86" width="28" height="5" rx="2.5" />
      <rect x="70" y="100" width="20" height="5" rx="2.5" />
    </g>
    <path class="beam" d="M36 97h148" stroke="#d7362b" stroke-width="5" stroke-linecap="round" />
    <rect x="82" y="8" width="56" height="26" rx="10" fill="#0a3d3d" />
    <path d="M92 34h36l8 12H84Z" fill="#d7362b" opacity=".18" />
  </svg>
`;

/** A slip coming out of its printer. */
export const printer = (): TemplateResult => html`
  <svg class="drawing" viewBox="0 0 220 160" aria-hidden="true">
    <rect x="44" y="22" width="132" height="64" rx="14" fill="#0a3d3d" />
    <rect x="62" y="66" width="96" height="10" rx="5" fill="#041f1f" />
    <circle cx="154" cy="42" r="6" fill="var(--leaf)" />
    <svg x="62" y="71" width="96" height="89" viewBox="0 0 96 89">
      <g class="paper-moving">
        <path d="M8 0h80v80l-10-7-10 7-10-7-10 7-10-7-10 7-10-7-10 7Z" fill="#fff" stroke="#c9c2b2" stroke-width="2" />
        <rect x="20" y="14" width="56" height="7" rx="3" fill="var(--brand)" />
        <rect x="20" y="29" width="44" height="5" rx="2.5" fill="#b9b2a2" />
        <rect x="20" y="40" width="50" height="5" rx="2.5" fill="#b9b2a2" />
        <rect x="20" y="51" width="38" height="5" rx="2.5" fill="#b9b2a2" />
      </g>
    </svg>
  </svg>
`;

/** The kiosk asleep. */
export const asleep = (): TemplateResult => html`
  <svg class="drawing" viewBox="0 0 220 160" aria-hidden="true">
    <path d="M40 60c22-10 46-10 70 3 24-13 48-13 70-3v78c-22-9-46-9-70 4-24-13-48-13-70-4Z" fill="#fff" stroke="var(--brand)" stroke-width="5" stroke-linejoin="round" />
    <path d="M110 63v79" stroke="var(--brand)" stroke-width="5" />
    <g fill="none" stroke="var(--ink)" stroke-width="5" stroke-linecap="round">
      <path d="M64 98c6 7 16 7 22 0" /><path d="M134 98c6 7 16 7 22 0" />
    </g>
    <g fill="none" stroke="var(--sun-deep)" stroke-width="5" stroke-linecap="round" stroke-linejoin="round">
      <path d="M150 34h16l-16 18h16" /><path d="M178 12h12l-12 14h12" />
    </g>
  </svg>
`;

/** A member nobody knows: a card with a question. */
export const unknownCard = (): TemplateResult => html`
  <svg class="drawing" viewBox="0 0 220 160" aria-hidden="true">
    <rect x="36" y="36" width="148" height="96" rx="14" fill="#fff" stroke="var(--brand)" stroke-width="5" />
    <rect x="36" y="36" width="148" height="24" rx="12" fill="var(--brand)" />
    <circle cx="72" cy="90" r="14" fill="#c9dcdc" />
    <path d="M54 121a18 15 0 0 1 36 0Z" fill="#c9dcdc" />
    <path d="M122 84c0-14 24-14 24 1 0 9-11 9-11 18" fill="none" stroke="var(--sun-deep)" stroke-width="7" stroke-linecap="round" />
    <circle cx="135" cy="117" r="4.5" fill="var(--sun-deep)" />
  </svg>
`;

export const bigTick = (): TemplateResult => html`
  <svg class="big-tick" viewBox="0 0 120 120" aria-hidden="true">
    <circle cx="60" cy="60" r="56" fill="var(--leaf-deep)" />
    <path class="stroke-drawn" d="M34 62l18 18 36-40" fill="none" stroke="#fff" stroke-width="11" stroke-linecap="round" stroke-linejoin="round" />
  </svg>
`;

export const tick = (): TemplateResult => html`
  <svg class="sign" viewBox="0 0 32 32" aria-hidden="true">
    <circle cx="16" cy="16" r="15" fill="var(--leaf-deep)" />
    <path d="M9 16.5l5 5 9-10" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round" />
  </svg>
`;

export const stop = (): TemplateResult => html`
  <svg class="sign" viewBox="0 0 32 32" aria-hidden="true">
    <circle cx="16" cy="16" r="15" fill="var(--no)" />
    <path d="M16 8v10" stroke="#fff" stroke-width="3.5" stroke-linecap="round" />
    <circle cx="16" cy="23.5" r="2.2" fill="#fff" />
  </svg>
`;

export const late = (): TemplateResult => html`
  <svg class="sign" viewBox="0 0 32 32" aria-hidden="true">
    <circle cx="16" cy="16" r="15" fill="var(--sun-ink)" />
    <path d="M16 8.5V16.5l5.5 3.5" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round" />
  </svg>
`;

export const waiting = (): TemplateResult => html`
  <svg class="sign turning" viewBox="0 0 32 32" aria-hidden="true">
    <circle class="track" cx="16" cy="16" r="12.5" fill="none" stroke="var(--line)" stroke-width="4" />
    <path d="M16 3.5a12.5 12.5 0 0 1 12.5 12.5" fill="none" stroke="var(--brand)" stroke-width="4" stroke-linecap="round" />
  </svg>
`;

export const arrowBack = (): TemplateResult => html`
  <svg class="glyph" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M19 7l-9 9 9 9" fill="none" stroke="currentColor" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round" />
  </svg>
`;

export const eraseKey = (): TemplateResult => html`
  <svg class="glyph" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M11 7h17v18H11l-8-9Z" fill="none" stroke="currentColor" stroke-width="3" stroke-linejoin="round" />
    <path d="M15 12.5l7 7m0-7l-7 7" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
  </svg>
`;

export const slipGlyph = (): TemplateResult => html`
  <svg class="glyph" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M7 3h18v26l-4.5-3-4.5 3-4.5-3L7 29Z" fill="none" stroke="currentColor" stroke-width="3" stroke-linejoin="round" />
    <path d="M12 11h8M12 17h8" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
  </svg>
`;

export const largeGlyph = (): TemplateResult => html`
  <svg class="glyph" viewBox="0 0 32 32" aria-hidden="true" fill="currentColor">
    <path d="M3 26 9.6 9h2.9L19 26h-3.3l-1.5-4.2H7.6L6.2 26Zm5.5-6.9h4.7L11 12.4h-.1Z" />
    <path d="M24 6v5h-5v3h5v5h3v-5h5v-3h-5V6Z" />
  </svg>
`;

export const contrastGlyph = (): TemplateResult => html`
  <svg class="glyph" viewBox="0 0 32 32" aria-hidden="true">
    <circle cx="16" cy="16" r="12" fill="none" stroke="currentColor" stroke-width="3" />
    <path d="M16 6a10 10 0 0 1 0 20Z" fill="currentColor" />
  </svg>
`;

/** A loudspeaker, crossed out while there is no sound. */
export const soundGlyph = (quiet: boolean): TemplateResult => html`
  <svg class="glyph" viewBox="0 0 32 32" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.8">
    <path d="M5 12v8h5l7 6V6l-7 6Z" fill="currentColor" stroke-linejoin="round" />
    <path d=${quiet ? "M22 12l8 8M30 12l-8 8" : "M22 11a7 7 0 0 1 0 10M26 7a13 13 0 0 1 0 18"} stroke-linecap="round" />
  </svg>
`;
