/* The desk is heard: all is well, look here, refused. Each computer remembers whether it wants sounds. */
const TONES = { ok: [[880, 0.09]], attention: [[660, 0.12], [880, 0.16]], refusal: [[196, 0.4]] };
const KEPT = "samut-sounds";
let context = null;
let heard = null;

const isOn = () => localStorage.getItem(KEPT) !== "off";

function play(name) {
  if (!isOn() || !TONES[name]) return;
  context ??= new AudioContext();
  let at = context.currentTime;
  for (const [pitch, seconds] of TONES[name]) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    loudness.gain.value = 0.15;
    tone.frequency.value = pitch;
    tone.connect(loudness).connect(context.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.04;
  }
}

function show() {
  for (const button of document.querySelectorAll("[data-sounds]")) {
    button.hidden = false;
    button.ariaPressed = String(isOn());
    button.classList.toggle("btn-off", !isOn());
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-sounds]")) return;
  localStorage.setItem(KEPT, isOn() ? "off" : "on");
  show();
  play("ok");
});

document.addEventListener("htmx:afterSettle", () => {
  const newest = document.querySelector("#lines > [data-sound]") ?? document.querySelector(".sitting-person[data-sound]");
  if (!newest || newest === heard) return;
  heard = newest;
  play(newest.dataset.sound);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.closest("[data-scan-form]") && !event.detail.successful) play("refusal");
});

show();
