import "htmx.org";
import "htmx-ext-sse";
import "./cards.js";
import "./desk.js";
import "./entry.js";
import "./fills.js";
import "./images.js";
import "./keys.js";
import "./labels.js";
import "./marc.js";
import "./phone_card.js";
import "./photo.js";
import "./sounds.js";
import "./station.js";
import "./suggest.js";

/* A scan box takes the scanner's next line whatever was clicked before; `data-scan` marks it. */
function focusScanBox() {
  const box = document.querySelector("[data-scan]");
  const busy = document.activeElement?.matches("input, select, textarea, button, a, summary, dialog *");
  if (box && !busy) box.focus();
}
document.addEventListener("htmx:afterSettle", focusScanBox);
document.addEventListener("click", focusScanBox);

/* `<button data-opens="id">` opens a <dialog>; `data-closes` closes the one it stands in. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  event.target.closest("[data-closes]")?.closest("dialog")?.close();
});

/* Menus made of <details class="menu"> close when the person goes elsewhere or presses Escape. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.target.closest?.("details.menu[open]")?.querySelector("summary").focus();
  closeMenus(null);
});

/* `data-confirm` asks before a form is sent; htmx asks with hx-confirm. */
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

/* A form is sent once, however often its button is pressed; `data-submit` sends it when a choice changes. */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "get" || event.target.matches("[hx-post], [data-download]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  else event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
