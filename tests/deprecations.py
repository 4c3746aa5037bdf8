"""What Home Assistant says in its log of code that will stop working.

It does not warn of everything in Python's way: its helpers look who called them, and write a line.
"""

from collections.abc import Iterable
import logging
import re

_SIGNS = re.compile(
    r"deprecated|will stop working|blocking call|Detected (that|code)", re.IGNORECASE
)


def deprecations(records: Iterable[logging.LogRecord], ours: str) -> list[str]:
    """Find the lines about an integration."""
    return [
        f"{record.name}: {text}"
        for record in records
        if record.levelno >= logging.WARNING
        and ours in (text := record.getMessage())
        and _SIGNS.search(text)
    ]
