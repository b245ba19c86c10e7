// Rows chosen for a comparison stay chosen while the reader filters, sorts and comes back.
// The address is where they are kept; the browser's storage remembers them for the next visit.
const board = document.getElementById("board");
const PIN = 'input[type="checkbox"][name="s"]';
const split = (text) => (text || "").split(",").filter(Boolean);
let pins = [];

function store() {
  try {
    localStorage.setItem("pins", pins.join(","));
  } catch {
    // They then hold for this page only.
  }
  const url = new URL(location.href);
  if (pins.length) url.searchParams.set("s", pins.join(","));
  else url.searchParams.delete("s");
  history.replaceState(history.state, "", url.href.replaceAll("%2C", ","));
}

function show() {
  const tray = document.getElementById("compare");
  if (!tray) return;
  const boxes = [...board.querySelectorAll(PIN)];
  for (const box of boxes) box.checked = pins.includes(box.value);
  const here = new Set(boxes.map((box) => box.value));
  tray.querySelector("[data-pins-elsewhere]").replaceChildren(
    ...pins.filter((pin) => !here.has(pin)).map((pin) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "s", value: pin });
      return input;
    }),
  );
  tray.querySelector("[data-pins-count]").textContent = pins.length;
  tray.querySelector("[data-pins-clear]").hidden = !pins.length;
  tray.querySelector("[data-pins-keep]").hidden = true;
  tray.querySelector(".tray").classList.toggle("tray--full", pins.length > 0);
}

function start() {
  const tray = document.getElementById("compare");
  let stored = "";
  try {
    stored = localStorage.getItem("pins");
  } catch {
    // A browser that keeps nothing starts with what the address says.
  }
  pins = split(tray.dataset.pins);
  if (!pins.length) pins = split(stored);
  pins = pins.slice(0, Number(tray.dataset.most));
  show();
}

// A field that says nothing has no place in the address.
function tidy(data) {
  for (const [name, value] of [...data]) if (value === "" || name === "s") data.delete(name);
  if (pins.length) data.set("s", pins.join(","));
}

document.addEventListener("change", (event) => {
  if (!event.target.matches(PIN)) return;
  const tray = document.getElementById("compare");
  pins = pins.filter((pin) => pin !== event.target.value);
  if (event.target.checked && pins.length < Number(tray.dataset.most)) pins.push(event.target.value);
  else if (event.target.checked) {
    document.getElementById("announce").textContent = tray.dataset.full;
  }
  show();
  store();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-pins-clear]")) return;
  pins = [];
  show();
  store();
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "compare" || event.submitter?.hasAttribute("formaction")) return;
  // Of the hidden fields a comparison needs the scorer only.
  event.preventDefault();
  const scorer = event.target.querySelector('input[name="scorer"]');
  const rest = scorer ? `&scorer=${encodeURIComponent(scorer.value)}` : "";
  location.assign(`${event.target.action}?s=${pins.join(",")}${rest}`);
});
document.addEventListener("htmx:configRequest", (event) => {
  if (!board.contains(event.detail.elt)) return;
  const url = new URL(event.detail.path, location.href);
  url.searchParams.delete("s");
  event.detail.path = url.pathname + url.search;
  tidy(event.detail.formData);
});
// What the form of filters sends by itself, while htmx is not here yet.
document.addEventListener("formdata", (event) => {
  if (event.target.id === "filters") tidy(event.formData);
});
document.addEventListener("htmx:afterSwap", show);
start();
