"""Which site, and the token for it: the environment first, then the user's config folder."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from platformdirs import user_config_path

from ibench.errors import BadUsage

SITE_VARIABLE: Final = "IBENCH_SITE"
TOKEN_VARIABLE: Final = "IBENCH_TOKEN"  # noqa: S105  A variable's name, not a token.
_OWNER_ONLY: Final = 0o600


def config_file() -> Path:
    """Where sites and tokens are kept; readable by its owner only."""
    return user_config_path("ibench", appauthor=False) / "config.json"


def _read() -> dict[str, Any]:
    path = config_file()
    if not path.exists():
        return {}
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(_OWNER_ONLY)
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadUsage(f"{path} is damaged.", fix="Delete it and run: ibench login") from error
    return stored if isinstance(stored, dict) else {}


def _write(stored: dict[str, Any]) -> None:
    path = config_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # mkstemp makes the file with mode 0600, so that the token is nobody else's for no moment.
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".config-")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(stored, stream, indent=1)
    Path(draft).replace(path)


def find_site(given: str | None = None) -> str:
    """The site to talk to: as given, from IBENCH_SITE, or that of the last `ibench login`.

    Raises:
        BadUsage: if none is known.
    """
    site = given or os.environ.get(SITE_VARIABLE) or str(_read().get("site") or "")
    if not site:
        fix = f"Run: ibench login --site https://…  or set {SITE_VARIABLE}."
        raise BadUsage("No site is named.", fix=fix)
    return site.rstrip("/")


def find_token(site: str) -> str | None:
    """The token for a site: from IBENCH_TOKEN, or that of `ibench login`."""
    if token := os.environ.get(TOKEN_VARIABLE, "").strip():
        return token
    tokens = _read().get("tokens")
    kept = tokens.get(site) if isinstance(tokens, dict) else None
    return kept if isinstance(kept, str) else None


def remember(site: str, token: str) -> Path:
    """Keep a site's token, and make it the site that is used when none is named."""
    stored = _read()
    tokens = stored.get("tokens")
    stored["tokens"] = {**(tokens if isinstance(tokens, dict) else {}), site: token}
    stored["site"] = site
    _write(stored)
    return config_file()


def forget(site: str) -> bool:
    """Drop a site's token from this machine; on the server it goes on working until revoked."""
    stored = _read()
    tokens = stored.get("tokens")
    if not isinstance(tokens, dict) or site not in tokens:
        return False
    del tokens[site]
    _write(stored)
    return True
