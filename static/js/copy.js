// Buttons that copy the text of the element they name; hidden where there is no clipboard.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(
        document.getElementById(button.dataset.copy).textContent.trim(),
      );
      button.textContent = button.dataset.copied;
    });
  }
}
