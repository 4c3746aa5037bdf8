"""Arrows point one way: what may not know of what."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
INTEGRATION = ROOT / "custom_components" / "lovato_dmed4"

# Each folder, and what nothing in it may import. Nor may it import what is beside or above it.
FORBIDDEN = [
    (INTEGRATION / "dmed4", ("homeassistant", "voluptuous", "custom_components.*.ocmf")),
    (INTEGRATION / "ocmf", ("homeassistant", "voluptuous", "custom_components.*.dmed4")),
    (INTEGRATION / "archive", ("homeassistant", "voluptuous", "custom_components.*.dmed4")),
    (ROOT / "simulator", ("homeassistant", "custom_components", "explorer")),
]

# But for these.
ALLOWED = {INTEGRATION / "archive": ("custom_components.lovato_dmed4.ocmf",)}


def imported(source: str, package: str) -> set[str]:
    """Return the full names of the modules that a module's source imports, however deep inside."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def wrong(
    names: set[str], package: str, forbidden: tuple[str, ...], allowed: tuple[str, ...] = ()
) -> set[str]:
    """Return the names that are forbidden, or lead out of the package but not to what is allowed."""
    inside = tuple(f.replace(".*", ".lovato_dmed4") for f in forbidden)
    return {
        name
        for name in names
        if any(name == f or name.startswith(f"{f}.") for f in inside)
        or (
            name.startswith("custom_components")
            and not f"{name}.".startswith(f"{package}.")
            and not f"{package}.".startswith(f"{name}.")
            and not any(f"{name}.".startswith(f"{a}.") for a in allowed)
        )
    }


@pytest.mark.parametrize(
    ("folder", "forbidden"), FORBIDDEN, ids=["dmed4", "ocmf", "archive", "simulator"]
)
def test_a_package_imports_nothing_that_it_may_not_know(
    folder: Path, forbidden: tuple[str, ...]
) -> None:
    files = sorted(folder.rglob("*.py"))
    assert len(files) > 2
    package = ".".join(folder.relative_to(ROOT).parts)
    for file in files:
        inside = ".".join(file.parent.relative_to(ROOT).parts)
        found = wrong(
            imported(file.read_text(), inside), package, forbidden, ALLOWED.get(folder, ())
        )
        assert not found, f"{file.relative_to(ROOT)} imports {', '.join(sorted(found))}"


@pytest.mark.parametrize(
    "line",
    [
        "import homeassistant",
        "import homeassistant.core as ha",
        "from homeassistant.core import HomeAssistant",
        "def f():\n    from homeassistant import const",
        "from ..ocmf import record",
        "from .. import ocmf",
        "from ..ocmf.record import parse",
        "from ..coordinator import Dmed4Data",
        "from custom_components.lovato_dmed4.ocmf import record",
        "from custom_components.lovato_dmed4 import ocmf",
    ],
)
def test_a_forbidden_import_is_found(line: str) -> None:
    package = "custom_components.lovato_dmed4.dmed4"
    forbidden = ("homeassistant", "custom_components.*.ocmf")
    assert wrong(imported(line, package), package, forbidden)


@pytest.mark.parametrize(
    "line",
    ["import asyncio", "from . import registers", "from .model import Status", "import aiohttp"],
)
def test_an_allowed_import_is_none(line: str) -> None:
    package = "custom_components.lovato_dmed4.dmed4"
    assert not wrong(imported(line, package), package, ("homeassistant",))


def test_what_is_allowed_opens_no_other_way() -> None:
    package = "custom_components.lovato_dmed4.archive"
    forbidden, allowed = ("homeassistant",), ("custom_components.lovato_dmed4.ocmf",)
    for line in ("from ..ocmf import parse", "from ..ocmf.record import parse"):
        assert not wrong(imported(line, package), package, forbidden, allowed)
    for line in (
        "from ..ocmf_report import x",
        "from .. import coordinator",
        "import homeassistant",
    ):
        assert wrong(imported(line, package), package, forbidden, allowed)
