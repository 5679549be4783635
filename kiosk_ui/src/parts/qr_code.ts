import { html, svg, type TemplateResult } from "lit-html";

/** Light squares around a QR code (ISO/IEC 18004). */
const BORDER = 4;

/** The dark squares as one outline. */
export function outline(squares: string[]): string {
  return squares
    .flatMap((row, y) => [...row].map((square, x) => (square === "1" ? `M${x + BORDER} ${y + BORDER}h1v1h-1z` : "")))
    .join("");
}

export function qrCode(squares: string[], name: string): TemplateResult {
  const side = squares.length + 2 * BORDER;
  return html`<svg viewBox="0 0 ${side} ${side}" role="img" aria-label=${name} shape-rendering="crispEdges">
    ${svg`<path d=${outline(squares)} />`}
  </svg>`;
}
