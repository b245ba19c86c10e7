// A button that holds back what a page asks for by itself; a click on anything else still works.
const button = document.querySelector("[data-pause]");
if (button) {
  const texts = [button.textContent, button.dataset.resumeText];
  let paused = false;
  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    button.textContent = texts[Number(paused)];
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (paused && event.target.closest("[data-live]")) event.preventDefault();
  });
}
