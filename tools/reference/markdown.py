"""The little Markdown that the reference is made of."""

from collections.abc import Iterable, Sequence

WRITTEN_BY = (
    "<!-- Written by scripts/reference-docs. Change the code or the texts, not this page. -->"
)


def cell(text: str) -> str:
    """Make a text fit into a cell of a table."""
    return " ".join(text.replace("|", "\\|").split())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Make a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)


def codes(values: Iterable[object]) -> str:
    """List values as code."""
    return ", ".join(f"`{value}`" for value in values)
