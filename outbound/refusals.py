"""The words of every refused address.

Texts are `str.format` templates; what fills them comes from the place that refuses.  They are
English here, and translated where a person reads them.
"""

from collections.abc import Callable
from typing import Final

REFUSALS: Final[dict[str, str]] = {
    "bad-characters": "Write the address in at most {chars} ASCII characters without spaces; "
    "a name in another script has an ASCII form that begins with xn--.",
    "no-address": "This is no address: check its host name and its port.",
    "not-https": "Only https addresses are called.",
    "not-http": "Only https and http addresses are called.",
    "has-user": "An address carries no user name, password or backslash.",
    "has-fragment": "An address to call has no part after #.",
    "port-zero": "Port 0 is no port.",
    "bad-host": "The address has no valid host name.",
    "bad-number": "Write a numeric address as four decimal numbers.",
    "leads-nowhere": "The name {host} leads nowhere.",
    "own-network": "{host} leads into this machine's own network.",
    "metadata-service": "{host} leads to a cloud's metadata service.",
    "not-public": "{host} leads to {address}, which is not on the open internet. "
    "An operator can allow a network of their own.",
    "not-checked": "{host} is not the address that was checked.",
}


class AddressRefused(Exception):
    """We do not call this address; the message says why, and what would be called."""

    def __init__(self, code: str, **words: object) -> None:
        self.code = code
        self.words = words
        super().__init__(self.told(str))

    def told(self, translate: Callable[[str], str]) -> str:
        """The message in the language of `translate`, which is given the English sentence."""
        return translate(REFUSALS[self.code]).format(**self.words)
