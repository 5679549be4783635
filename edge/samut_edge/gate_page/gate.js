// The gate's screen: a tap for a few seconds, else what stands there. Nothing of a person is kept.

import { play } from "/gate/sounds.js";
import { SIGNS, WORDS, hours, inside, left } from "/gate/words.js";

const REST_AFTER_MS = 4000;
const ALARM_AGAIN_MS = 2000;
const LISTEN_AGAIN_MS = 3000;
const find = (id) => document.getElementById(id);
let scene = null;
let tap = null;
let rest = 0;
let sounding = 0;
let isBroken = false;
let software = null;

function show({ state, sign, words: [headline, thai, english], name = "" }) {
  document.body.dataset.state = state;
  find("drawn").setAttribute("d", SIGNS[sign]);
  for (const [id, text] of Object.entries({ headline, name, thai, english })) find(id).textContent = text;
}

function ofTap() {
  const said = [tap.words.th, tap.words.en];
  if (!tap.opens) {
    const words = WORDS[tap.direction === "in" ? "noIn" : "noOut"];
    return { state: "no", sign: "no", words: [words[0], said[0], said[1] || words[2]] };
  }
  const [headline, , english] = WORDS[tap.direction];
  const hint = said[0] ? said : ["", english];
  return { state: said[0] ? "hint" : "yes", sign: tap.direction, words: [headline, ...hint], name: tap.name };
}

function ofScene() {
  if (isBroken) return { state: "no", sign: "alarm", words: WORDS.broken };
  if (scene === null || scene.mode === "open") return { state: "idle", sign: "idle", words: WORDS.idle };
  if (scene.mode === "class") {
    const [thai, english] = left(scene);
    return { state: "yes", sign: "in", words: [WORDS.class[0], thai, english] };
  }
  return { state: scene.mode, sign: scene.mode === "closed" ? "no" : "out", words: WORDS[scene.mode] };
}

function ofAlarm() {
  const { title, words } = scene.alarm;
  return { state: "alarm", sign: "alarm", words: [title || WORDS.alarm[0], words.th, words.en] };
}

function draw() {
  const isAlarm = scene?.alarm && scene.mode !== "emergency";
  if (isAlarm) show(ofAlarm());
  else show(scene?.mode === "emergency" ? ofScene() : tap ? ofTap() : ofScene());
  sound(isAlarm);
  drawFrame();
}

function drawFrame() {
  find("inside").textContent = scene === null ? "" : inside(scene);
  find("hours").textContent = scene === null ? "" : hours(scene);
  if (scene === null) return;
  find("library-th").textContent = scene.library.th;
  find("library-en").textContent = scene.library.en;
  drawClock();
}

function drawClock() {
  if (scene === null) return;
  const now = new Date();
  const zone = { timeZone: scene.zone };
  find("time").textContent = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" }).format(now);
  find("date").textContent = new Intl.DateTimeFormat("th-TH", { ...zone, weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(now);
}

function sound(isAlarm) {
  if (isAlarm && !sounding) {
    play("alarm");
    sounding = setInterval(() => play("alarm"), ALARM_AGAIN_MS);
  } else if (!isAlarm && sounding) {
    clearInterval(sounding);
    sounding = 0;
  }
}

function forget() {
  tap = null;
  draw();
}

// The agent is gone, or cannot work: nothing that it said before holds.
function lost() {
  isBroken = true;
  scene = null;
  forget();
}

function heard(message) {
  isBroken = false;
  if (message.kind === "scene") {
    scene = message;
    if (software !== null && software !== scene.software) location.reload();
    software = scene.software;
  } else {
    tap = message;
    clearTimeout(rest);
    rest = setTimeout(forget, REST_AFTER_MS);
    play(!tap.opens ? "no" : tap.direction === "in" ? "yes" : "out");
  }
  draw();
}

// A browser listens again by itself after most faults, but not where it was answered with one.
function listen() {
  const events = new EventSource("/gate/events");
  events.addEventListener("message", (event) => heard(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    lost();
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, LISTEN_AGAIN_MS);
  });
}

draw();
setInterval(drawClock, 1000);
listen();
