/* The member card in a telephone: the screen stays lit (`data-stays-lit`), and on the member's own device the card is
   kept for when there is no connection (`data-card-worker`), until the member signs out (`data-forgets-card`). */
const card = document.querySelector("[data-stays-lit]");

async function stayLit() {
  try {
    if (document.visibilityState === "visible") await navigator.wakeLock.request("screen");
  } catch {
    /* the battery is low: the screen goes dark as always */
  }
}

if (card && navigator.wakeLock) {
  stayLit();
  document.addEventListener("visibilitychange", stayLit);
}

/* The first time the page came before its keeper, so it is fetched once more with what it used. `data-card-kept` says
   when the card is here. */
async function keepCard(address) {
  await navigator.serviceWorker.register(address);
  await navigator.serviceWorker.ready;
  if (!(await caches.match(location.href))) {
    const kept = await caches.open("samut-card");
    const used = performance.getEntriesByType("resource").map((one) => one.name);
    const parts = used.filter((name) => name.startsWith(`${location.origin}/static/`) || name.includes("/my/card/photo"));
    await kept.addAll([location.href, ...new Set(parts)]);
  }
  document.querySelector("[data-card-kept]").hidden = false;
}

if (card?.dataset.cardWorker && navigator.serviceWorker) keepCard(card.dataset.cardWorker);

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-forgets-card]") || !window.caches) return;
  event.preventDefault();
  await caches.delete("samut-card");
  event.target.submit();
});
