"""What hassfest and HACS check of an integration, as far as it can be checked without them.

Both run in CI; here they are mirrored, so that a mistake shows before it is pushed.
"""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
from string import Formatter
import struct
from typing import Any

from awesomeversion import AwesomeVersion
import homeassistant
from homeassistant.const import Platform
import pytest
import yaml

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "custom_components" / "lovato_dmed4"
CORE = Path(homeassistant.__file__).parent

# Of a custom integration. `categories` and `connectivity` are new in 2026.11, whose hassfest checks this
# repository; the Home Assistant before it takes no notice of them.
MANIFEST_KEYS = {
    *("categories", "connectivity"),
    *("domain", "name", "after_dependencies", "bluetooth", "codeowners", "config_flow"),
    *("dependencies", "dhcp", "disabled", "documentation", "homekit", "import_executor"),
    *("integration_type", "iot_class", "issue_tracker", "loggers", "mqtt", "requirements"),
    *("single_config_entry", "ssdp", "usb", "version", "zeroconf"),
}
HACS_KEYS = {
    *("content_in_root", "country", "filename", "hacs", "hide_default_branch", "homeassistant"),
    *("name", "persistent_directory", "render_readme", "zip_release"),
}
# What may be imported of other integrations without depending on them.
ALWAYS_THERE = {
    *map(str, Platform),
    *(
        "diagnostics",
        "frontend",
        "homeassistant",
        "logbook",
        "panel_custom",
        "repairs",
        "system_health",
    ),
    "websocket_api",
}
TEXT_SECTIONS = {
    *("title", "config", "options", "selector", "issues", "services", "entity", "exceptions"),
    *(
        "system_health",
        "config_panel",
        "conditions",
        "triggers",
        "device",
        "device_automation",
        "entity_component",
    ),
}

KEY = re.compile(r"(?!.+[_-]{2})(?![_-])[a-z0-9_-]+(?<![_-])")
URL = re.compile(r"(\w+://|www\.)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,5}", re.IGNORECASE)
HTML = re.compile(r"<[a-z/][^>]*>", re.IGNORECASE)
QUOTED_PLACEHOLDER = re.compile(r"'\{\w+\}'")
REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?(==|>=|~=)\d+(\.\d+)*(,<\d+(\.\d+)*)?")

LANGUAGES = [FOLDER / "strings.json", *sorted((FOLDER / "translations").glob("*.json"))]
MODULES = sorted(FOLDER.rglob("*.py"))


def read(file: Path) -> dict[str, Any]:
    """Read a JSON object in which no key is given twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs), [key for key, _ in pairs]
        return dict(pairs)

    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=once)
    return content


MANIFEST = read(FOLDER / "manifest.json")


def leaves(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield from leaves(child, (*path, key))
    else:
        assert isinstance(node, str), path
        yield path, node


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


# --- Manifest -----------------------------------------------------------------------------------


def test_manifest() -> None:
    assert {*MANIFEST} <= MANIFEST_KEYS
    assert list(MANIFEST) == ["domain", "name", *sorted(MANIFEST.keys() - {"domain", "name"})]
    assert MANIFEST["domain"] == FOLDER.name
    assert not (CORE / "components" / MANIFEST["domain"]).exists()
    assert AwesomeVersion(MANIFEST["version"]).valid
    assert MANIFEST["documentation"].startswith("https://")
    assert "home-assistant.io" not in MANIFEST["documentation"]
    assert MANIFEST["issue_tracker"].startswith("https://")
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    assert MANIFEST["integration_type"] in {"device", "hub"}
    assert MANIFEST["config_flow"] is (FOLDER / "config_flow.py").is_file()
    for requirement in MANIFEST["requirements"]:
        assert REQUIREMENT.fullmatch(requirement)


def imported(module: Path) -> set[str]:
    """Return the integrations of Home Assistant that a module imports when it is loaded."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.startswith("homeassistant.components."):
                found.add(name.split(".")[2])
    return found


def test_what_is_imported_is_depended_on() -> None:
    declared = {*MANIFEST["dependencies"], *MANIFEST.get("after_dependencies", ())}
    used = {name for module in MODULES for name in imported(module)}
    assert used - ALWAYS_THERE - {MANIFEST["domain"]} <= declared
    for name in declared:
        assert (CORE / "components" / name / "manifest.json").is_file()


def test_a_schema_says_that_there_is_no_yaml() -> None:
    tree = ast.parse((FOLDER / "__init__.py").read_text(encoding="utf-8"))
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert "CONFIG_SCHEMA" in assigned


# --- Texts and icons ----------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.json")), ids=lambda file: file.name)
def test_json(file: Path) -> None:
    assert read(file)


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_texts_are_valid(file: Path) -> None:
    texts = read(file)
    assert {*texts} <= TEXT_SECTIONS
    for path, text in leaves(texts):
        assert all(KEY.fullmatch(key) for key in path), path
        assert text == text.strip() != "", path
        assert not URL.search(text), path
        assert not HTML.search(text), path
        assert not QUOTED_PLACEHOLDER.search(text), path
        assert "[%" not in text, path
        assert all(name.isidentifier() for name in placeholders(text)), path


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_languages_say_the_same(file: Path) -> None:
    """Every key is there, with the same placeholders; and nothing is only in one language."""
    english = {path: placeholders(text) for path, text in leaves(read(FOLDER / "strings.json"))}
    assert {path: placeholders(text) for path, text in leaves(read(file))} == english


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_every_field_is_described(file: Path) -> None:
    texts = read(file)
    for flow in ("config", "options"):
        for name, step in texts[flow]["step"].items():
            assert [*step.get("data", ())] == [*step.get("data_description", ())], name
            for section in step.get("sections", {}).values():
                assert [*section.get("data", ())] == [*section.get("data_description", ())]
    for action in texts["services"].values():
        assert action["name"]
        assert action["description"]
        for field in action.get("fields", {}).values():
            assert field["name"]
            assert field["description"]


@pytest.fixture(scope="session")
def known_icons() -> set[str]:
    """Get the names of all icons from Home Assistant's own frontend."""
    frontend = pytest.importorskip("hass_frontend")
    folder = Path(frontend.__path__[0], "static", "mdi")
    return {
        name
        for file in folder.glob("*.json")
        if isinstance(content := json.loads(file.read_text(encoding="utf-8")), dict)
        for name in content
    }


def test_icons_exist(known_icons: set[str]) -> None:
    for path, icon in leaves(read(FOLDER / "icons.json")):
        assert all(KEY.fullmatch(key) for key in path), path
        prefix, _, name = icon.partition(":")
        assert prefix == "mdi"
        assert name in known_icons, path


def test_actions_have_icons_and_no_words_of_their_own() -> None:
    actions = yaml.safe_load((FOLDER / "services.yaml").read_text(encoding="utf-8"))
    assert {*actions} == {*read(FOLDER / "icons.json")["services"]}
    for action in actions.values():
        assert {*action} <= {"fields", "target"}
        for field in action.get("fields", {}).values():
            assert not {"name", "description"} & {*field}


# --- HACS ---------------------------------------------------------------------------------------


def test_hacs() -> None:
    hacs = read(ROOT / "hacs.json")
    assert {*hacs} <= HACS_KEYS
    assert hacs["name"] == MANIFEST["name"]
    assert hacs["zip_release"] is True
    assert hacs["filename"].endswith(".zip")
    # The branch has no built ZIP: only releases can be installed.
    assert hacs["hide_default_branch"] is True
    assert AwesomeVersion(hacs["homeassistant"]).valid
    assert {"domain", "documentation", "issue_tracker", "codeowners", "name", "version"} <= {
        *MANIFEST
    }


def test_the_repository_holds_one_integration() -> None:
    folders = [path.parent.name for path in (ROOT / "custom_components").glob("*/manifest.json")]
    assert folders == [MANIFEST["domain"]]
    for name in ("README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"):
        assert (ROOT / name).stat().st_size > 100


# --- Brand --------------------------------------------------------------------------------------


IMAGES = {
    f"{theme}{name}{scale}.png": (width * factor, height * factor)
    for theme in ("", "dark_")
    for name, width, height in (("icon", 256, 256), ("logo", 640, 160))
    for scale, factor in (("", 1), ("@2x", 2))
}


def test_the_brand_is_complete() -> None:
    assert {path.name for path in (FOLDER / "brand").iterdir()} == {*IMAGES}


@pytest.mark.parametrize("name", IMAGES)
def test_brand_image(name: str) -> None:
    content = (FOLDER / "brand" / name).read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, colours = struct.unpack(">IIBB", content[16:26])
    assert (width, height) == IMAGES[name]
    assert (depth, colours) == (8, 6)  # with an alpha channel
    assert len(content) < 100_000


def test_dark_images_are_others() -> None:
    for name in IMAGES:
        if name.startswith("dark_"):
            dark, light = (FOLDER / "brand" / n for n in (name, name.removeprefix("dark_")))
            assert dark.read_bytes() != light.read_bytes()
