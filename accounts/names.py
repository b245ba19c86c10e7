"""What a name that others read may not hold: characters that nobody sees."""

from typing import Final

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Within the brackets of a regular expression: controls, line ends, spaces without width, and what
# turns the reading direction, so that one name looks like another and the text behind it runs
# backwards.  The joiners U+200C and U+200D stay: Persian words and emoji need them.
HIDDEN: Final = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e"
    r"\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
)

refuse_hidden: Final = RegexValidator(
    f"[{HIDDEN}]",
    _("Leave out characters that nobody sees: with them one name can look like another."),
    code="hidden_characters",
    inverse_match=True,
)
