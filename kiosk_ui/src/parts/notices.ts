import { html, type TemplateResult } from "lit-html";
import type { Scene } from "../scene";

/** Said before anybody begins, and again beside the way out. */
export function noSlipNotice({ view, words }: Scene): TemplateResult | "" {
  return view.paper === "none" ? html`<p class="notice">${words.noSlipToday}</p>` : "";
}

export function fewSlipsNotice({ view, words }: Scene): TemplateResult | "" {
  return view.paper === "low" ? html`<p class="notice">${words.fewSlips}</p>` : "";
}

/** A tag on the pad that counts for nothing, for a few seconds. */
export function strangeTag({ view, words }: Scene): TemplateResult | "" {
  return view.hint === "" ? "" : html`<p class="notice strange-tag" role="status">${words.hint[view.hint]}</p>`;
}
