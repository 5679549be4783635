/** What every screen is drawn from. */

import type { TemplateResult } from "lit-html";
import type { Screen, ScreenOf, Touch, View } from "./flow";
import type { Words } from "./i18n/words";

export interface Scene {
  view: View;
  words: Words;
  nudges: number;
  touch: (touch: Touch) => void;
}

export type Draw<Name extends Screen["name"]> = (screen: ScreenOf<Name>, scene: Scene) => TemplateResult;
