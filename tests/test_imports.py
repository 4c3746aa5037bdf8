"""Arrows point one way: what may not know of what."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from homeassistant.const import Platform
import pytest

ROOT = Path(__file__).parent.parent
INTEGRATION = ROOT / "custom_components" / "lovato_dmed4"

# Each folder, and what nothing in it may import. Nor may it import what is beside or above it.
FORBIDDEN = [
    (INTEGRATION / "dmed4", ("homeassistant", "voluptuous", "custom_components.*.ocmf")),
    (INTEGRATION / "ocmf", ("homeassistant", "voluptuous", "custom_components.*.dmed4")),
    (INTEGRATION / "billing", ("homeassistant", "voluptuous", "custom_components.*.dmed4")),
    (INTEGRATION / "archive", ("homeassistant", "voluptuous", "custom_components.*.dmed4")),
    (
        INTEGRATION / "examination",
        ("homeassistant", "voluptuous", "custom_components.*.connection"),
    ),
    (ROOT / "simulator", ("homeassistant", "custom_components", "tools")),
]

# The floors of the integration, from the ground up: a module imports from its own floor or from below.
FLOORS = (
    {"billing", "const", "dmed4", "ocmf"},
    {"archive", "connection", "examination"},
    {"coordinator"},
    {"intake", "live_stream"},
    {"charging", "upkeep"},
    {"runtime_data"},
    {"entity", "remote_display", "reports", "sensors", "statements"},
    {"actions", "backup", "config_flow", "diagnostics", "flows", "repairs", "system_health", "web"}
    | {"condition", "logbook", "trigger"}
    | {platform for platform in Platform if (INTEGRATION / f"{platform}.py").is_file()},
    {"services", "__init__"},
)
MOST_AT_THE_ROOT = 24
LONGEST_FILE = 500
LONGEST_FUNCTION = 45
MOST_THAT_KNOW_THE_COORDINATOR = 12

# But for these.
ALLOWED = {
    INTEGRATION / "archive": (
        "custom_components.lovato_dmed4.billing",
        "custom_components.lovato_dmed4.ocmf",
    ),
    INTEGRATION / "examination": (
        "custom_components.lovato_dmed4.dmed4",
        "custom_components.lovato_dmed4.ocmf",
    ),
}


def imported(source: str, package: str) -> set[str]:
    """Return the full names of the modules that a module's source imports, however deep inside."""
    names = what_is_imported(source, package)
    return names | {name.rpartition(".")[0] for name in names if "." in name}


def what_is_imported(source: str, package: str) -> set[str]:
    """Return the full names of what a module's source imports: modules, or what is in them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            names |= {f"{module}.{alias.name}" for alias in node.names}
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
    ("folder", "forbidden"),
    FORBIDDEN,
    ids=["dmed4", "ocmf", "billing", "archive", "examination", "simulator"],
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


# --- The integration's own floors ---------------------------------------------------------------


def module_name(file: Path) -> str:
    """Name a module within the integration: `intake.keeper`; `intake` for a folder's own."""
    parts = file.relative_to(INTEGRATION).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def arrows_of(sources: dict[str, str], packages: set[str]) -> dict[str, set[str]]:
    """Find out which module imports which; imports for types only count like any other."""
    root = ".".join(INTEGRATION.relative_to(ROOT).parts)
    arrows: dict[str, set[str]] = {}
    for name, source in sources.items():
        inside = "" if name == "__init__" else name if name in packages else name.rpartition(".")[0]
        found = what_is_imported(source, ".".join(filter(None, (root, inside))))
        names = {target.removeprefix(f"{root}.") for target in found if target.startswith(root)}
        arrows[name] = {_longest_known(target, sources) for target in names} - {name, ""}
    return arrows


def _longest_known(name: str, known: dict[str, str]) -> str:
    """Find the module that a name is of: of `intake.keeper.RecordKeeper`, it is `intake.keeper`."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


@cache
def arrows() -> dict[str, set[str]]:
    files = sorted(INTEGRATION.rglob("*.py"))
    packages = {module_name(file) for file in files if file.name == "__init__.py"}
    return arrows_of({module_name(file): file.read_text() for file in files}, packages)


def floor(module: str) -> int:
    room = module.partition(".")[0]
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def upwards(found: dict[str, set[str]]) -> list[str]:
    return sorted(
        f"{module} imports {target}"
        for module, targets in found.items()
        for target in targets
        if floor(target) > floor(module)
    )


def test_every_module_has_its_floor() -> None:
    for module in arrows():
        assert sum(module.partition(".")[0] in rooms for rooms in FLOORS) == 1, module


def test_imports_point_downwards() -> None:
    assert sum(map(len, arrows().values())) > 100
    assert upwards(arrows()) == []


def test_no_imports_go_in_a_circle() -> None:
    try:
        list(TopologicalSorter(arrows()).static_order())
    except CycleError as err:
        pytest.fail(f"circle: {err.args[1]}")


def test_nothing_hides_an_import_from_a_running_program() -> None:
    """An import of our own that only type checkers see is a circle in disguise."""
    for file in INTEGRATION.rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                assert not any(
                    isinstance(inner, ast.ImportFrom) and inner.level for inner in ast.walk(node)
                ), file.name


def test_the_root_stays_small() -> None:
    assert len(list(INTEGRATION.glob("*.py"))) <= MOST_AT_THE_ROOT
    knowing = [module for module, targets in arrows().items() if "coordinator" in targets]
    assert len(knowing) <= MOST_THAT_KNOW_THE_COORDINATOR


def test_files_and_functions_stay_short() -> None:
    for file in INTEGRATION.rglob("*.py"):
        source = file.read_text()
        assert len(source.splitlines()) <= LONGEST_FILE, file.name
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{file.name} {node.name}"


def test_an_arrow_upwards_and_a_circle_are_found() -> None:
    lines = "if TYPE_CHECKING:\n    from ..runtime_data import Dmed4Data"
    sources = {"intake": "", "intake.keeper": lines, "runtime_data": "from .intake import keeper"}
    found = arrows_of(sources, {"intake"})
    assert upwards(found) == ["intake.keeper imports runtime_data"]
    with pytest.raises(CycleError):
        list(TopologicalSorter(found).static_order())
