// The bench page: draws what /bench/events tells, and posts what the visitor does.

const WORDS = {
  th: {
    bench: "โต๊ะทดลอง", other: "English", lost: "การเชื่อมต่อกับเครื่องขาดหาย กำลังเชื่อมต่อใหม่…",
    cards: "บัตร", cardsHint: "เลือกเครื่องอ่านที่จะแตะบัตร", tapAt: "แตะที่", in: "ทางเข้า", out: "ทางออก",
    codes: "สแกน", text: "ข้อความหรือเลขบาร์โค้ด", scanner: "เครื่องสแกน", scanNow: "สแกน",
    pad: "แท่นวางหนังสือ", padHint: "วางหนังสือหลายเล่มพร้อมกันได้", put: "วาง", take: "หยิบออก",
    tags: "แท็กที่วางอยู่", secured: "กันขโมยทำงาน", cleared: "ออกประตูได้", unknownExit: "ประตูไม่รู้จัก", noNumber: "ไม่มีเลข",
    disc: (part, parts) => `ชิ้นที่ ${part} จาก ${parts}`, liftOnWrite: "ยกขึ้นระหว่างเขียน", liftTag: "ยกแท็กนี้",
    nextPart: "วางชิ้นถัดไปของชุด 3 ชิ้น", member_card: "วางบัตรสมาชิก", foreign: "วางแท็กห้องสมุดอื่น", blank: "วางแท็กเปล่า", damaged: "วางแท็กที่เสีย",
    plugs: "สายอุปกรณ์", unplug: "ถอดสาย", plugIn: "เสียบสาย", plugged: "เสียบอยู่", unplugged: "ถอดอยู่",
    printer: "เครื่องพิมพ์สลิป", full: "มีกระดาษ", low: "กระดาษใกล้หมด", outOfPaper: "กระดาษหมด", coverOpen: "ฝาเปิดอยู่", jam: "ใบมีดติด",
    silent: "ไม่ตอบสถานะ", off: "ปิดเครื่อง", noSlips: "ยังไม่มีสลิป", slip: "สลิปที่พิมพ์ออกมา",
    open: "ประตูเปิด", closed: "ประตูปิด", green: "ไฟเขียว", red: "ไฟแดง", buzzer: "เสียงเตือน",
    exit_button: "ปุ่มขอออก", door: "ประตูแง้มอยู่", fire: "สัญญาณไฟไหม้", tamper: "ฝาเครื่องเปิด",
    beam_outer: "ลำแสงด้านนอก", beam_inner: "ลำแสงด้านใน", walkIn: "เดินเข้า", walkOut: "เดินออก",
    openings: (count) => `เปิดแล้ว ${count} ครั้ง`,
    joined: "เครือข่ายต่ออยู่", cut: "เครือข่ายขาด", failed: "ทำไม่สำเร็จ ลองอีกครั้ง",
    uid: "บัตร NFC/RFID", national_id: "บัตรประชาชน", number: "บาร์โค้ดสมาชิก", faultHeard: "ข้อมูลที่เครื่องพิมพ์ไม่รู้จัก:",
  },
  en: {
    bench: "Bench", other: "ไทย", lost: "The connection to the device was lost. Connecting again…",
    cards: "Cards", cardsHint: "Choose the reader to tap the card on", tapAt: "Tap at", in: "way in", out: "way out",
    codes: "Scan", text: "Text or bar code", scanner: "Scanner", scanNow: "Scan",
    pad: "Book pad", padHint: "Several books may lie on it at once", put: "Put on", take: "Take off",
    tags: "Tags that lie there", secured: "secured", cleared: "may leave", unknownExit: "unknown to the exit", noNumber: "no number",
    disc: (part, parts) => `part ${part} of ${parts}`, liftOnWrite: "Lift in the next write", liftTag: "Lift this tag",
    nextPart: "Put the next of 3 parts", member_card: "Put a member card", foreign: "Put another library's tag", blank: "Put a blank tag", damaged: "Put a damaged tag",
    plugs: "Plugs", unplug: "Unplug", plugIn: "Plug in", plugged: "plugged in", unplugged: "unplugged",
    printer: "Slip printer", full: "Paper in", low: "Paper low", outOfPaper: "Paper out", coverOpen: "Cover open", jam: "Cutter jammed",
    silent: "No status", off: "Switched off", noSlips: "No slips yet", slip: "A printed slip",
    open: "Gate open", closed: "Gate closed", green: "Green lamp", red: "Red lamp", buzzer: "Buzzer",
    exit_button: "Exit button", door: "Door ajar", fire: "Fire alarm", tamper: "Housing open",
    beam_outer: "Outer beam", beam_inner: "Inner beam", walkIn: "Walk in", walkOut: "Walk out",
    openings: (count) => `Opened ${count} ${count === 1 ? "time" : "times"}`,
    joined: "Network joined", cut: "Network cut", failed: "That did not work. Try again.",
    uid: "NFC/RFID card", national_id: "Thai ID card", number: "Member bar code", faultHeard: "The printer does not know:",
  },
};
const PAPER = {
  full: "full", low: "low", out: "outOfPaper", cover: "coverOpen", jam: "jam", silent: "silent", off: "off",
};
const RELAYS = ["relay", "relay_out"];
const LAMPS = ["green", "red", "buzzer"];

const find = (id) => document.getElementById(id);
let language = localStorage.getItem("bench-language") ?? "th";
let state = null;

const say = (word) => WORDS[language][word];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function button(key, word, onclick, attributes = {}) {
  return make("button", { type: "button", "data-key": key, onclick, ...attributes }, word);
}

function toast(text) {
  const box = find("toast");
  box.textContent = text;
  box.classList.add("shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => box.classList.remove("shown"), 4000);
}

async function wish(what, body, pressed) {
  if (pressed) pressed.disabled = true;
  try {
    const answer = await fetch(`/bench/${what}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (!answer.ok) toast((await answer.json())[language]);
  } catch {
    toast(say("failed"));
  } finally {
    if (pressed) pressed.disabled = false;
  }
}

const doing = (what, body) => (event) => wish(what, body, event.currentTarget);

function readerName(reader) {
  return reader.direction ? `${say(reader.direction)} (${reader.part})` : reader.part;
}

function thing(label, small) {
  return make("span", { class: "thing" }, label, make("small", {}, small));
}

function drawCards() {
  const rows = state.cards.map((card, number) => {
    const readers = state.readers.filter((reader) => reader.takes.includes(card.kind));
    const buttons = readers.map((reader) => button(
      `tap-${number}-${reader.part}`, `${say("tapAt")} ${readerName(reader)}`,
      doing("tap", { part: reader.part, kind: card.kind, value: card.value }), { class: "plain" },
    ));
    return make("li", {}, thing(card.label, `${say(card.kind)} ${card.value}`), make("span", { class: "doing" }, ...buttons));
  });
  find("cards").replaceChildren(...rows);
  find("cards-panel").hidden = rows.length === 0;
}

function drawCodes() {
  const scanners = state.readers.filter((reader) => reader.reads_codes);
  find("codes-panel").hidden = scanners.length === 0;
  find("scan-at").hidden = scanners.length < 2;
  const chosen = find("scan-part").value;
  find("scan-part").replaceChildren(...scanners.map((reader) => make("option", { value: reader.part }, readerName(reader))));
  if (scanners.some((reader) => reader.part === chosen)) find("scan-part").value = chosen;
  find("codes").replaceChildren(...state.items.map((item) => make(
    "li", {}, thing(item.label, item.barcode),
    button(`scan-${item.barcode}`, say("scanNow"), (event) => scan(item.barcode, event.currentTarget), { class: "plain" }),
  )));
}

const scan = (text, pressed) => wish("scan", { part: find("scan-part").value, text }, pressed);

function drawPads() {
  find("pads-panel").hidden = state.pads.length === 0;
  find("pads").replaceChildren(...state.pads.map((pad) => make("div", {},
    make("ul", { class: "rows" }, ...state.items.map((item) => padRow(pad, item))),
    ...(pad.tags ? [strangersOf(pad), ...lyingTags(pad)] : []),
  )));
}

function padRow(pad, item) {
  const lies = pad.barcodes.includes(item.barcode);
  const move = doing("pad", { part: pad.part, barcode: item.barcode, on: !lies });
  return make("li", {}, thing(item.label, item.barcode),
    ...(pad.tags ? [button(`tag-set-${pad.part}-${item.barcode}`, say("nextPart"), nextPart(pad, item), { class: "plain" })] : []),
    button(`pad-${pad.part}-${item.barcode}`, say(lies ? "take" : "put"), move, lies ? {} : { class: "plain" }));
}

// A set of three discs is put down part by part; the next is the one that does not lie there yet.
const PARTS = 3;
const nextPart = (pad, item) => (event) => {
  const lying = pad.tags.filter((tag) => tag.barcode === item.barcode && tag.parts === PARTS).map((tag) => tag.part);
  const number = [...Array(PARTS).keys()].map((at) => at + 1).find((part) => !lying.includes(part)) ?? PARTS;
  wish("tag", { part: pad.part, kind: "item", barcode: item.barcode, number, of: PARTS }, event.currentTarget);
};

function strangersOf(pad) {
  const number = state.cards.find((card) => card.kind === "number")?.value ?? "4500123";
  const kinds = { member_card: number, foreign: "B0001", blank: "", damaged: state.items[0]?.barcode ?? "TH1" };
  return make("div", { class: "choices" }, ...Object.entries(kinds).map(([kind, barcode]) => button(
    `tag-${kind}-${pad.part}`, say(kind), doing("tag", { part: pad.part, kind, barcode }), { class: "plain" },
  )));
}

function lyingTags(pad) {
  if (pad.tags.length === 0) return [];
  return [make("h3", {}, say("tags")), make("ul", { class: "rows" }, ...pad.tags.map((tag) => tagRow(pad, tag)))];
}

function tagRow(pad, tag) {
  const exit = tag.secured === null ? "unknownExit" : tag.secured ? "secured" : "cleared";
  const set = tag.parts > 1 ? ` · ${say("disc")(tag.part, tag.parts)}` : "";
  const spoil = doing("tag/spoil", { part: pad.part, chip: tag.chip, fault: "lifted" });
  const lift = doing("tag/lift", { part: pad.part, chip: tag.chip });
  return make("li", {}, thing((tag.barcode || say("noNumber")) + set, tag.chip),
    make("span", { class: `exit exit-${exit}` }, say(exit)),
    button(`tag-spoil-${tag.chip}`, say("liftOnWrite"), spoil, { class: "plain" }),
    button(`tag-lift-${tag.chip}`, say("liftTag"), lift));
}

function drawPlugs() {
  const plugs = state.readers.filter((reader) => reader.plugged_in !== null);
  find("plugs-panel").hidden = plugs.length === 0;
  find("plugs").replaceChildren(...plugs.map((reader) => make(
    "li", {}, thing(readerName(reader), `${reader.driver} · ${say(reader.plugged_in ? "plugged" : "unplugged")}`),
    button(`plug-${reader.part}`, say(reader.plugged_in ? "unplug" : "plugIn"),
      doing("plug", { part: reader.part, plugged_in: !reader.plugged_in }), { class: "plain" }),
  )));
}

function lamp(name, on) {
  return make("li", { class: on ? "on" : "" }, make("span", { class: `lamp lamp-${name}`, "aria-hidden": "true" }), say(name));
}

function relay(gate, name, isOneOfTwo) {
  const open = gate.outputs[name];
  const way = isOneOfTwo ? `${say(name === "relay" ? "in" : "out")}: ` : "";
  return make("p", { class: open ? "relay on" : "relay", role: "status" },
    make("span", { class: "door", "aria-hidden": "true" }), way + say(open ? "open" : "closed"));
}

function drawGates() {
  find("gates").hidden = state.gates.length === 0;
  find("gates").replaceChildren(...state.gates.map((gate) => {
    const relays = RELAYS.filter((name) => name in gate.outputs);
    const lamps = LAMPS.filter((name) => name in gate.outputs).map((name) => lamp(name, gate.outputs[name]));
    return make("div", { class: "gate", "data-open": relays.some((name) => gate.outputs[name]) },
      ...relays.map((name) => relay(gate, name, relays.length > 1)),
      make("ul", { class: "lamps" }, ...lamps),
      make("p", { class: "count" }, say("openings")(gate.openings)),
      make("div", { class: "choices" }, ...wires(gate)));
  }));
}

function wires(gate) {
  const switches = Object.entries(gate.wires).map(([wire, active]) => button(
    `wire-${gate.part}-${wire}`, say(wire), doing("wire", { part: gate.part, wire, active: !active }), { "aria-pressed": active },
  ));
  if (!("beam_outer" in gate.wires)) return switches;
  const walks = [["walkIn", true], ["walkOut", false]].map(([word, inwards]) => button(
    `walk-${gate.part}-${word}`, say(word), doing("walk", { part: gate.part, inwards }), { class: "plain" },
  ));
  return [...walks, ...switches];
}

function drawPrinters() {
  find("printers-panel").hidden = state.printers.length === 0;
  find("printers").replaceChildren(...state.printers.map((printer) => make("div", {},
    make("div", { class: "choices" }, ...Object.entries(PAPER).map(([paper, word]) => button(
      `paper-${printer.part}-${paper}`, say(word), doing("paper", { part: printer.part, paper }),
      { "aria-pressed": printer.paper === paper },
    ))),
    ...printer.faults.map((fault) => make("p", { class: "fault" }, `${say("faultHeard")} ${fault}`)),
    make("div", { class: "slips", tabindex: "0", "aria-label": say("slip") }, ...slips(printer)),
  )));
}

function slips(printer) {
  if (printer.slips.length === 0) return [make("p", { class: "nothing" }, say("noSlips"))];
  return printer.slips.map((address) => make("img", { src: address, alt: say("slip") }));
}

function drawFrame() {
  document.documentElement.lang = language;
  document.title = `${say("bench")} · Samut`;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  find("language").textContent = say("other");
  find("language").lang = language === "th" ? "en" : "th";
}

function drawNetwork() {
  find("device").textContent = [state.name, state.device].filter(Boolean).join(" · ");
  find("network").setAttribute("aria-checked", state.joined);
  find("network-word").textContent = say(state.joined ? "joined" : "cut");
}

function draw() {
  drawFrame();
  if (state === null) return;
  const focused = document.activeElement?.dataset?.key;
  for (const part of [drawNetwork, drawGates, drawCards, drawCodes, drawPads, drawPlugs, drawPrinters]) part();
  if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function follow() {
  const news = new EventSource("/bench/events");
  news.addEventListener("message", (event) => { state = JSON.parse(event.data); draw(); });
  news.addEventListener("open", () => { find("lost").hidden = true; });
  news.addEventListener("error", () => { find("lost").hidden = false; });
}

find("language").addEventListener("click", () => {
  language = language === "th" ? "en" : "th";
  localStorage.setItem("bench-language", language);
  draw();
});
find("network").addEventListener("click", (event) => wish("network", { joined: !state.joined }, event.currentTarget));
find("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  scan(find("scan-text").value.trim(), event.submitter);
  find("scan-text").select();
});

draw();
follow();
