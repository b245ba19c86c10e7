"""Other sites whose accounts may sign in here: those whose keys an operator has set."""

from dataclasses import dataclass
from typing import Any, Final

from environs import Env

from benchmark_site.env import secret

_HUGGING_FACE: Final = "https://huggingface.co"
_GITHUB: Final = "https://github.com"


@dataclass(frozen=True, slots=True)
class Provider:
    """One site: allauth's name of its family, where it is, and our keys there."""

    family: str
    origin: str
    app: dict[str, Any]

    def settings(self) -> dict[str, Any]:
        """As allauth reads it."""
        return {"APPS": [self.app]}


def sign_in_providers(env: Env) -> tuple[Provider, ...]:
    """GitHub and Hugging Face, each where its id and secret are set."""
    found = []
    if client_id := env.str("GITHUB_CLIENT_ID", ""):
        keys = {"client_id": client_id, "secret": secret("GITHUB_CLIENT_SECRET")}
        found.append(Provider("github", _GITHUB, keys))
    if client_id := env.str("HUGGINGFACE_CLIENT_ID", ""):
        # Its address is a setting so that an enterprise of its own, or a test, can stand there.
        server = env.str("HUGGINGFACE_URL", _HUGGING_FACE).rstrip("/")
        app: dict[str, Any] = {
            "provider_id": "huggingface",
            "name": "Hugging Face",
            "client_id": client_id,
            "secret": secret("HUGGINGFACE_CLIENT_SECRET"),
            "settings": {"server_url": server},
        }
        found.append(Provider("openid_connect", server, app))
    return tuple(found)
