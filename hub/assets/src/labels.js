/* `data-fills="name" data-value="7"`: a click fills that control of the form, as if the person had typed it. */
document.addEventListener("click", (event) => {
  const place = event.target.closest?.("[data-fills]");
  const control = place?.closest("form")?.elements[place.dataset.fills];
  if (!control) return;
  control.value = place.dataset.value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
});
