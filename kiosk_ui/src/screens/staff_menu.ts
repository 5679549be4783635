import { html, type TemplateResult } from "lit-html";
import type { ScreenOf } from "../flow";
import { button } from "../parts/button";
import { arrowBack } from "../parts/drawings";
import type { Draw, Scene } from "../scene";

/** How the kiosk is, for whoever looks after it. It names no visitor. */
export const staffMenu: Draw<"staff_menu"> = (screen, scene) => {
  const { words, touch } = scene;
  const test = { kind: "second", disabled: screen.tested === "testing" } as const;
  const service = { kind: screen.in_service ? "second" : "main" } as const;
  return html`<main class="staff-menu">
    <section class="staff-ways">
      <h1 tabindex="-1">${words.staffMenu}</h1>
      <p class="notice ${screen.in_service ? "good" : "no"}">
        ${screen.in_service ? words.inService : words.outOfService}
      </p>
      ${button(screen.in_service ? words.putOut : words.putIn, () => touch({ touch: "service", on: !screen.in_service }), service)}
      ${button(words.testSlip, () => touch({ touch: "test_slip" }), test)}
      ${screen.tested === "" ? "" : html`<p class="tested" role="status">${words.tested[screen.tested]}</p>`}
      ${button(words.restart, () => touch({ touch: "restart" }), { kind: "second" })}
      ${button(words.back, () => touch({ touch: "leave" }), { kind: "main", picture: arrowBack() })}
    </section>
    <section class="staff-facts">${parts(screen, scene)} ${happened(screen, scene)}</section>
  </main>`;
};

function parts({ parts: all }: ScreenOf<"staff_menu">, { words }: Scene): TemplateResult {
  return html`<h2>${words.parts}</h2>
    <dl>
      ${all.map(
        (part) => html`<div>
          <dt>${words.partName[part.name] ?? part.name}</dt>
          <dd class=${part.state === "ready" ? "good" : "no"}>
            ${words.partState[part.state]} ${part.detail === "" ? "" : html`<small>${part.detail}</small>`}
          </dd>
        </div>`,
      )}
    </dl>`;
}

function happened({ happened: all }: ScreenOf<"staff_menu">, { words }: Scene): TemplateResult {
  return html`<h2>${words.lastHappened}</h2>
    ${
      all.length === 0
        ? html`<p>${words.nothingHappened}</p>`
        : html`<dl>
            ${all.map((one) => html`<div><dt>${one.at}</dt><dd>${words.happened[one.what]}</dd></div>`)}
          </dl>`
    }`;
}
