// The desk's own page, for when the hub is away: draws what /desk/ws tells, and sends what the librarian does.

const WORDS = {
  th: {
    desk: "เคาน์เตอร์ยืม–คืน", other: "English", signOut: "ออกจากระบบ", signIn: "เข้าสู่ระบบ",
    signInHint: "ใช้ชื่อผู้ใช้ของคุณและรหัส PIN ที่ตั้งไว้ในหน้า “เคาน์เตอร์ของเครื่องนี้” ของระบบกลาง",
    noStaff: "ยังไม่มีเจ้าหน้าที่คนใดตั้งรหัส PIN หรือเครื่องนี้ยังไม่เคยติดต่อกับระบบกลาง จึงยังเข้าสู่ระบบไม่ได้",
    username: "ชื่อผู้ใช้", pin: "รหัส PIN", useHub: "ติดต่อระบบกลางได้ กรุณายืม–คืนในหน้าของระบบกลาง",
    toHub: "ไปที่ระบบกลาง", noAnswer: "ระบบกลางไม่ตอบสนอง",
    box: "บัตรสมาชิก เลขสมาชิก หรือหนังสือ", enter: "ตกลง",
    keys: "Enter: ตกลง · Esc: จบรายการของสมาชิก · F2: พิมพ์สลิป · F4: ต่ออายุทุกรายการ", renew: "ต่ออายุ",
    renewAll: "ต่ออายุทุกรายการ (F4)", renewed: "ต่ออายุแล้ว", not_renewed: "ต่ออายุไม่ได้", overdue: "เกินกำหนด", end: "จบรายการ (Esc)", slip: "พิมพ์สลิป (F2)",
    slipFailed: "พิมพ์สลิปไม่สำเร็จ กรุณาตรวจดูเครื่องพิมพ์ รายการยืม–คืนบันทึกไว้แล้ว",
    away: (since, waiting) => `ติดต่อระบบกลางไม่ได้ ตั้งแต่ ${since} เคาน์เตอร์นี้ทำงานเองตามกฎเดียวกัน` +
      (waiting ? ` · รอส่ง ${waiting} รายการ` : ""),
    sending: (waiting) => `ติดต่อระบบกลางได้แล้ว กำลังส่ง ${waiting} รายการ`,
    sent: "ติดต่อระบบกลางได้แล้ว ทุกรายการส่งถึงระบบกลางแล้ว เมื่อเสร็จแล้วให้ออกจากระบบ แล้วใช้หน้าของระบบกลางต่อ",
    there: "ติดต่อระบบกลางได้", lost: "การเชื่อมต่อกับเครื่องของเคาน์เตอร์ขาดหาย กำลังเชื่อมต่อใหม่…",
    wrong: "ชื่อผู้ใช้หรือรหัส PIN ไม่ถูกต้อง", too_often: (until) => `ใส่รหัสผิดหลายครั้ง กรุณารอถึงเวลา ${until} น.`,
    hub_there: "ระบบกลางยังตอบสนอง กรุณาใช้หน้าของระบบกลาง",
    about: (guest) => `${guest.number} · ยืมอยู่ ${guest.loans} รายการ` +
      (guest.overdue ? ` · เกินกำหนด ${guest.overdue} รายการ` : "") + (guest.debt ? ` · ค้างชำระ ${guest.debt} บาท` : ""),
    lent: "ให้ยืม", due: (day) => `กำหนดส่ง ${day}`, returned: "รับคืนแล้ว", in_place: "รับไว้แล้ว ไม่ได้อยู่ระหว่างการยืม",
    late: (days, fine) => `เกินกำหนด ${days} วัน` + (fine ? ` ค่าปรับ ${fine} บาท (ระบบกลางจะคิดให้)` : ""),
    refused: "ให้ยืมไม่ได้", unknown: (end) => (end ? `ไม่รู้จัก …${end}` : "ไม่รู้จักบัตรนี้"),
    scanned_twice: "สแกนซ้ำ รายการนี้เพิ่งให้ยืม", here: "ตัดสินที่เคาน์เตอร์นี้",
  },
  en: {
    desk: "Desk", other: "ไทย", signOut: "Sign out", signIn: "Sign in",
    signInHint: "With your user name, and the PIN that you chose on the hub's page “Desk of this computer”.",
    noStaff: "Nobody of the staff has chosen a PIN yet, or this desk has never met the hub: nobody can sign in.",
    username: "User name", pin: "PIN", useHub: "The hub is there. Lend and take back on its pages.",
    toHub: "Go to the hub", noAnswer: "The hub does not answer",
    box: "Member card, member number or book", enter: "Enter",
    keys: "Enter: go · Esc: end the member's session · F2: print the slip · F4: renew all", renew: "Renew",
    renewAll: "Renew all (F4)", renewed: "Renewed", not_renewed: "Not renewed", overdue: "overdue", end: "End session (Esc)", slip: "Print the slip (F2)",
    slipFailed: "The slip was not printed. Look at the printer; loans and returns are recorded.",
    away: (since, waiting) => `The hub has been away since ${since}. This desk works alone, by the same rules.` +
      (waiting ? ` Waiting to be sent: ${waiting}` : ""),
    sending: (waiting) => `The hub is back. Being sent: ${waiting}`,
    sent: "The hub is back, and everything has reached it. When you are done sign out, and go on with the hub's pages.",
    there: "The hub is there", lost: "The connection to the desk's computer was lost. Connecting again…",
    wrong: "The user name or the PIN is wrong.", too_often: (until) => `Too many wrong PINs. Wait until ${until}.`,
    hub_there: "The hub does answer. Use its pages.",
    about: (guest) => `${guest.number} · on loan: ${guest.loans}` +
      (guest.overdue ? ` · overdue: ${guest.overdue}` : "") + (guest.debt ? ` · owes ${guest.debt} baht` : ""),
    lent: "Lent", due: (day) => `due ${day}`, returned: "Returned", in_place: "Taken in; it was not on loan",
    late: (days, fine) => `${days} days late` + (fine ? `, fine ${fine} baht (the hub charges it)` : ""),
    refused: "Refused", unknown: (end) => (end ? `Not known: …${end}` : "This card is not known"),
    scanned_twice: "Scanned twice: it was lent a moment ago", here: "decided at this desk",
  },
};
const MARKS = { lent: "✓", renewed: "✓", not_renewed: "✕", returned: "↓", in_place: "↓", refused: "✕", unknown: "?", scanned_twice: "i" };
const AGAIN_MS = 1500;

const find = (id) => document.getElementById(id);
let language = localStorage.getItem("desk-language") ?? "th";
let view = null;
let socket = null;
let insists = false;

const say = (word) => WORDS[language][word];
const send = (message) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message)); };

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text ?? "";
  return element;
}

function drawWords() {
  document.documentElement.lang = language;
  document.title = `${say("desk")} · Samut`;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  find("language").textContent = say("other");
  find("language").lang = language === "th" ? "en" : "th";
}

function hubSentence() {
  if (view.away_since) return say("away")(view.away_since, view.waiting);
  if (view.waiting) return say("sending")(view.waiting);
  return view.worker ? say("sent") : say("there");
}

function drawHub() {
  find("hub").textContent = hubSentence();
  find("hub").classList.toggle("there", !view.away_since);
  find("library").textContent = view.library;
  find("worker").textContent = view.worker;
  find("sign-out").hidden = !view.worker;
  find("to-hub").href = view.hub;
}

function show(id, isShown) {
  const place = find(id);
  const appears = place.hidden && isShown;
  place.hidden = !isShown;
  if (appears) place.querySelector("input, a")?.focus();
}

function drawPlaces() {
  const atHub = !view.worker && !view.away_since && !insists;
  show("at-hub", atHub);
  show("sign-in", !view.worker && !atHub);
  show("work", Boolean(view.worker));
  find("no-staff").hidden = view.knows_staff;
}

function drawGuest() {
  const guest = view.guest;
  find("guest").hidden = !guest && !view.can_print;
  find("guest-name").textContent = guest?.name ?? "";
  find("guest-name").hidden = !guest;
  find("guest-about").textContent = guest ? say("about")(guest) : "";
  find("guest-hints").replaceChildren(...(guest?.hints ?? []).map((hint) => make("li", "", hint)));
  find("mine").replaceChildren(...(guest?.mine ?? []).map(drawnLoan));
  find("renew-all").hidden = !guest?.mine.length;
  find("end").hidden = !guest;
  find("slip").hidden = !view.prints;
  find("slip").disabled = !view.can_print;
  find("slip-failed").hidden = !view.slip_failed;
}

function drawnLoan(loan) {
  const row = make("li", loan.overdue ? "overdue" : "");
  const button = make("button", "", say("renew"));
  button.type = "button";
  button.setAttribute("aria-label", `${say("renew")}: ${loan.title}`);
  button.addEventListener("click", () => { send({ do: "renew", barcode: loan.barcode }); find("box").focus(); });
  const due = make("span", "due", say("due")(loan.due) + (loan.overdue ? ` · ${say("overdue")}` : ""));
  row.append(make("span", "title", loan.title), due, button);
  return row;
}

function told(line) {
  const words = say(line.what);
  const sentence = typeof words === "function" ? words(line.barcode) : words;
  return line.due ? `${sentence} · ${say("due")(line.due)}` : sentence;
}

function drawn(line) {
  const row = make("li", `line ${line.what}`);
  row.dataset.number = line.number;
  const what = make("div");
  if (line.title) {
    const title = make("div", "title", line.title);
    title.append(make("span", "barcode", line.barcode));
    what.append(title);
  }
  what.append(make("div", "", told(line)));
  if (line.days_late) what.append(make("div", "warn", say("late")(line.days_late, line.fine)));
  for (const hint of line.hints) what.append(make("div", "warn", hint));
  if (line.here && ["lent", "renewed", "returned"].includes(line.what)) what.append(make("div", "note", say("here")));
  row.append(make("span", "mark", MARKS[line.what]), what);
  return row;
}

function drawLines() {
  const place = find("lines");
  const known = new Set([...place.children].map((row) => `${row.dataset.number} ${language}`));
  if (place.dataset.language !== language || view.lines.length === 0) place.replaceChildren();
  place.dataset.language = language;
  const fresh = view.lines.filter((line) => place.childElementCount === 0 || !known.has(`${line.number} ${language}`));
  place.prepend(...fresh.map(drawn));
}

function draw() {
  drawWords();
  if (!view) return;
  for (const part of [drawHub, drawPlaces, drawGuest, drawLines]) part();
}

function refuse({ why, until }) {
  const words = say(why);
  find("refused").textContent = typeof words === "function" ? words(until) : words;
  find("pin").value = "";
  find("pin").focus();
}

function hear(message) {
  if (message.is === "token") {
    sessionStorage.setItem("desk-token", message.token);
    find("refused").textContent = "";
    find("pin").value = find("username").value = "";
    insists = false;
  } else if (message.is === "refused") {
    refuse(message);
  } else {
    view = message;
    draw();
  }
}

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/desk/ws`);
  socket.addEventListener("open", () => {
    send({ do: "speak", language });
    const token = sessionStorage.getItem("desk-token");
    if (token) send({ do: "go_on", token });
  });
  socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    find("hub").textContent = say("lost");
    find("hub").classList.remove("there");
    setTimeout(connect, AGAIN_MS);
  });
}

find("language").addEventListener("click", () => {
  language = language === "th" ? "en" : "th";
  localStorage.setItem("desk-language", language);
  send({ do: "speak", language });
  drawWords();
});
find("no-answer").addEventListener("click", () => { insists = true; draw(); });
find("sign-out").addEventListener("click", () => { sessionStorage.removeItem("desk-token"); send({ do: "sign_out" }); });
find("end").addEventListener("click", () => { send({ do: "end_session" }); find("box").focus(); });
find("renew-all").addEventListener("click", () => { send({ do: "renew" }); find("box").focus(); });
find("slip").addEventListener("click", () => { send({ do: "slip" }); find("box").focus(); });
find("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  send({ do: "sign_in", username: find("username").value, pin: find("pin").value });
});
find("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = find("box").value.trim();
  if (text && socket?.readyState === WebSocket.OPEN) {
    send({ do: "scan", text });
    find("box").value = "";
  }
});
document.addEventListener("keydown", (event) => {
  if (find("work").hidden) return;
  if (event.key === "F2") {
    event.preventDefault();
    send({ do: "slip" });
  } else if (event.key === "F4" && !event.altKey) {
    event.preventDefault();
    send({ do: "renew" });
  } else if (event.key === "Escape") {
    if (find("box").value) find("box").value = "";
    else send({ do: "end_session" });
    find("box").focus();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey && event.key !== " "
    && !event.target.matches("input")) {
    find("box").focus();
  }
});

draw();
connect();
