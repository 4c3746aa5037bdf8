"""Makes a release: `python -m tools.release --help`."""

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys

from . import ROOT, ZIP_NAME, ReleaseError, build, check, notes, version


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("check", help="compare a tag with manifest and changelog").add_argument(
        "tag"
    )
    commands.add_parser("notes", help="print what the changelog says of the version")
    packed = commands.add_parser("zip", help="pack the integration")
    packed.add_argument("file", type=Path, nargs="?", default=Path(ZIP_NAME))
    arguments = parser.parse_args(argv)
    try:
        match arguments.command:
            case "check":
                check(arguments.tag, root)
            case "notes":
                sys.stdout.write(notes(version(root), root))
            case _:
                build(arguments.file, root)
    except ReleaseError as error:
        sys.stderr.write(f"release: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
