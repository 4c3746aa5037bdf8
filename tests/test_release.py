"""A release: one version everywhere, a ZIP that is always the same, and that Home Assistant loads."""

import os
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tomllib
from typing import Any
import zipfile

import pytest
import yaml

from tools import release
from tools.release.__main__ import main

ROOT = release.ROOT
PINNED = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40}")
# Their own instructions for integrations say to follow the branch: the checks are what counts today.
FOLLOWED = {"home-assistant/actions/hassfest@master", "hacs/action@main"}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(  # noqa: S603
        ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@x.x", *arguments],  # noqa: S607
        check=True,
        capture_output=True,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a small project in a git repository."""
    root = tmp_path / "project"
    folder = root / release.INTEGRATION
    (folder / "translations").mkdir(parents=True)
    (folder / "manifest.json").write_text('{"version": "1.2.3"}')
    (folder / "b.py").write_text("b = 1\n")
    (folder / "a.py").write_text("a = 1\n")
    (folder / "translations" / "en.json").write_text("{}")
    (root / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n- Later.\n\n## 1.2.3 (2026-12-01)\n\n### Added\n\n- New.\n"
        "\n## 1.2.2 (2026-11-01)\n\n- Old.\n\n## 1.2.1 (2026-10-01)\n"
    )
    git(tmp_path, "init", "--quiet", str(root))
    git(root, "add", "--all")
    return root


# --- Version ------------------------------------------------------------------------------------


def test_the_version_is_the_same_everywhere() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert release.version() == project["project"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", release.version())


def test_the_changelog_can_become_release_notes() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings
    for heading in headings:
        assert re.fullmatch(r"Unreleased|\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)", heading)


def test_a_release_whose_parts_agree(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "v1.2.3"], project) == 0
    assert main(["notes"], project) == 0
    assert capsys.readouterr().out == "### Added\n\n- New.\n"


@pytest.mark.parametrize(
    ("tag", "manifest", "problem"),
    [
        ("v1.2.4", "1.2.3", "the tag is v1.2.4, and the manifest's version is 1.2.3"),
        ("1.2.3", "1.2.3", "the tag is 1.2.3"),
        ("v1.2.4", "1.2.4", "CHANGELOG.md says nothing below a heading '## 1.2.4"),
        ("v1.2.1", "1.2.1", "CHANGELOG.md says nothing"),
    ],
)
def test_a_release_whose_parts_disagree(
    project: Path, capsys: pytest.CaptureFixture[str], tag: str, manifest: str, problem: str
) -> None:
    file = project / release.INTEGRATION / "manifest.json"
    file.write_text(f'{{"version": "{manifest}"}}')
    assert main(["check", tag], project) == 1
    assert problem in capsys.readouterr().err
    file.write_text('{"version": "1.2.3"}')
    assert main(["check", "v1.2.3"], project) == 0


# --- ZIP ----------------------------------------------------------------------------------------


def test_the_same_files_make_the_same_bytes(project: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    assert main(["zip", str(first)], project) == 0
    folder = project / release.INTEGRATION
    (folder / "secret.txt").write_text("git does not know it")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_bytes(b"")
    (folder / "a.py").chmod(0o700)
    os.utime(folder / "b.py", (1, 1))
    assert main(["zip", str(second)], project) == 0
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(second) as archive:
        assert archive.namelist() == ["a.py", "b.py", "manifest.json", "translations/en.json"]
        assert archive.read("a.py") == b"a = 1\n"
    (folder / "a.py").write_text("a = 2\n")
    assert main(["zip", str(second)], project) == 0
    assert first.read_bytes() != second.read_bytes()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pack this project, as the script does."""
    file = tmp_path_factory.mktemp("release") / release.ZIP_NAME
    subprocess.run([ROOT / "scripts" / "release-zip", file], check=True)  # noqa: S603
    return file


def test_the_zip_holds_the_integration_and_nothing_else(archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        assert packed.testzip() is None
    needed = {"__init__.py", "manifest.json", "translations/en.json", "brand/icon.png", "py.typed"}
    assert needed <= {*names}
    folder = ROOT / release.INTEGRATION
    assert {name for name in names if not (folder / name).is_file()} == set()
    assert not any("__pycache__" in name or name.startswith(("/", "..")) for name in names)
    packages = {str(path.parent.relative_to(folder)) for path in folder.rglob("__init__.py")}
    assert {str(Path(name).parent) for name in names if name.endswith(".py")} == packages


# A Home Assistant that has nothing but the configuration folder it is given.
LOAD = """
import asyncio, os, sys
from homeassistant import core, loader
from homeassistant.const import Platform

async def load(folder):
    hass = core.HomeAssistant(folder)
    loader.async_setup(hass)
    integration = await loader.async_get_integration(hass, "lovato_dmed4")
    await integration.async_get_component()
    platforms = [p for p in (*Platform, "config_flow", "diagnostics", "repairs", "system_health")
                 if integration.platforms_exists([p])]
    await integration.async_get_platforms(platforms)
    print(integration.file_path, integration.version, integration.has_branding)
    print(*sorted(platforms))
    await hass.async_stop(force=True)

asyncio.run(load(sys.argv[1]))
sys.stdout.flush()
os._exit(0)  # Letting go of all that was imported takes a while.
"""


def test_the_zip_is_installed_and_loaded(archive: Path, tmp_path: Path) -> None:
    """As Marketplace and HACS do: unpacked below custom_components, in an empty configuration."""
    config = tmp_path / "config"
    folder = config / "custom_components" / "lovato_dmed4"
    shutil.unpack_archive(archive, folder)
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", LOAD, str(config)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    loaded, platforms = done.stdout.splitlines()
    assert loaded == f"{folder} {release.version()} True"
    assert {"config_flow", "diagnostics", "repairs", "sensor"} <= {*platforms.split()}


# --- Workflows and forms ------------------------------------------------------------------------


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def load(file: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_workflow(file: Path) -> None:
    workflow = load(file)
    allowed = {"contents": "read"} if "release" not in file.stem else {}
    assert workflow["permissions"] == allowed
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 40
        for step in job["steps"]:
            used = step.get("uses")
            assert used is None or PINNED.fullmatch(used) or used in FOLLOWED
            if used is not None and used.startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
            # What somebody else chose (a branch's name, a title) is no part of a command.
            assert "${{" not in step.get("run", "")


def test_the_same_action_has_the_same_version_everywhere() -> None:
    used = {
        line.split("uses: ")[1]
        for file in WORKFLOWS
        for line in file.read_text().splitlines()
        if "uses: " in line
    }
    assert len(used) == len({action.split("@")[0] for action in used})


def test_the_checks_of_home_assistant_and_hacs_run_unabridged() -> None:
    validate = load(ROOT / ".github" / "workflows" / "validate.yml")
    # PyYAML reads the key `on` as true.
    assert {"push", "pull_request", "schedule", "workflow_dispatch"} == set(validate[True])
    steps = [step for job in validate["jobs"].values() for step in job["steps"]]
    # Of somebody else's actions, one version each that was looked at.
    pinned = {
        action: step
        for step in steps
        if (action := re.sub(r"@[0-9a-f]{40}$", "", step.get("uses", ""))) != step.get("uses", "")
    }
    assert pinned["hacs/action"]["with"] == {"category": "integration"}
    assert "home-assistant/actions/hassfest" in pinned


def test_the_oldest_and_the_newest_home_assistant_are_tested() -> None:
    tests = load(ROOT / ".github" / "workflows" / "tests.yml")
    versions = tests["jobs"]["home-assistant"]["strategy"]["matrix"]["home-assistant"]
    oldest = yaml.safe_load((ROOT / "hacs.json").read_text(encoding="utf-8"))["homeassistant"]
    assert versions == [oldest, "newest"]


def test_a_release_is_what_was_tested_and_is_attested() -> None:
    workflow = load(ROOT / ".github" / "workflows" / "release.yml")
    assert workflow[True] == {"push": {"tags": ["v*"]}}
    jobs = workflow["jobs"]
    assert jobs["release"]["needs"] == "tests"
    assert jobs["tests"]["permissions"] == {"contents": "read"}
    steps = jobs["release"]["steps"]
    text = "\n".join(step.get("run", step.get("uses", "")) for step in steps)
    order = ["scripts/release-zip", "actions/attest-build-provenance", "gh release create"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert text.count(release.ZIP_NAME) == 2
    assert any(step.get("with", {}).get("subject-path") == release.ZIP_NAME for step in steps)
    assert "release check" in jobs["tests"]["steps"][2]["run"]


FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def test_forms() -> None:
    assert {form.stem for form in FORMS} >= {"bug", "config"}
    for form in FORMS:
        content = load(form)
        if form.stem == "config":
            assert content["blank_issues_enabled"] is False
            continue
        assert {"name", "description", "body"} == set(content)
        fields = [field for field in content["body"] if field["type"] != "markdown"]
        assert all(field["attributes"]["label"] for field in fields)
        names = [field["id"] for field in fields]
        assert len(names) == len({*names})


def test_a_report_brings_what_a_maintainer_needs() -> None:
    body = load(ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.yml")["body"]
    required = {
        field["id"]
        for field in body
        if field.get("validations", {}).get("required") and field["type"] != "markdown"
    }
    assert {"what", "transport", "model", "versions", "diagnostics"} <= required
