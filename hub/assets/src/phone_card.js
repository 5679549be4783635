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

/* The first time the page came before its keeper: it is fetched once more, through it. */
async function keepCard(address) {
  await navigator.serviceWorker.register(address);
  await navigator.serviceWorker.ready;
  if (!(await caches.has("samut-card"))) {
    const kept = await caches.open("samut-card");
    const parts = [...document.querySelectorAll("link[rel=stylesheet], .phone-person img")].map((one) => one.href ?? one.src);
    await kept.addAll([location.href, ...parts]);
  }
}

if (card?.dataset.cardWorker && navigator.serviceWorker) keepCard(card.dataset.cardWorker);

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-forgets-card]") && window.caches) caches.delete("samut-card");
});
