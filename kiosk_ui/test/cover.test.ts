import { expect, it } from "vitest";
import { initial } from "../src/parts/cover";

it.each([
  ["เจ้าชายน้อย", "เจ้"],
  ["ก้านกล้วย", "ก้"],
  ["The Very Hungry Caterpillar", "T"],
  [" ไกลบ้าน", "ไก"],
  ["", ""],
])("the cover of “%s” bears “%s”", (title, letter) => {
  expect(initial(title)).toBe(letter);
});
