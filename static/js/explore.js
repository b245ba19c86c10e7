// Buttons that put a Plotly figure in a drawing's place.  Plotly comes from this site, with the
// first press; until then nothing of it is loaded.
const root = document.documentElement;
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => root.dataset.theme || (systemDark.matches ? "dark" : "light");
let loading;

const append = (name, attributes) =>
  new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => {
      element.remove();
      reject(new Error(`not loaded: ${attributes.src || attributes.href}`));
    });
    document.head.append(element);
  });

// The page's policy forbids a <style> that a script makes.  Plotly looks for the elements of these
// ids before it makes one: it writes its rules into the first, where a sheet of ours takes them as
// well, and leaves out those of its maps, which no chart here has, where the second is there.
const load = async (button) => {
  const maps = document.createElement("meta");
  maps.id = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";
  document.head.append(maps);
  await append("link", {
    rel: "stylesheet",
    id: "plotly.js-style-global",
    href: button.dataset.style,
  });
  await append("script", { src: button.dataset.plotly });
};

const figureOf = async (button) => {
  const address = new URL(button.dataset.explore, location.href);
  address.searchParams.set("theme", theme());
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} for ${address.pathname}`);
  return answer.json();
};

const say = (text) => {
  const status = document.getElementById("announce");
  if (status) status.textContent = text;
};

const show = async (button, place) => {
  loading ??= load(button);
  try {
    const [figure] = await Promise.all([figureOf(button), loading]);
    place.hidden = false;
    await window.Plotly.react(place, figure.data, figure.layout, {
      responsive: true,
      displaylogo: false,
      scrollZoom: false,
      // No button that sends the chart elsewhere.
      showSendToCloud: false,
      plotlyServerURL: "",
      modeBarButtonsToRemove: ["lasso2d", "select2d"],
    });
  } catch (error) {
    // The next press tries again.
    loading = undefined;
    place.hidden = true;
    throw error;
  }
};

const prepare = (button) => {
  const chart = button.closest(".chart");
  const drawing = chart.querySelector(".chart__drawing");
  const place = chart.querySelector(".chart__figure");
  const isShown = () => button.isConnected && button.getAttribute("aria-pressed") === "true";
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (isShown()) {
      window.Plotly.purge(place);
      place.hidden = true;
      drawing.hidden = false;
      button.setAttribute("aria-pressed", "false");
      return;
    }
    button.disabled = true;
    try {
      await show(button, place);
      drawing.hidden = true;
      button.setAttribute("aria-pressed", "true");
      say(button.dataset.shown);
    } catch (error) {
      console.error(error);
      say(button.dataset.failed);
    }
    button.disabled = false;
  });
  const again = () => isShown() && show(button, place);
  systemDark.addEventListener("change", again);
  new MutationObserver(again).observe(root, { attributeFilter: ["data-theme"] });
};

const prepareAll = (part) => {
  for (const button of part.querySelectorAll("[data-explore][hidden]")) prepare(button);
};
prepareAll(document);
// A page that htmx renews has new buttons.
document.addEventListener("htmx:load", (event) => prepareAll(event.detail.elt));
