"""Makes a release: checks that all say the same version, and packs the integration.

Nothing but the standard library is needed, so that a release can be packed anywhere.
"""

import json
from pathlib import Path
import re
import subprocess
from typing import Final
import zipfile

ROOT: Final = Path(__file__).resolve().parents[2]
INTEGRATION: Final = Path("custom_components", "lovato_dmed4")
ZIP_NAME: Final = "lovato_dmed4.zip"
"""What `hacs.json` promises to be attached to every release."""

# The same for every file: what a ZIP holds besides them must not depend on who packs it, and when.
_TIME: Final = (2020, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644 << 16
_UNIX: Final = 3


class ReleaseError(Exception):
    """Something keeps this from being a release."""


def version(root: Path = ROOT) -> str:
    """Get the version from the manifest, the one place where it is written."""
    manifest = json.loads((root / INTEGRATION / "manifest.json").read_text(encoding="utf-8"))
    return str(manifest["version"])


def notes(wanted: str, root: Path = ROOT) -> str:
    """Get what the changelog says of a version.

    Raises:
        ReleaseError: It has no heading `## VERSION (YYYY-MM-DD)`, or nothing below it.
    """
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = rf"^## {re.escape(wanted)} \(\d{{4}}-\d\d-\d\d\)$"
    found = re.search(rf"{heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise ReleaseError(f"CHANGELOG.md says nothing below a heading '## {wanted} (YYYY-MM-DD)'")
    return found[1].strip() + "\n"


def check(tag: str, root: Path = ROOT) -> None:
    """Find out whether tag, manifest and changelog speak of the same version.

    Raises:
        ReleaseError: They don't.
    """
    if tag != f"v{version(root)}":
        raise ReleaseError(f"the tag is {tag}, and the manifest's version is {version(root)}")
    notes(version(root), root)


def files(root: Path = ROOT) -> list[str]:
    """List the files of the integration that git knows, sorted, relative to its folder."""
    listed = subprocess.run(  # noqa: S603 - git, with a path of our own
        ["git", "-C", str(root / INTEGRATION), "ls-files", "-z"],  # noqa: S607
        check=True,
        capture_output=True,
    )
    return sorted(listed.stdout.decode().rstrip("\0").split("\0"))


def build(target: Path, root: Path = ROOT) -> None:
    """Pack the integration: the same files always make the same bytes.

    That is so with the same zlib; another one may compress the same content in another way. The archive has no folder on top: it is unpacked into the integration's own.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in files(root):
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = _UNIX
            info.external_attr = _MODE
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, (root / INTEGRATION / name).read_bytes())
