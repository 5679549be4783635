import { html, type TemplateResult } from "lit-html";

/** Browsers break Thai inside a name, where no one would: only between these pieces is a place to break. */
export function wholes(pieces: readonly string[]): TemplateResult[] {
  return pieces.map((piece) => html`<span class="whole">${piece}</span> `);
}

/** A greeting and whom it greets, or the words of a title: a name stays together as long as it fits. */
export function wholeName(text: string): TemplateResult {
  const [first = "", ...name] = text.split(" ");
  return html`${wholes([first])}${name.length === 0 ? "" : html`<span class="whole">${wholes(name)}</span>`}`;
}
