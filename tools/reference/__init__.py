"""Writes the reference of entities and actions from what the integration itself says of them."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any, Final

from .actions import actions_page
from .entities import entities_page

ROOT: Final = Path(__file__).resolve().parents[2]
_TEXTS: Final = ROOT / "custom_components" / "lovato_dmed4" / "strings.json"


def pages() -> Iterator[tuple[Path, str]]:
    """Make all pages: where each belongs, and what it says."""
    texts: dict[str, Any] = json.loads(_TEXTS.read_text(encoding="utf-8"))
    yield ROOT / "docs" / "entities.md", entities_page(texts)
    yield ROOT / "docs" / "actions.md", actions_page(texts)
