import { expect, it } from "vitest";
import { outline } from "../src/parts/qr_code";

it("draws a square for each that is dark, inside a light border", () => {
  expect(outline(["10", "01"])).toBe("M4 4h1v1h-1zM5 5h1v1h-1z");
});
