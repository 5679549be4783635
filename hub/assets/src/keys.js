/* Every function of the desk has a key, shown beside it: `data-key` names it. The newest line comes first in the page. */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !/^F\d+$/.test(event.key)) return;
  const wanted = document.querySelector(`[data-key="${event.key}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input:not([type=checkbox])")) {
    wanted.focus();
    return;
  }
  wanted.click();
  if (wanted.matches("summary")) wanted.parentElement.querySelector("input:not([type=hidden])")?.focus();
});

/* Some readers end with Tab, not Enter. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Tab" || event.shiftKey || !event.target.matches?.("[data-scan]") || !event.target.value) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
