/* Keeps the member card of this telephone, and what it needs to be shown, for when there is no connection. */
const KEPT = "samut-card";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && pathname.endsWith("/my/card")) event.respondWith(card(event.request));
  else if (pathname.endsWith("/my/card/photo") || pathname.startsWith("/static/")) event.respondWith(part(event.request));
});

/* The newest card there is. Who is sent to sign in has no card here any more. */
async function card(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(KEPT)).put(request.url, answer.clone());
    else if (answer.type === "opaqueredirect") await caches.delete(KEPT);
    return answer;
  } catch {
    return (await caches.match(request.url)) ?? Response.error();
  }
}

async function part(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(KEPT)).put(request.url, answer.clone());
    return answer;
  } catch {
    return (await caches.match(request.url)) ?? Response.error();
  }
}
