/* A photo of a member: chosen, pasted or taken with the camera, then cut out in a dialog and sent as a small JPEG.
   Without this script the form sends the file as it is, and the hub cuts out its middle. */
const WIDTH = 600;
const HEIGHT = 800;
const MOST_ZOOM = 4;
let picture = null;
let stream = null;
let held = null;

const dialog = () => document.querySelector("[data-photo-dialog]");
const find = (name) => dialog().querySelector(`[data-photo-${name}]`);
const slider = (name) => Number(find(name).value);

function showStep(step) {
  for (const part of dialog().querySelectorAll("[data-photo-step]")) part.hidden = part.dataset.photoStep !== step;
}

function stopCamera() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
}

/* The part of the picture that is kept: as large as the frame allows, smaller when zoomed, moved by the sliders. */
function frame() {
  const scale = Math.min(picture.width / WIDTH, picture.height / HEIGHT) / slider("zoom");
  const [width, height] = [WIDTH * scale, HEIGHT * scale];
  return { x: ((picture.width - width) * slider("x")) / 100, y: ((picture.height - height) * slider("y")) / 100, width, height };
}

function draw() {
  const { x, y, width, height } = frame();
  const brush = find("canvas").getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, WIDTH, HEIGHT);
  brush.drawImage(picture, x, y, width, height, 0, 0, WIDTH, HEIGHT);
}

function cutOut(source) {
  picture = source;
  stopCamera();
  find("zoom").value = 1;
  find("x").value = 50;
  find("y").value = 35;
  showStep("cut");
  if (!dialog().open) dialog().showModal();
  draw();
}

async function openFile(file) {
  try {
    cutOut(await createImageBitmap(file, { imageOrientation: "from-image" }));
  } catch {
    /* no picture that this browser knows: the form sends it, and the hub says what is wrong with it */
  }
}

async function openCamera() {
  dialog().showModal();
  showStep("camera");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } } });
    find("video").srcObject = stream;
    await find("video").play();
  } catch {
    showStep("refused");
  }
}

async function takePicture() {
  const video = find("video");
  if (video.videoWidth) cutOut(await createImageBitmap(video));
}

function keep() {
  const form = document.querySelector("form[data-photo]");
  find("canvas").toBlob(
    (jpeg) => {
      const files = new DataTransfer();
      files.items.add(new File([jpeg], "photo.jpg", { type: "image/jpeg" }));
      form.querySelector("input[type=file]").files = files.files;
      dialog().close();
      form.requestSubmit();
    },
    "image/jpeg",
    0.9,
  );
}

function move(across, down) {
  const part = frame();
  const room = { x: picture.width - part.width, y: picture.height - part.height };
  for (const [axis, by] of [["x", across * part.width], ["y", down * part.height]])
    if (room[axis] > 1) find(axis).value = slider(axis) - (by / room[axis]) * 100;
  draw();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("form[data-photo] input[type=file]") && event.target.files[0]) openFile(event.target.files[0]);
});
document.addEventListener("input", (event) => {
  if (event.target.closest("[data-photo-dialog]")) draw();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-photo-open]")) openCamera();
  if (event.target.closest("[data-photo-take]")) takePicture();
  if (event.target.closest("[data-photo-keep]")) keep();
});
document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
  if (file && document.querySelector("form[data-photo]")?.closest("details")?.open) openFile(file);
});
document.addEventListener("close", (event) => {
  if (event.target.matches?.("[data-photo-dialog]")) stopCamera();
}, true);

document.addEventListener("pointerdown", (event) => {
  if (!event.target.matches?.("[data-photo-canvas]")) return;
  held = { x: event.clientX, y: event.clientY };
  event.target.setPointerCapture(event.pointerId);
});
document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const { width, height } = find("canvas").getBoundingClientRect();
  move((event.clientX - held.x) / width, (event.clientY - held.y) / height);
  held = { x: event.clientX, y: event.clientY };
});
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (held = null));
document.addEventListener("wheel", (event) => {
  if (!event.target.matches?.("[data-photo-canvas]")) return;
  event.preventDefault();
  find("zoom").value = Math.min(MOST_ZOOM, Math.max(1, slider("zoom") - Math.sign(event.deltaY) * 0.1));
  draw();
}, { passive: false });

if (navigator.mediaDevices?.getUserMedia)
  for (const button of document.querySelectorAll("[data-photo-open]")) button.hidden = false;
