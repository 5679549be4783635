import { describe, expect, it } from "vitest";
import { LANGUAGES, WORDS, type Words } from "../src/i18n/words";

const THAI = /[\u0E00-\u0E7F]/;

/** Every sentence with something filled in, by its name. */
function said(words: Words): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, word] of Object.entries(words)) {
    if (typeof word === "string") flat[name] = word;
    else if (typeof word === "function") flat[name] = (word as (value: number | string) => string)(2);
    else for (const [part, text] of Object.entries(word)) flat[`${name}.${part}`] = String(text);
  }
  return flat;
}

describe("the words", () => {
  it("are the same in every language", () => {
    const names = LANGUAGES.map((language) => Object.keys(said(WORDS[language])).sort());
    expect(names[1]).toEqual(names[0]);
  });

  it.each(LANGUAGES)("are all said in %s", (language) => {
    for (const [name, text] of Object.entries(said(WORDS[language]))) {
      expect(text.trim(), name).not.toBe("");
      expect(THAI.test(text), `${name}: ${text}`).toBe(language === "th");
    }
  });

  it("count one, none and many", () => {
    expect(WORDS.en.lentCount(1)).toBe("1 book borrowed");
    expect(WORDS.en.lentCount(3)).toBe("3 books borrowed");
    expect(WORDS.en.lentCount(0)).toBe("Nothing borrowed yet");
    expect(WORDS.th.lentCount(3)).toBe("ยืมแล้ว 3 เล่ม");
    expect(WORDS.th.loansBefore(0)).not.toContain("0");
  });
});
