"""What the board's page costs with 100 rows: bytes, requests and Chromium's own timings, as JSON.

    python benchmarks/pages.py [--runs 5]

Runs from the repository's root.  Fills a SQLite database of its own, starts the portal's web
process on it, and opens the page in Chromium (found as chromium, chromium-browser or
google-chrome) at 412 by 823 pixels on a slow 4G line and with the processor slowed down four times,
both through the DevTools protocol.  Slow 4G is here what Lighthouse's mobile runs call so: 150 ms,
1.6 Mbit/s down, 750 kbit/s up; `--line devtools` takes what DevTools itself calls "Slow 4G", which
waits 562 ms for each answer and brings 1.44 Mbit/s.  Ends with status 1 where a budget is broken.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.measured import ROOT, machine, quantile, show  # noqa: E402

BUDGET = {
    "html_bytes": 100 * 1024,
    "html_brotli_bytes": 20 * 1024,
    "css_bytes": 12_000,
    "js_bytes": 66 * 1024,
    "requests": 8,
    "fonts": 0,
    "elsewhere": 0,
    "lcp_ms": 1200,
    "cls": 0.02,
    "tbt_ms": 50,
}
# Milliseconds before an answer begins, and bits a second down and up.
# Source: Lighthouse's mobileSlow4G as its simulation has it; DevTools' preset named "Slow 4G".
LINES = {
    "lighthouse": (150, 1_600_000, 750_000),
    "devtools": (562.5, 1_440_000, 675_000),
}
_OBSERVE = """
window.seen = {lcp: 0, cls: 0, tbt: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.seen.lcp = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.cls += entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.seen.tbt += Math.max(0, entry.duration - 50);
}).observe({type: "longtask", buffered: true});
"""


def main() -> int:
    """Measure and print; 1 where a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--line", choices=LINES, default="lighthouse")
    parser.add_argument("--port", type=int, default=9187)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as state:
        env = _fill(Path(state))
        server = _serve(env, options.port)
        try:
            url = f"http://127.0.0.1:{options.port}/leaderboard/"
            found = _sizes(url) | _timings(url, options.runs, options.line)
        finally:
            server.terminate()
            server.wait(20)
    broken = [name for name, most in BUDGET.items() if found[name] > most]
    show(
        {
            "inputs": {
                "rows": 100,
                "runs": options.runs,
                "viewport": "412x823",
                "processor": "4 times slower",
                "line": dict(
                    zip(
                        ("named", "latency_ms", "down_bit_s", "up_bit_s"),
                        (f"slow 4G of {options.line}", *LINES[options.line]),
                        strict=True,
                    )
                ),
            },
            "machine": machine("Django", "playwright"),
            "budget": BUDGET,
            "figures": found,
            "broken": broken,
        }
    )
    return 1 if broken else 0


def _fill(state: Path) -> dict[str, str]:
    """A database with a hundred rows, and collected static files as a deployment has them."""
    (state / "static").mkdir()
    env = {**os.environ, "STATE_DIR": str(state), "LOG_LEVEL": "ERROR"}
    env.pop("DATABASE_URL", None)
    for arguments in (
        ("migrate", "-v", "0"),
        ("collectstatic", "--noinput", "-v", "0"),
        ("shell", "-v", "0", "-c", "from benchmarks.board_seed import *; seed_board(100, seed=3)"),
    ):
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True)
    return env


def _serve(env: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "benchmark_site.wsgi", "-b", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--log-level", "error"], cwd=ROOT, env=env)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").read()
        except OSError:
            time.sleep(0.2)
        else:
            return server
    server.terminate()
    raise SystemExit("the portal did not start")


def _sizes(url: str) -> dict[str, Any]:
    """Bytes before compression, and of the page after brotli at WhiteNoise's level."""
    import brotli  # noqa: PLC0415  Comes with whitenoise[brotli].

    html = urllib.request.urlopen(url).read()  # noqa: S310  Our own address.
    return {"html_bytes": len(html), "html_brotli_bytes": len(brotli.compress(html, quality=5))}


def _timings(url: str, runs: int, line: str) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    path = next((one for one in found if one), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        version = browser.version
        seen = [_open(browser, url, line) for _ in range(runs)]
        browser.close()
    last = seen[-1]
    return {
        "chromium": version,
        **{name: last[name] for name in ("css_bytes", "js_bytes", "requests", "fonts")},
        "elsewhere": last["elsewhere"],
        "nodes": last["nodes"],
        **{
            name: round(quantile((one[name] for one in seen), 0.5), 3)
            for name in ("lcp_ms", "cls", "tbt_ms")
        },
        "every_run": [
            {name: round(one[name], 3) for name in ("lcp_ms", "cls", "tbt_ms")} for one in seen
        ],
    }


def _open(browser: Any, url: str, line: str) -> dict[str, Any]:
    """One cold visit."""
    context = browser.new_context(viewport={"width": 412, "height": 823}, device_scale_factor=2)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    latency, down, up = LINES[line]
    tools.send("Network.enable")
    tools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": latency,
            "downloadThroughput": down / 8,
            "uploadThroughput": up / 8,
        },
    )
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(_OBSERVE)
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  Not a builtin.
    page.goto(url, wait_until="networkidle", timeout=120_000)
    # A paint that nobody saw would be the quickest of all.
    page.wait_for_function("window.seen.lcp > 0", timeout=30_000)
    page.wait_for_timeout(1000)
    seen = page.evaluate("window.seen")
    sizes = {"css": 0, "js": 0}
    for answer in answers:
        suffix = answer.url.split("?")[0].rsplit(".", 1)[-1]
        if suffix in sizes:
            sizes[suffix] += len(answer.body())
    host = url.split("/")[2]
    result = {
        "css_bytes": sizes["css"],
        "js_bytes": sizes["js"],
        "requests": len(answers),
        "fonts": sum(
            one.url.split("?")[0].endswith((".woff", ".woff2", ".ttf")) for one in answers
        ),
        "elsewhere": sum(
            host not in one.url and not one.url.startswith("data:") for one in answers
        ),
        "nodes": page.evaluate("document.querySelectorAll('*').length"),
        "lcp_ms": seen["lcp"],
        "cls": seen["cls"],
        "tbt_ms": seen["tbt"],
    }
    context.close()
    return result


if __name__ == "__main__":
    sys.exit(main())
