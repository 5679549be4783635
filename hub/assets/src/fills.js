/* `data-fills="name"` on a button puts its `data-value` into that field of the form around it; `data-before` is put
   before what stands there. */
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fills]");
  const field = button?.closest("form")?.elements[button.dataset.fills];
  if (!field) return;
  const { value, before } = button.dataset;
  field.value = before === undefined ? value : `${before} ${field.value}`.trim();
  const fold = field.closest("details");
  if (fold) fold.open = true;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
