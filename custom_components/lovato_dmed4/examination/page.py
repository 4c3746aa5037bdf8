"""What an examination found, on a page for a person."""

from .run import Examination
from .words import Words, said


def link_label(words: Words) -> str:
    """Name the link to the file."""
    return words.text(said("page.download"))


def page(examination: Examination, words: Words) -> str:
    """Write the page in Markdown; nothing on it is the device's own text."""
    told = examination.told(words)
    parts = {
        "warnings": told["warnings"],
        "readings": told["readings"] or [words.text(said("page.nothing"))],
        "addresses": told["addresses"],
        "steps": [f"{step}: {outcome}" for step, outcome in told["steps"].items()],
    }
    titles = {
        "warnings": said("page.warnings"),
        "readings": said("page.readings"),
        "addresses": said("page.addresses"),
        "steps": said("page.steps"),
    }
    return "\n\n".join(
        "\n".join((f"**{words.text(titles[part])}**\n", *(f"- {line}" for line in lines)))
        for part, lines in parts.items()
        if lines
    )
