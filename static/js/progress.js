// How much of an upload has arrived, in the bar of the form that htmx sends.
for (const form of document.querySelectorAll("[data-progress]")) {
  const shown = form.querySelector("[data-progress-shown]");
  const bar = shown.querySelector("progress");
  form.addEventListener("htmx:xhr:progress", (event) => {
    // Only the way up has a known length here; the answer comes whole.
    if (!event.detail.lengthComputable) return;
    shown.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
  });
  form.addEventListener("htmx:afterRequest", () => {
    shown.hidden = true;
  });
}
