import { html, type TemplateResult } from "lit-html";
import type { Ease, Language } from "../flow";
import { LANGUAGES, WORDS } from "../i18n/words";
import type { Scene } from "../scene";
import { contrastGlyph, largeGlyph, mark, soundGlyph } from "./drawings";

const EASE = { large: largeGlyph, contrast: contrastGlyph, quiet: soundGlyph };

/** The library's name, what makes the page easier to use, and the languages: always there. */
export function topBar(scene: Scene): TemplateResult {
  return html`<header class="top-bar">
    ${mark()}
    <p class="library">${scene.view.library}</p>
    <div class="eases" role="group" aria-label=${scene.words.ease}>
      ${(Object.keys(EASE) as Ease[]).map((what) => easeButton(what, scene))}
    </div>
    <div class="languages" role="group" aria-label=${scene.words.chooseLanguage}>
      ${LANGUAGES.map((language) => languageButton(language, scene))}
    </div>
  </header>`;
}

function easeButton(what: Ease, { view, words, touch }: Scene): TemplateResult {
  const press = () => touch({ touch: "ease", what, on: !view[what] });
  return html`<button
    type="button"
    aria-label=${words.easier[what]}
    aria-pressed=${view[what] ? "true" : "false"}
    @click=${press}
  >
    ${EASE[what](view[what])}
  </button>`;
}

function languageButton(language: Language, scene: Scene): TemplateResult {
  return html`<button
    type="button"
    lang=${language}
    aria-pressed=${scene.view.language === language ? "true" : "false"}
    @click=${() => scene.touch({ touch: "language", language })}
  >
    ${WORDS[language].languageName}
  </button>`;
}
