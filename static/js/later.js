// htmx comes with the reader's first touch: setting it up on a long table is the longest task of
// the page, and until then links and forms do all that it does, a page at a time.
const signs = ["pointerover", "pointerdown", "focusin", "keydown"];

function load() {
  for (const sign of signs) document.removeEventListener(sign, load);
  removeEventListener("popstate", renew);
  const script = document.createElement("script");
  script.src = document.getElementById("board").dataset.htmx;
  document.head.append(script);
}

// A place in the history that htmx made, reached before htmx is here: the page must show it.
function renew(event) {
  if (event.state?.htmx) location.reload();
}

for (const sign of signs) document.addEventListener(sign, load, { passive: true });
addEventListener("popstate", renew);
