"""Typed reads of the environment, which fail loudly and say what to set."""

import os
import secrets
from pathlib import Path
from typing import Final

from environs import Env

BASE_DIR: Final = Path(__file__).resolve().parent.parent

env: Final = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)


def read_or_create_secret(path: Path) -> str:
    """Return the secret kept in `path`, made on first use and readable by its owner only.

    So a fresh clone starts without a secret that everybody knows.  Of two processes that start
    together, the one whose file comes second reads the first one's.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
