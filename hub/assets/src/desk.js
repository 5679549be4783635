/* The scan box of the desk. A scanner types faster than the hub answers: what comes meanwhile waits its turn.
   The form's command stays the same until the hub has answered, so a book sent again is not lent twice.
   When one is not taken, it and those behind it are shown and stay until they are sent or left out by hand. */
const waiting = [];
let busy = false;
let sending = false;
let stuck = false;

const boxOf = (form) => form.querySelector("[data-scan]");
const sorry = (form, sentence) => { form.querySelector(".scan-sorry").textContent = sentence; };

function showUnsent(form) {
  const place = form.querySelector("[data-unsent]");
  place.hidden = !stuck;
  place.querySelector("[data-unsent-count]").textContent = waiting.length;
  place.querySelector("ul").replaceChildren(...(stuck ? waiting : []).map((text) => unsent(text, place.dataset.unsent)));
}

function unsent(text, leaveOut) {
  const line = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-close";
  button.ariaLabel = `${leaveOut} ${text}`;
  line.append(text, button);
  return line;
}

/* A submit by a person takes the text out of the box; one by `sendNext` leaves alone what is being typed. */
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-scan-form]");
  if (!form || event.submitter?.hasAttribute("formaction")) return;
  if (!sending) {
    const text = boxOf(form).value.trim();
    boxOf(form).value = "";
    if (text) waiting.push(text);
    if (stuck) showUnsent(form);
  }
  if (busy || !waiting.length) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

function sendNext(form) {
  sending = true;
  form.requestSubmit();
  sending = false;
}

document.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.closest("[data-scan-form]");
  if (!form) return;
  event.detail.parameters.scan = waiting[0];
  busy = true;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("[data-scan-form]");
  if (!form) return;
  busy = false;
  stuck = !event.detail.successful;
  if (stuck) {
    sorry(form, event.detail.xhr.status ? "" : form.dataset.sorry);
  } else {
    waiting.shift();
    sorry(form, "");
    document.getElementById("messages")?.replaceChildren();
    if (waiting.length) sendNext(form);
  }
  showUnsent(form);
});

/* A refusal that was let pass is done with: the next scan goes into the box again, not among the reasons. */
document.addEventListener("htmx:afterRequest", (event) => {
  const asked = event.target.closest(".let-pass");
  if (!asked || !event.detail.successful) return;
  asked.remove();
  document.querySelector("[data-scan]")?.focus();
});

document.addEventListener("click", (event) => {
  const line = event.target.closest("[data-unsent] .btn-close")?.parentElement;
  if (!line || busy) return;
  const form = line.closest("[data-scan-form]");
  waiting.splice([...line.parentElement.children].indexOf(line), 1);
  stuck = waiting.length > 0;
  showUnsent(form);
  boxOf(form).focus();
});

window.addEventListener("beforeunload", (event) => {
  if (stuck) event.preventDefault();
});

/* What a scanner types goes into the box, whatever was clicked before. */
document.addEventListener("keydown", (event) => {
  const box = document.querySelector("[data-scan-form] [data-scan]");
  const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (box && typed && !event.target.matches("input, select, textarea")) box.focus();
});

/* Escape in the empty box ends the session of the member. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches?.("[data-scan]")) return;
  if (event.target.value) event.target.value = "";
  else document.querySelector("[data-ends-session]")?.click();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
