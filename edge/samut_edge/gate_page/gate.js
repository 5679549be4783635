"use strict";
const REST_AFTER_MS = 4000;
const WORDS = {
  idle: ["แตะบัตรสมาชิก", "", "Tap your library card"],
  in: ["ยินดีต้อนรับ", "", "Welcome"],
  out: ["แล้วพบกันใหม่", "", "See you again"],
  no: ["เข้าไม่ได้", "", "Entry refused"],
};
let rest;

function show(state, [headline, thai, english]) {
  document.body.dataset.state = state;
  document.getElementById("headline").textContent = headline;
  document.getElementById("thai").textContent = thai;
  document.getElementById("english").textContent = english;
}

function tapped(message) {
  clearTimeout(rest);
  if (message.opens) {
    const [thai, , english] = WORDS[message.direction];
    show("yes", [thai, message.name, english]);
  } else {
    show("no", [WORDS.no[0], message.th, message.en]);
  }
  rest = setTimeout(() => show("idle", WORDS.idle), REST_AFTER_MS);
}

new EventSource("/gate/events").onmessage = (event) => tapped(JSON.parse(event.data));
