/* What the readers of a desk read comes over the hub into the scan box, as if it were typed there.
   Only a page that is seen listens; the page opened last takes the readers over from the others. */
const PAGE = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const RETRY_MS = 5000;
/* Every few minutes the line ends and is taken up again; only a longer silence is told. */
const PATIENCE_MS = 8000;
let source = null;
let isTaking = false;
let heard = 0;
let silence = null;

const line = () => document.querySelector("[data-station]");

function say(word, isGood) {
  const state = line()?.querySelector("[data-station-state]");
  if (!state) return;
  state.textContent = state.dataset[word];
  state.className = `state ${isGood ? "state-good" : "state-bad"}`;
  line().querySelector("[data-station-take]").hidden = word !== "taken";
  line().toggleAttribute("data-listening", isGood);
}

function tell(sentence) {
  const place = document.querySelector("[data-station-said]");
  if (place) place.textContent = sentence;
}

/* Where the card can be given to a member: the one at the desk, if there is one. */
function offer(words, address) {
  const place = document.querySelector("[data-station-said]");
  const member = document.querySelector("input[name=member]")?.value;
  const link = document.createElement("a");
  link.href = member ? `${address}?member=${encodeURIComponent(member)}` : address;
  link.textContent = words;
  place?.append(" ", link);
}

/* What a person is typing at that moment stays in the box. */
function type(text) {
  const form = document.querySelector("[data-scan-form]");
  const box = form?.querySelector("[data-scan]");
  if (!box) return;
  const typed = box.value;
  box.value = text;
  form.requestSubmit();
  box.value = typed;
}

function once(event, act) {
  const number = Number(event.lastEventId);
  if (event.type !== "listening" && number <= heard) return;
  heard = number;
  act(JSON.parse(event.data));
}

/* Nothing is taken by an address alone: what is asked for carries the page's token. */
async function take() {
  const { "X-CSRFToken": csrf } = JSON.parse(document.body.getAttribute("hx-headers"));
  const answer = await fetch(line().dataset.stationTaker, {
    method: "POST", headers: { "X-CSRFToken": csrf }, body: new URLSearchParams({ page: PAGE }),
  });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).after;
}

async function listen() {
  if (source || isTaking || !line() || document.hidden) return;
  isTaking = true;
  try {
    const after = await take();
    if (line() && !document.hidden) hear(after);
  } catch {
    silence ??= setTimeout(() => say("lost", false), PATIENCE_MS);
    setTimeout(listen, RETRY_MS);
  } finally {
    isTaking = false;
  }
}

function hear(after) {
  source = new EventSource(`${line().dataset.station}?page=${PAGE}&after=${after}`);
  source.addEventListener("listening", (event) => once(event, () => { calm(); say("here", true); }));
  source.addEventListener("read", (event) => once(event, ({ text }) => { tell(""); type(text); }));
  source.addEventListener("unknown", (event) => once(event, ({ sentence, give, address }) => {
    tell(sentence);
    if (address) offer(give, address);
  }));
  source.addEventListener("said", (event) => tell(JSON.parse(event.data).sentence));
  source.addEventListener("taken", () => { leave(); say("taken", false); });
  source.addEventListener("error", () => {
    silence ??= setTimeout(() => say("lost", false), PATIENCE_MS);
    if (source?.readyState !== EventSource.CLOSED) return;
    hush();
    setTimeout(listen, RETRY_MS);
  });
}

function hush() {
  source?.close();
  source = null;
}

function calm() {
  clearTimeout(silence);
  silence = null;
}

function leave() {
  calm();
  hush();
}

document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
window.addEventListener("pagehide", leave);
window.addEventListener("pageshow", listen);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-station-take]")) listen();
});
