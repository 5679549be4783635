import { html, type TemplateResult } from "lit-html";

const COLOURS = 6;
const LEADING_VOWELS = "เแโใไ";
const LETTERS = new Intl.Segmenter("th", { granularity: "grapheme" });

/** Stands for a cover we have no picture of: the same title has the same colour each time. */
export function cover(title: string): TemplateResult {
  return html`<span class="cover colour-${title === "" ? "none" : colourOf(title)}" aria-hidden="true">
    <span>${initial(title)}</span>
  </span>`;
}

/** The first letter as it is written; a Thai vowel written before its letter stays with it. */
export function initial(title: string): string {
  const [first, second] = LETTERS.segment(title.trim());
  if (first === undefined) return "";
  return LEADING_VOWELS.includes(first.segment) ? first.segment + (second?.segment ?? "") : first.segment;
}

function colourOf(title: string): number {
  let sum = 0;
  for (const sign of title) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 65_521;
  return sum % COLOURS;
}
