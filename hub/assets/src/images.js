/* A picture in the clipboard is uploaded by pasting it anywhere on the page. */
document.addEventListener("paste", (event) => {
  const form = document.querySelector("[data-paste-picture]");
  const picture = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
  if (!form || !picture) return;
  event.preventDefault();
  const files = new DataTransfer();
  files.items.add(picture);
  form.querySelector("input[type=file]").files = files.files;
  form.requestSubmit();
});
