/* `data-suggest="address"` on a search box: what the server offers for what is typed, as the combobox pattern of ARIA
   wants it. An option leads to its `data-address`, or puts its `data-words` into the box and sends the form. */
const PAUSE = 120;
let lists = 0;

function begin(box) {
  const list = document.createElement("ul");
  list.className = "suggest-list";
  list.id = `suggest-list-${++lists}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.getAttribute("aria-label"));
  box.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }))
    box.setAttribute(name, value);
  box.suggestions = { list, asked: null, timer: 0 };
}

function options(box) {
  return [...box.suggestions.list.querySelectorAll("[role=option]")];
}

function close(box) {
  clearTimeout(box.suggestions.timer);
  box.suggestions.asked?.abort();
  box.suggestions.list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function show(box, text) {
  const { list } = box.suggestions;
  list.innerHTML = text;
  list.hidden = options(box).length === 0;
  for (const [place, option] of options(box).entries()) option.id = `${list.id}-${place}`;
  box.setAttribute("aria-expanded", String(!list.hidden));
  box.removeAttribute("aria-activedescendant");
}

async function ask(box) {
  box.suggestions.asked?.abort();
  const asked = (box.suggestions.asked = new AbortController());
  try {
    const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(box.value)}`, { signal: asked.signal });
    if (answer.ok && document.activeElement === box) show(box, await answer.text());
  } catch (error) {
    if (error.name !== "AbortError") close(box);
  }
}

function step(box, by) {
  const all = options(box);
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = at + by < -1 ? all.length - 1 : at + by;
  for (const [place, option] of all.entries()) option.setAttribute("aria-selected", String(place === next));
  if (all[next]) {
    box.setAttribute("aria-activedescendant", all[next].id);
    all[next].scrollIntoView({ block: "nearest" });
  } else box.removeAttribute("aria-activedescendant");
}

function take(box, option) {
  close(box);
  if (option.dataset.address) window.location.assign(option.dataset.address);
  else {
    box.value = option.dataset.words;
    box.form.requestSubmit();
  }
}

document.addEventListener("input", ({ target: box }) => {
  if (!box.matches("[data-suggest]")) return;
  if (!box.suggestions) begin(box);
  clearTimeout(box.suggestions.timer);
  if (box.value.trim()) box.suggestions.timer = setTimeout(() => ask(box), PAUSE);
  else close(box);
});

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (!box.suggestions || box.suggestions.list.hidden) return;
  const chosen = options(box).find((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") step(box, 1);
  else if (event.key === "ArrowUp") step(box, -1);
  else if (event.key === "Enter" && chosen) take(box, chosen);
  else if (event.key === "Escape") close(box);
  else return;
  event.preventDefault();
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".suggest-list [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option.closest(".suggest").querySelector("[data-suggest]"), option);
});

document.addEventListener("focusout", ({ target: box }) => {
  if (box.suggestions) close(box);
});

/* `data-prints` prints the page. */
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});
