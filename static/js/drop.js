// A place to drop files on: fills the file input in it and lists what was chosen.
const kib = (bytes) => `${Math.max(1, Math.round(bytes / 1024)).toLocaleString("en")} KiB`;

function show(zone, input) {
  const list = zone.querySelector("[data-drop-list]");
  const limit = Number(zone.dataset.dropLimit);
  const files = [...input.files];
  const total = files.reduce((sum, file) => sum + file.size, 0);
  input.setCustomValidity(total > limit ? zone.dataset.dropTooLarge : "");
  list.replaceChildren(
    ...files.map((file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} · ${kib(file.size)}`;
      return item;
    }),
  );
  if (total > limit) input.reportValidity();
}

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  zone.querySelector("[data-drop-hint]").hidden = false;
  input.addEventListener("change", () => show(zone, input));
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("drop--over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("drop--over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("drop--over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show(zone, input);
  });
}
