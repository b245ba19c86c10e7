"""Listens to what a page's policy refuses, and to what else a browser complains of."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page

# Runs before anything of the page, and is no part of it: the policy does not hold for it.
_LISTEN = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", event => window.__refused.push(
  `${event.effectiveDirective} refused ${event.blockedURI} at ${event.sourceFile}`));
"""
# What the test itself causes: a page that is not there, a form that was not filled in.
_EXPECTED = ("Failed to load resource: the server responded with a status of 4",)


class Listener:
    """A page whose refusals and errors are kept."""

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(_LISTEN)
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(f"error: {error}"))
        self.page.on("dialog", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_EXPECTED):
            self.errors.append(f"console: {message.text}")

    def _asked(self, dialog: Dialog) -> None:
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def visit(self, url: str) -> tuple[int, list[str]]:
        """The status of a page, and everything that was refused or went wrong on it."""
        self.errors.clear()
        answer = self.page.goto(url, wait_until="load")
        # What is refused is told in a task of its own.
        self.page.wait_for_timeout(150)
        refused: list[str] = self.page.evaluate("window.__refused || []")
        status = answer.status if answer else 0
        return status, [*refused, *self.errors]

    def has_run(self) -> bool:
        """Whether an injected script has marked the page."""
        return bool(self.page.evaluate("document.documentElement.dataset?.ran === '1'"))
