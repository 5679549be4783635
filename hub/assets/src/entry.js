/* What stands in a `data-select` field is selected when it is entered, so that a scan takes its place. */
document.addEventListener("focusin", (event) => {
  if (event.target.matches("input[data-select]")) event.target.select();
});

/* A record that was found elsewhere is ready for Enter (`data-take-focus`), unless the person began to type. */
document.addEventListener("htmx:afterSettle", () => {
  const found = document.querySelector("[data-take-focus]");
  if (!found) return;
  const hasTyped = found.closest("#entry-work")?.querySelector("input[name=title]")?.value;
  delete found.dataset.takeFocus;
  if (!hasTyped) found.focus();
});
