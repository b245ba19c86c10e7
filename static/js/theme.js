// Light or dark, as the reader last chose.  Not a module: it must run before the first paint.
(() => {
  const root = document.documentElement;
  const order = ["", "light", "dark"];
  let theme = "";
  try {
    theme = localStorage.getItem("theme") || "";
  } catch {
    // A browser that keeps nothing follows the system.
  }
  const apply = () => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-button]")) {
      button.hidden = false;
      button.textContent = button.getAttribute(`data-theme-${theme || "system"}`);
    }
  };
  apply();
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-button]")) return;
    theme = order[(order.indexOf(theme) + 1) % order.length];
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // It then holds for this page only.
    }
    apply();
  });
})();
