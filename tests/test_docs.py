"""The documents: links lead somewhere, generated pages are fresh, nothing that users meet is left out."""

import ast
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

import pytest

from tools.reference import pages
from tools.reference.actions import _RECORD, RETURNS
from tools.reference.entities import DISPLAY, METER, NOTES

ROOT = Path(__file__).parent.parent
INTEGRATION = ROOT / "custom_components" / "lovato_dmed4"
TEXTS: dict[str, Any] = json.loads((INTEGRATION / "strings.json").read_text(encoding="utf-8"))
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]

LINK = re.compile(r"\]\(([^)\s]+)\)")
PICTURE = re.compile(r'\bsrc(?:set)?="([^"]+)"')
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
ACTION = re.compile(r"\blovato_dmed4\.([a-z_]+)\b")
# Names that look like an action's: files.
FILES = {"db", "zip", "charge", "events", "login", "display"}


def prose(document: Path) -> str:
    """Get what is not in a block of code."""
    return FENCED.sub("", document.read_text(encoding="utf-8"))


def anchor(heading: str) -> str:
    """Make the anchor of a heading as GitHub does."""
    text = LINK.sub("]", heading).replace("`", "").replace("*", "").lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


@cache
def anchors(document: Path) -> set[str]:
    seen: Counter[str] = Counter()
    found = set()
    for heading in HEADING.findall(prose(document)):
        name = anchor(heading)
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def links(document: Path) -> Iterator[tuple[Path, str]]:
    """List the links to files of this repository, each with its anchor."""
    text = prose(document)
    for target in LINK.findall(text) + PICTURE.findall(text):
        if not re.match(r"[a-z]+:", target):
            path, _, fragment = target.partition("#")
            yield ((document.parent / path).resolve() if path else document), fragment


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for path, fragment in links(document):
        assert path.exists(), path
        assert not fragment or fragment in anchors(path), f"{path.name}#{fragment}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_merge_was_left_half_done(document: Path) -> None:
    marks = re.compile(r"^(?:<{7}|={7}|>{7})", re.MULTILINE)
    assert not marks.search(document.read_text(encoding="utf-8"))


def test_every_document_is_reachable_from_the_readme() -> None:
    reached, to_look_at = set[Path](), [ROOT / "README.md"]
    while to_look_at:
        document = to_look_at.pop()
        if document not in reached:
            reached.add(document)
            to_look_at += [path for path, _ in links(document) if path.suffix == ".md"]
    assert {path.resolve() for path in DOCUMENTS} <= {path.resolve() for path in reached}


def test_the_index_lists_every_document() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {path for path, _ in links(index)}
    assert {path for path in DOCUMENTS if path.parent == index.parent} - {index} <= listed


def test_the_readme_names_both_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert [line.split()[0] for line in block.splitlines()] == ["scripts/demo", "scripts/test"]


def test_generated_documents_are_up_to_date() -> None:
    for path, text in pages():
        assert path.read_text(encoding="utf-8") == text, "run scripts/reference-docs"


def test_the_reference_has_every_entity() -> None:
    known = {f"{platform}.{key}" for platform, keys in TEXTS["entity"].items() for key in keys}
    assert {entity.text_key for entity in (*METER, *DISPLAY)} == known == {*NOTES}


def test_the_reference_has_every_field_of_a_response() -> None:
    assert {*RETURNS} == {*TEXTS["services"]}
    tree = ast.parse((INTEGRATION / "reports" / "response.py").read_text(encoding="utf-8"))
    (function,) = (
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == "record_response"
    )
    told = {
        key.value
        for node in ast.walk(function)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    }
    assert {*_RECORD} == told


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_actions_that_are_named_exist(document: Path) -> None:
    named = {*ACTION.findall(document.read_text(encoding="utf-8"))} - FILES
    assert named <= {*TEXTS["services"], *TEXTS["triggers"], *TEXTS["conditions"]}


def test_every_field_and_option_is_explained() -> None:
    page = (ROOT / "docs" / "setup.md").read_text(encoding="utf-8")
    steps = {**TEXTS["config"]["step"], **TEXTS["options"]["step"]}
    for name, step in steps.items():
        for part in (step, *step.get("sections", {}).values()):
            for label in part.get("data", {}).values():
                assert f"**{label}**" in page, f"{name}: {label}"


def texts_of_errors() -> Iterator[str]:
    """List the keys of everything that tells a user that something is wrong."""
    yield from TEXTS["config"]["error"]
    yield from TEXTS["config"]["abort"]
    yield from TEXTS["options"]["error"]
    yield from TEXTS["exceptions"]
    for key, issue in TEXTS["issues"].items():
        yield key
        yield from issue.get("fix_flow", {}).get("abort", {})
        yield from issue.get("fix_flow", {}).get("error", {})


def test_every_error_has_a_remedy() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    covered = {key for row in re.findall(r"<!-- (.*?) -->", page) for key in row.split(", ")}
    wanted = {*texts_of_errors()}
    assert wanted <= covered, wanted - covered
    assert covered <= wanted, covered - wanted
    for line in page.splitlines():
        if line.startswith("|") and "<!--" in line:
            _, symptom, cause, remedy, _ = re.split(r"(?<!\\)\|", line)
            assert all(part.strip() for part in (symptom, cause, remedy)), line
            assert fnmatch(remedy, "* <!-- * --> ")
