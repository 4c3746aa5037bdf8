"""The Integration Quality Scale: no rule is forgotten, and what is called done can be seen to be."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.const import Platform
import pytest
import yaml

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "custom_components" / "lovato_dmed4"

BRONZE = """
    action-setup appropriate-polling brands common-modules config-flow-test-coverage config-flow
    dependency-transparency docs-actions docs-conditions docs-high-level-description
    docs-installation-instructions docs-removal-instructions docs-triggers entity-event-setup
    entity-unique-id has-entity-name runtime-data test-before-configure test-before-setup
    unique-config-entry
"""
SILVER = """
    action-exceptions config-entry-unloading docs-configuration-parameters
    docs-installation-parameters entity-unavailable integration-owner log-when-unavailable
    parallel-updates reauthentication-flow test-coverage
"""
GOLD = """
    devices diagnostics discovery-update-info discovery docs-data-update docs-examples
    docs-known-limitations docs-supported-devices docs-supported-functions docs-troubleshooting
    docs-use-cases dynamic-devices entity-category entity-device-class entity-disabled-by-default
    entity-translations exception-translations icon-translations reconfiguration-flow repair-issues
    stale-devices
"""
PLATINUM = "async-dependency inject-websession strict-typing"
RULES = [*BRONZE.split(), *SILVER.split(), *GOLD.split(), *PLATINUM.split()]

RATED: dict[str, Any] = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text(encoding="utf-8"))[
    "rules"
]
TEXTS: dict[str, Any] = json.loads((FOLDER / "strings.json").read_text(encoding="utf-8"))
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
PLATFORMS = sorted(
    FOLDER / f"{platform}.py" for platform in Platform if (FOLDER / f"{platform}.py").is_file()
)
# Of Home Assistant: what a user reads of them must be translated.
EXCEPTIONS = {
    *("HomeAssistantError", "ServiceValidationError", "ConfigEntryError", "ConfigEntryNotReady"),
    *("ConfigEntryAuthFailed", "UpdateFailed"),
}


def status(rule: str) -> str:
    rated = RATED[rule]
    return str(rated if isinstance(rated, str) else rated["status"])


# --- The file -----------------------------------------------------------------------------------


def test_every_rule_is_rated() -> None:
    assert len(RULES) == len({*RULES}) == 54
    assert list(RATED) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_not_simply_done_has_a_reason(rule: str) -> None:
    rated = RATED[rule]
    if rated == "done":
        return
    assert {*rated} == {"status", "comment"}
    assert rated["status"] in {"done", "exempt", "todo"}
    assert rated["comment"].strip().endswith(".")
    assert len(rated["comment"]) > 20


# --- What the code shows ------------------------------------------------------------------------


@cache
def trees() -> dict[str, ast.Module]:
    """All modules by their names."""
    return {
        str(file.relative_to(FOLDER)): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted(FOLDER.rglob("*.py"))
    }


@cache
def all_nodes() -> list[tuple[str, ast.AST]]:
    return [
        (f"{name}:{getattr(node, 'lineno', 0)}", node)
        for name, tree in trees().items()
        for node in ast.walk(tree)
    ]


def nodes[Node: ast.AST](kind: type[Node]) -> Iterator[tuple[str, Node]]:
    """All of a kind, each with the place where it stands."""
    return ((place, node) for place, node in all_nodes() if isinstance(node, kind))


def name_of(node: ast.expr) -> str:
    """Name what is called or raised, without where it comes from."""
    if isinstance(node, ast.Subscript):
        return name_of(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for place, call in nodes(ast.Call):
        if name_of(call.func) in names:
            yield place, call


def keywords(call: ast.Call) -> dict[str | None, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.keywords}


def functions(module: str) -> set[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(trees()[module]) if isinstance(node, kinds)}


def assigned(tree: ast.Module, name: str) -> object:
    """Get the value that a module assigns to a name of its own."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        if [name] == [target.id for target in targets if isinstance(target, ast.Name)]:
            assert isinstance(node, ast.Assign | ast.AnnAssign)
            assert node.value is not None
            return ast.literal_eval(node.value)
    return None


def action_setup() -> None:
    places = {place.split(":")[0] for place, _ in calls("async_register")}
    assert places == {"actions/action.py"}
    setup = next(node for _, node in nodes(ast.AsyncFunctionDef) if node.name == "async_setup")
    called = {name_of(node.func) for node in ast.walk(setup) if isinstance(node, ast.Call)}
    assert "async_setup_services" in functions("services.py")
    assert "async_setup_services" in called


def brands() -> None:
    assert (FOLDER / "brand" / "icon.png").is_file()


def common_modules() -> None:
    assert (FOLDER / "coordinator.py").is_file()
    assert (FOLDER / "entity.py").is_file()


def config_flow() -> None:
    assert MANIFEST["config_flow"] is True
    for flow in ("config", "options"):
        for step in TEXTS[flow]["step"].values():
            assert [*step.get("data", ())] == [*step.get("data_description", ())]


def config_flow_test_coverage() -> None:
    assert "--fail-under=100 --include='*/config_flow.py" in (ROOT / "scripts/test").read_text()


def dependency_transparency() -> None:
    for requirement in MANIFEST["requirements"]:
        assert re.fullmatch(r"[A-Za-z\d-]+(\[[a-z]+\])?>=[\d.]+", requirement)


def entity_event_setup() -> None:
    """No subscription in a constructor: it would outlive an entity that is not added."""
    for place, node in nodes(ast.FunctionDef):
        if node.name == "__init__" and place.split(":")[0] in {path.name for path in PLATFORMS}:
            called = {name_of(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
            assert not {name for name in called if re.search("listener|track|listen", name)}, place


def entity_unique_id() -> None:
    assert (ROOT / "tests/integration/fixtures/entities.json").is_file()
    for name in ("entity.py", "remote_display.py"):
        source = ast.unparse(trees()[name])
        assert "_attr_unique_id = f'{entry.unique_id}_{description.key}'" in source


def has_entity_name() -> None:
    assert any(ast.unparse(node) == "_attr_has_entity_name = True" for _, node in nodes(ast.Assign))
    assert not [place for place, node in nodes(ast.Attribute) if node.attr == "_attr_name"]


def runtime_data() -> None:
    typed = {
        ast.unparse(node.name)
        for _, node in nodes(ast.TypeAlias)
        if "ConfigEntry[" in ast.unparse(node.value)
    }
    assert {"Dmed4ConfigEntry", "DisplayConfigEntry"} <= typed
    # What belongs to an entry is in the entry; what entries share has a key with a type.
    for place, node in nodes(ast.Subscript):
        if name_of(node.value) == "data" and ast.unparse(node.value).endswith("hass.data"):
            assert name_of(node.slice) not in {"", "DOMAIN"}, place


def parallel_updates() -> None:
    for path in PLATFORMS:
        updates = assigned(trees()[path.name], "PARALLEL_UPDATES")
        writes = path.stem not in {"binary_sensor", "event", "sensor"}
        assert updates == int(writes), path.name


def integration_owner() -> None:
    assert MANIFEST["codeowners"]


def action_exceptions() -> None:
    used = {
        name_of(node.exc.func) for _, node in nodes(ast.Raise) if isinstance(node.exc, ast.Call)
    }
    assert "ServiceValidationError" in used


def exception_translations() -> None:
    found = 0
    for place, node in nodes(ast.Raise):
        if not isinstance(node.exc, ast.Call):
            # A class without arguments has no words at all.
            assert node.exc is None or name_of(node.exc) not in EXCEPTIONS, place
            continue
        if name_of(node.exc.func) in EXCEPTIONS:
            found += 1
            given = keywords(node.exc)
            assert {"translation_domain", "translation_key"} <= {*given}, place
            assert not node.exc.args, place
            key = given["translation_key"]
            if isinstance(key, ast.Constant) and not of_home_assistant(given):
                assert key.value in TEXTS["exceptions"], place
    assert found > 5


def of_home_assistant(given: dict[str | None, ast.expr]) -> bool:
    """Whether a text is one of Home Assistant's own."""
    domain = given.get("translation_domain")
    return isinstance(domain, ast.Name) and domain.id == "HOMEASSISTANT_DOMAIN"


def entity_translations() -> None:
    """Every text that the code names by a key is there."""
    known = {
        *(key for platform in TEXTS["entity"].values() for key in platform),
        *TEXTS["exceptions"],
        *TEXTS["issues"],
        *TEXTS["selector"],
    }
    for place, call in nodes(ast.Call):
        key = keywords(call).get("translation_key")
        if of_home_assistant(keywords(call)):
            continue
        if isinstance(key, ast.Constant) and key.value is not None:
            assert key.value in known, place
        if name_of(call.func).endswith("Description"):
            assert "name" not in keywords(call), place


def icon_translations() -> None:
    assert not [place for place, node in nodes(ast.Attribute) if node.attr == "_attr_icon"]
    assert not [place for place, call in nodes(ast.Call) if "icon" in keywords(call)]


def has_flow_step(step: str) -> None:
    assert f"async_step_{step}" in functions("config_flow.py")


def probe_before_configure() -> None:
    assert "identify" in {name_of(call.func) for _, call in nodes(ast.Call)}


def unique_config_entry() -> None:
    assert [place for place, _ in calls("_abort_if_unique_id_configured")]


def config_entry_unloading() -> None:
    assert "async_unload_entry" in functions("__init__.py")


def devices() -> None:
    (info,) = [call for place, call in calls("DeviceInfo") if place.startswith("entity.py")]
    assert {"identifiers", "manufacturer", "model", "name", "serial_number", "sw_version"} <= {
        *keywords(info)
    }


def diagnostics() -> None:
    assert "async_get_config_entry_diagnostics" in functions("diagnostics.py")


def repair_issues() -> None:
    assert "async_create_fix_flow" in functions("repairs.py")
    for words in TEXTS["issues"].values():
        assert "description" in words or "fix_flow" in words


def entity_category() -> None:
    assert len([1 for _, node in nodes(ast.Attribute) if node.attr == "DIAGNOSTIC"]) > 5


def entity_device_class() -> None:
    assert len([1 for _, call in nodes(ast.Call) if "device_class" in keywords(call)]) > 10


def entity_disabled_by_default() -> None:
    disabled = [
        call for _, call in nodes(ast.Call) if "entity_registry_enabled_default" in keywords(call)
    ]
    assert len(disabled) >= 3


def async_dependency() -> None:
    """Nothing that blocks is imported, to talk to a meter or to wait; the archive works in threads."""
    blocking = {"requests", "urllib.request", "socket", "serial", "http.client", "telnetlib"}
    for place, node in nodes(ast.Import):
        assert not {alias.name for alias in node.names} & blocking, place
    for place, origin in nodes(ast.ImportFrom):
        allowed = place.startswith("archive/") or origin.level
        assert allowed or origin.module not in blocking, place
    assert not [place for place, call in nodes(ast.Call) if ast.unparse(call.func) == "time.sleep"]


def inject_websession() -> None:
    """The library is handed its session, made in one place: a meter takes one request per connection."""
    assert {place.partition(":")[0] for place, _ in calls("ClientSession")} == {
        "dmed4/rest_session.py"
    }
    assert {place.partition(":")[0] for place, _ in calls("open_session")} == {
        "connection/devices.py"
    }


# There is no library for workbooks that has types: openpyxl has none either.
UNTYPED = {"xlsxwriter"}


def strict_typing() -> None:
    assert (FOLDER / "py.typed").is_file()
    for requirement in MANIFEST["requirements"]:
        # A package of the index may be written with capitals; what it installs is not.
        name = re.split(r"[\[<>=~]", requirement)[0].replace("-", "_").lower()
        spec = find_spec({"fpdf2": "fpdf"}.get(name, name))
        assert spec is not None
        assert spec.submodule_search_locations is not None
        typed = Path(spec.submodule_search_locations[0], "py.typed").is_file()
        assert typed is not (spec.name in UNTYPED)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "\nstrict = true\n" in text


# Where a reader finds what a rule asks for: the file, and the heading or the words.
DOCUMENTS = {
    "docs-actions": ("docs/actions.md", "### start_charge_cycle"),
    "docs-conditions": ("docs/triggers.md", "## Conditions"),
    "docs-triggers": ("docs/triggers.md", "## Triggers"),
    "docs-configuration-parameters": ("docs/setup.md", "## Options"),
    "docs-data-update": ("docs/data-update.md", "# How data is updated"),
    "docs-examples": ("docs/examples.md", "```yaml"),
    "docs-high-level-description": ("README.md", "(https://www.lovatoelectric.com)"),
    "docs-installation-instructions": ("README.md", "## Install"),
    "docs-installation-parameters": ("docs/setup.md", "## What to look up at the meter"),
    "docs-known-limitations": ("docs/limitations.md", "# Known limitations"),
    "docs-removal-instructions": ("docs/removal.md", "## The integration"),
    "docs-supported-devices": ("docs/devices.md", "## Meters"),
    "docs-supported-functions": ("docs/devices.md", "## Functions by connection"),
    "docs-troubleshooting": ("docs/troubleshooting.md", "| symptom | cause | remedy |"),
    "docs-use-cases": ("docs/examples.md", "## Use cases"),
}


def document(rule: str) -> None:
    """Find what a rule asks for; tests/test_docs.py looks at the documents themselves."""
    name, words = DOCUMENTS[rule]
    assert words in (ROOT / name).read_text(encoding="utf-8")


CHECKS: dict[str, Callable[[], None]] = {
    "action-setup": action_setup,
    "action-exceptions": action_exceptions,
    "async-dependency": async_dependency,
    "brands": brands,
    "common-modules": common_modules,
    "config-entry-unloading": config_entry_unloading,
    "config-flow": config_flow,
    "config-flow-test-coverage": config_flow_test_coverage,
    "dependency-transparency": dependency_transparency,
    "devices": devices,
    "diagnostics": diagnostics,
    "entity-category": entity_category,
    "entity-device-class": entity_device_class,
    "entity-disabled-by-default": entity_disabled_by_default,
    "entity-event-setup": entity_event_setup,
    "entity-translations": entity_translations,
    "entity-unique-id": entity_unique_id,
    "exception-translations": exception_translations,
    "has-entity-name": has_entity_name,
    "icon-translations": icon_translations,
    "inject-websession": inject_websession,
    "integration-owner": integration_owner,
    "parallel-updates": parallel_updates,
    "reauthentication-flow": lambda: has_flow_step("reauth"),
    "reconfiguration-flow": lambda: has_flow_step("reconfigure"),
    "repair-issues": repair_issues,
    "runtime-data": runtime_data,
    "strict-typing": strict_typing,
    "test-before-configure": probe_before_configure,
    "unique-config-entry": unique_config_entry,
}
# Shown by the tests named here, and by no look at the code.
SHOWN_BY_TESTS = {
    "appropriate-polling": "tests/integration/test_live.py",
    "entity-unavailable": "tests/integration/test_live.py",
    "log-when-unavailable": "tests/integration/test_live.py",
    "test-before-setup": "tests/integration/test_init.py",
    "test-coverage": "scripts/test",
}


@pytest.mark.parametrize("rule", CHECKS)
def test_what_is_done_can_be_seen(rule: str) -> None:
    assert status(rule) == "done"
    CHECKS[rule]()


@pytest.mark.parametrize("rule", [rule for rule in RULES if status(rule) == "done"])
def test_every_rule_that_is_done_is_shown_somewhere(rule: str) -> None:
    if rule.startswith("docs-"):
        document(rule)
    elif rule not in CHECKS:
        assert (ROOT / SHOWN_BY_TESTS[rule]).is_file()
