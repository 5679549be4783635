/* Parts of a card are moved in its picture (`data-card`) with finger or mouse; a click opens what can be said of one. */
const STEP = 0.5;
let held = null;

function millimetres(drawing, event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
}

function place(part, name) {
  return document.getElementById(`parts-${part.dataset.part}-${name}`);
}

document.addEventListener("pointerdown", (event) => {
  const part = event.target.closest?.("[data-part]");
  const drawing = part?.closest("[data-card]");
  if (!drawing || event.button) return;
  const at = millimetres(drawing, event);
  held = { part, drawing, at, x: part.x.baseVal.value, y: part.y.baseVal.value, moved: { x: 0, y: 0 } };
  part.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const at = millimetres(held.drawing, event);
  for (const axis of ["x", "y"]) {
    held.moved[axis] = Math.round((at[axis] - held.at[axis]) / STEP) * STEP;
    held.part[axis].baseVal.value = held[axis] + held.moved[axis];
  }
});

document.addEventListener("pointerup", () => {
  if (!held) return;
  const { part, moved } = held;
  held = null;
  if (moved.x || moved.y) {
    for (const axis of ["x", "y"]) {
      const field = place(part, axis);
      field.value = Math.max(0, Math.round((Number(field.value) + moved[axis]) * 100) / 100);
    }
    place(part, "x").dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  const fold = document.getElementById(`part-${part.dataset.part}`);
  for (const other of document.querySelectorAll(".card-part[open]")) other.open = other === fold;
  fold.open = true;
  fold.scrollIntoView({ block: "nearest", behavior: "smooth" });
});

document.addEventListener("pointercancel", () => {
  held = null;
});
