import { html, type TemplateResult } from "lit-html";
import type { Language } from "../flow";
import { LANGUAGES, WORDS } from "../i18n/words";
import type { Scene } from "../scene";
import { mark } from "./drawings";

/** The library's name, and the languages: always there. */
export function topBar(scene: Scene): TemplateResult {
  return html`<header class="top-bar">
    ${mark()}
    <p class="library">${scene.view.library}</p>
    <div class="languages" role="group" aria-label=${scene.words.chooseLanguage}>
      ${LANGUAGES.map((language) => languageButton(language, scene))}
    </div>
  </header>`;
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
