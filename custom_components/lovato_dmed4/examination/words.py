"""What an examination says to a person, in the language of some texts.

The sentences are in the translations, the English ones, too, and nowhere else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
import json
from pathlib import Path
from typing import Any, Final

from .clues import Finding
from .places import PLACES

CATEGORY: Final = "config_panel"
"""The part of the translations that has the sentences."""

_PART: Final = "examination"
_ENGLISH: Final = Path(__file__).parents[1] / "translations" / "en.json"


@dataclass(frozen=True, slots=True)
class Said:
    """A text that each language has its own for.

    Attributes:
        key: its path in the part of the translations about examinations.
        values: what is put into it.
    """

    key: str
    values: tuple[tuple[str, str], ...] = ()


def said(key: str, **values: object) -> Said:
    """Name a text, and what is put into it."""
    return Said(key, tuple((name, str(value)) for name, value in values.items()))


class Words:
    """Says what has been found out.

    Args:
        texts: of one language, by their path in `CATEGORY`.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def text(self, what: Said) -> str:
        """Say something; a text that is missing is shown by its key."""
        path = f"{_PART}.{what.key}"
        return self._texts.get(path, path).format(**dict(what.values))

    def verdict(self, kind: str, code: str) -> str:
        """Say what a verification came to, as the rest of the integration does."""
        return self._texts.get(f"{kind}.{code}", code)

    def sentence(self, finding: Finding) -> str:
        """Say what the meter does."""
        readings = [self._reading(finding.place, reading) for reading in finding.readings]
        if finding.settled:
            return readings[0]
        about = self._about(finding)
        if not readings:
            return self.text(said("phrase.none_fits", about=about))
        fitting = reduce(self._or, readings)
        sentence = self.text(said("phrase.not_settled", about=about, readings=fitting))
        hint = self._texts.get(f"{_PART}.hint.{finding.place}", "")
        return f"{sentence} {hint}".rstrip()

    def why_open(self, finding: Finding) -> str:
        """Say what could not be found out, and why."""
        needs = self.text(said(f"needs.{PLACES[finding.place].needs}"))
        return self.text(said("phrase.open", about=self._about(finding), reason=needs))

    def _about(self, finding: Finding) -> str:
        return self.text(said(f"about.{finding.place}"))

    def _reading(self, place: str, reading: str) -> str:
        return self.text(said(f"reading.{place}.{reading.lower()}"))

    def _or(self, one: str, other: str) -> str:
        return self.text(said("phrase.or", one=one, other=other))


@cache
def english() -> Words:
    """Load the English texts; reads a file the first time."""
    texts = json.loads(_ENGLISH.read_text(encoding="utf-8"))[CATEGORY]
    return Words(dict(_paths(texts)))


def _paths(node: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, str):
            yield before + key, value
        else:
            yield from _paths(value, f"{before}{key}.")
