import { html, type TemplateResult } from "lit-html";

interface Look {
  kind: "main" | "second";
  disabled?: boolean;
  picture?: TemplateResult;
}

/** A large button with its word in it. */
export function button(word: string, press: () => void, look: Look): TemplateResult {
  return html`<button class="button ${look.kind}" type="button" ?disabled=${look.disabled ?? false} @click=${press}>
    ${look.picture ?? ""}<span>${word}</span>
  </button>`;
}
