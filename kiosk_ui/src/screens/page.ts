import { html, type TemplateResult } from "lit-html";
import { type Model, type Touch, WARNING_SECONDS, warning } from "../flow";
import { WORDS } from "../i18n/words";
import { strangeTag } from "../parts/notices";
import { stillThere } from "../parts/still_there";
import { topBar } from "../parts/top_bar";
import type { Scene } from "../scene";
import { borrowing } from "./borrowing";
import { counting } from "./counting";
import { done } from "./done";
import { identifying } from "./identifying";
import { notKnown } from "./not_known";
import { oneMoment } from "./one_moment";
import { printing } from "./printing";
import { returning } from "./returning";
import { staffMenu } from "./staff_menu";
import { typing } from "./typing";
import { unavailable } from "./unavailable";
import { welcome } from "./welcome";

/** The whole page for what is known. */
export function page(model: Model, touch: (touch: Touch) => void): TemplateResult {
  const words = WORDS[model.language];
  if (model.view === null) return oneMoment(words);
  const scene: Scene = { view: model.view, words, nudges: model.nudges, touch };
  const seconds = warning(model);
  return html`${topBar(scene)} ${strangeTag(scene)} ${screenOf(scene)}
  ${seconds === null ? "" : stillThere(seconds, WARNING_SECONDS, scene)}`;
}

function screenOf(scene: Scene): TemplateResult {
  const { screen } = scene.view;
  switch (screen.name) {
    case "welcome":
      return welcome(screen, scene);
    case "unavailable":
      return unavailable(screen, scene);
    case "typing":
      return typing(screen, scene);
    case "identifying":
      return identifying(screen, scene);
    case "not_known":
      return notKnown(screen, scene);
    case "borrowing":
      return borrowing(screen, scene);
    case "returning":
      return returning(screen, scene);
    case "printing":
      return printing(screen, scene);
    case "done":
      return done(screen, scene);
    case "counting":
      return counting(screen, scene);
    case "staff_menu":
      return staffMenu(screen, scene);
  }
}
