"""Typed reads of the environment, which fail loudly and say what to set."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from environs import Env, EnvError

BASE_DIR: Final = Path(__file__).resolve().parent.parent

env: Final = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)


# The files that secrets were read from, for the check that nobody else may read them.
secret_files: list[Path] = []


def secret(name: str, default: str = "") -> str:
    """A secret from the environment, or from the file that NAME_FILE names.

    A file is not inherited by every child and shows in no list of processes.

    Raises:
        EnvError: if the file cannot be read.
    """
    path = env.str(f"{name}_FILE", "")
    if not path:
        return str(env.str(name, default))
    secret_files.append(Path(path))
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvError(f"{name}_FILE cannot be read: {error}") from error


def new_secret() -> str:
    """Enough randomness to sign with."""
    return secrets.token_urlsafe(64)


def new_sealing_key() -> str:
    """A key as Fernet takes it: 32 bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def read_or_create_secret(path: Path, make: Callable[[], str] = new_secret) -> str:
    """Return the secret kept in `path`, made on first use and readable by its owner only.

    So a fresh clone starts without a secret that everybody knows.  Of two processes that start
    together, the one whose file comes second reads the first one's.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
