// Opens a row of the board where it stands, and closes it again.
const board = document.getElementById("board");

function mark(link, isOpen) {
  link.setAttribute("aria-expanded", isOpen);
  link.textContent = isOpen ? "▾" : "▸";
}

board.addEventListener("click", async (event) => {
  const link = event.target.closest("a[aria-expanded]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const row = link.closest("tr");
  const id = row.id.slice("row-".length);
  const opened = document.getElementById(`opened-${id}`);
  if (opened) {
    opened.hidden = !opened.hidden;
    mark(link, !opened.hidden);
    return;
  }
  const scorer = new URL(link.href).searchParams.get("scorer");
  const address = `${board.dataset.rows}${id}/${scorer ? `?scorer=${scorer}` : ""}`;
  const answer = await fetch(address);
  if (!answer.ok) {
    location.assign(link.href);
    return;
  }
  row.insertAdjacentHTML("afterend", await answer.text());
  mark(link, true);
});
