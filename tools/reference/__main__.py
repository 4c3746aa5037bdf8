"""Write the reference, or with --check say whether it is up to date."""

import argparse
import sys

from . import ROOT, pages


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="scripts/reference-docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    check = parser.parse_args().check
    stale = [
        (path, text)
        for path, text in pages()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        name = path.relative_to(ROOT)
        if check:
            sys.stderr.write(f"{name} is out of date: run scripts/reference-docs\n")
        else:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{name} written\n")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
