import { html, type TemplateResult } from "lit-html";
import type { Book, ScreenOf } from "../flow";
import type { Words } from "../i18n/words";
import { button } from "../parts/button";
import { joinLine } from "../parts/join_line";
import { myLoans } from "../parts/my_loans";
import { payCode } from "../parts/pay_code";
import { type Instead, visit } from "../parts/visit";
import type { Draw, Scene } from "../scene";

function lookAtAccount(screen: ScreenOf<"borrowing">, { words, touch }: Scene): TemplateResult | "" {
  if (screen.mine !== null || (screen.loans === 0 && screen.waiting === 0 && !screen.owes)) return "";
  return button(words.lookAtAccount, () => touch({ touch: "loans", look: true }), { kind: "second" });
}

function offerPay(screen: ScreenOf<"borrowing">, { words, touch }: Scene): TemplateResult | "" {
  if (screen.pay === "not_offered" || screen.pay === "shown") return "";
  return html`${screen.pay === "failed" ? html`<p class="notice">${words.payFailed}</p>` : ""}
  ${button(words.pay, () => touch({ touch: "pay", show: true }), { kind: "second", disabled: screen.pay === "asked" })}`;
}

function forStaff(screen: ScreenOf<"borrowing">, { words, touch }: Scene): TemplateResult | "" {
  if (!screen.is_staff || screen.books.length > 0) return "";
  return button(words.staffMenu, () => touch({ touch: "staff" }), { kind: "second" });
}

function offerLine(screen: ScreenOf<"borrowing">, { words, touch }: Scene): TemplateResult | "" {
  if (screen.line === "not_offered" || screen.line === "shown") return "";
  return html`${screen.line === "failed" ? html`<p class="notice">${words.joinLineFailed}</p>` : ""}
  ${button(words.joinLine, () => touch({ touch: "line", show: true }), { kind: "second", disabled: screen.line === "asked" })}`;
}

/** What stands in the place of the books, if anything does. */
function instead(screen: ScreenOf<"borrowing">, scene: Scene): { instead?: Instead } {
  if (screen.line === "shown") return { instead: joinLine(screen.code, scene) };
  if (screen.pay === "shown") return { instead: payCode(screen, scene) };
  return screen.mine === null ? {} : { instead: myLoans(screen, screen.mine, scene) };
}

/** What was borrowed, and what was renewed where anything was. */
function counted(books: Book[], words: Words): string {
  const lent = books.filter((book) => book.is === "lent").length;
  const renewed = books.filter((book) => book.is === "renewed").length;
  if (renewed === 0) return words.lentCount(lent);
  return lent === 0 ? words.renewedCount(renewed) : `${words.lentCount(lent)} · ${words.renewedCount(renewed)}`;
}

export const borrowing: Draw<"borrowing"> = (screen, scene) => {
  const { words } = scene;
  const about = html`
    <p>${words.loansBefore(screen.loans)}</p>
    ${screen.overdue > 0 && screen.hints.length === 0 ? html`<p class="notice">${words.overdueBefore(screen.overdue)}</p>` : ""}
    ${screen.hints.map((hint) => html`<p class="notice no">${hint}</p>`)}
    ${screen.waiting > 0 && screen.mine === null ? html`<p class="notice good">${words.setAside(screen.waiting)}</p>` : ""}
    ${lookAtAccount(screen, scene)} ${offerPay(screen, scene)} ${offerLine(screen, scene)} ${forStaff(screen, scene)}
  `;
  return visit(
    {
      heading: words.greet(screen.member),
      about,
      invitation: words.scanTitle,
      hint: words.scanHint,
      count: counted(screen.books, words),
      books: screen.books,
      again: screen.again,
      slipBy: screen.slip_by,
      slipFailed: screen.slip_failed,
      ...instead(screen, scene),
    },
    scene,
  );
};
