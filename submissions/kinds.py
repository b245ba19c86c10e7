"""The ways to submit that this site offers, each a row; the wizard's first step lists them."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to submit, in words for the person who chooses."""

    slug: str
    title: str | Promise
    text: str | Promise
    # The name of the address that begins this way; empty where the wizard's own steps do.
    start: str = ""


PREDICTIONS: Final = Kind(
    slug="predictions",
    title=_("Prediction files"),
    text=_(
        "You ran your model yourself and have what it answered. The files are checked and scored "
        "within seconds."
    ),
)

ENDPOINT: Final = Kind(
    slug="endpoint",
    title=_("An endpoint that we ask"),
    text=_(
        "Your model answers at an OpenAI-compatible address: vLLM, SGLang, TGI, llama.cpp or a "
        "hosted service. Our workers send every prompt, keep each answer, and submit them."
    ),
    start="submissions:endpoints",
)

HUB_MODEL: Final = Kind(
    slug="hub-model",
    title=_("A Hugging Face model that we run"),
    text=_(
        "Name a repository and a revision. Our workers load the model at that commit, ask it every "
        "prompt at full length, and submit its answers."
    ),
    start="submissions:hub-models",
)

# WHERE A WAY TO SUBMIT IS ADDED, in the order in which they are offered: only what works.
KINDS: Final[dict[str, Kind]] = {one.slug: one for one in (PREDICTIONS, ENDPOINT, HUB_MODEL)}
