"""Print the tables of docs/performance.md: `python -m tools.benchmarks [PART …]`, by default all of them."""

import argparse
import subprocess
import sys
from typing import Final

PARTS: Final = ("shares", "parts", "polls", "start", "history", "archive", "statements")


def main() -> None:
    """Run the parts one after the other, each in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}")
    for part in parser.parse_args().part or PARTS:
        if part not in PARTS:
            parser.error(f"there is no part {part}")
        print(f"\n## {part}\n", flush=True)
        subprocess.run([sys.executable, "-m", f"tools.benchmarks.{part}"], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
