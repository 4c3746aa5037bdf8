"""The gate that every text of a device passes which is not kept byte for byte.

One character that is not UTF-8, a control character or a text without end would otherwise reach Home
Assistant's registries, states, pages and log.
"""

import re
from typing import Final

TEXT_LIMIT: Final = 64
"""Characters of a text that a device gives: its longest are firmware revisions."""

_NAME: Final = re.compile(r"[a-z0-9_]{1,40}")


def plain(text: str, limit: int = TEXT_LIMIT) -> str:
    """Make a text printable, with a question mark for what is not, and cut it to so many characters."""
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    if cut.isprintable():
        return cut
    return "".join(character if character.isprintable() else "?" for character in cut)


def is_name(text: str) -> bool:
    """Whether a name that is not in the manual looks like one: lower-case letters, digits and _."""
    return _NAME.fullmatch(text) is not None
