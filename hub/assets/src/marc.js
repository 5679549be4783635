/* The text of a MARC record by keyboard: move and remove lines, add a field, and help for the line one is in. */
import htmx from "htmx.org";

const textOf = () => document.querySelector("[data-marc-text]");
let shownTag = "";

function place(box) {
  const before = box.value.slice(0, box.selectionStart).split("\n");
  return { lines: box.value.split("\n"), at: before.length - 1, column: before.at(-1).length };
}

function put(box, lines, at, column = 0) {
  box.value = lines.join("\n");
  const start = lines.slice(0, at).reduce((sum, line) => sum + line.length + 1, 0);
  const caret = start + Math.min(column, (lines[at] ?? "").length);
  box.focus();
  box.setSelectionRange(caret, caret);
  showHelp(box);
}

const edits = {
  up: (box) => move(box, -1),
  down: (box) => move(box, 1),
  remove(box) {
    const { lines, at } = place(box);
    lines.splice(at, 1);
    put(box, lines, Math.min(at, lines.length - 1));
  },
  add(box) {
    const { lines } = place(box);
    const tag = document.querySelector("[data-marc-tag]").value;
    const at = lines.findIndex((line) => /^\d{3}/.test(line) && line.slice(0, 3) > tag);
    const line = tag < "010" ? `${tag} ` : `${tag} ## $a`;
    const end = lines.at(-1) === "" ? lines.length - 1 : lines.length;
    const where = at < 0 ? end : at;
    lines.splice(where, 0, line);
    put(box, lines, where, line.length);
  },
};

function move(box, step) {
  const { lines, at, column } = place(box);
  const to = at + step;
  if (to < 0 || to >= lines.length || !lines[to]) return;
  [lines[at], lines[to]] = [lines[to], lines[at]];
  put(box, lines, to, column);
}

function showHelp(box) {
  const { lines, at } = place(box);
  const tag = (lines[at] ?? "").slice(0, 3);
  if (tag === shownTag || tag.length < 3) return;
  shownTag = tag;
  const leader = lines.find((line) => line.startsWith("LDR"))?.slice(4) ?? "";
  const asked = new URLSearchParams({ tag, leader });
  htmx.ajax("GET", `${box.dataset.marcText}?${asked}`, { target: "#marc-guide", swap: "innerHTML" });
}

const keys = { "Alt+ArrowUp": "up", "Alt+ArrowDown": "down", "Control+Shift+K": "remove" };

function keyOf(event) {
  const marks = [event.altKey && "Alt", (event.ctrlKey || event.metaKey) && "Control", event.shiftKey && "Shift"];
  return [...marks.filter(Boolean), event.key.length === 1 ? event.key.toUpperCase() : event.key].join("+");
}

document.addEventListener("keydown", (event) => {
  const box = textOf();
  if (!box?.form.contains(event.target)) return;
  const key = keyOf(event);
  if (key === "Control+S") box.form.requestSubmit();
  else if (key === "F1") (event.target === box ? document.getElementById("marc-guide") : box).focus();
  else if (event.target === box && keys[key]) edits[keys[key]](box);
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-marc]");
  if (button) edits[button.dataset.marc](textOf());
});
document.addEventListener("selectionchange", () => {
  if (document.activeElement?.matches("[data-marc-text]")) showHelp(document.activeElement);
});
if (textOf()) for (const part of document.querySelectorAll("[data-marc-tools]")) part.hidden = false;
