/* The scan box of the desk. A scanner types faster than the hub answers: what comes meanwhile waits its turn.
   The form's command stays the same until the hub has answered, so a book sent again is not lent twice. */
const waiting = [];
let busy = false;
let sending = false;

const boxOf = (form) => form.querySelector("[data-scan]");
const sorry = (form, sentence) => { form.querySelector(".scan-sorry").textContent = sentence; };

/* A submit by a person takes the text out of the box; one by `sendNext` leaves alone what is being typed. */
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-scan-form]");
  if (!form || event.submitter?.hasAttribute("formaction")) return;
  if (!sending) {
    const text = boxOf(form).value.trim();
    boxOf(form).value = "";
    if (text) waiting.push(text);
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
  const text = waiting.shift();
  if (event.detail.successful) {
    sorry(form, "");
    document.getElementById("messages")?.replaceChildren();
    if (waiting.length) sendNext(form);
  } else {
    waiting.length = 0;
    boxOf(form).value = text;
    boxOf(form).select();
    if (!event.detail.xhr.status) sorry(form, form.dataset.sorry);
  }
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
