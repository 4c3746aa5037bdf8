"""What importing the integration takes, in a process of its own: `python -m tools.benchmarks.imports`."""

import importlib
import json
import sys
import time
from typing import Final

# What the default configuration of a Home Assistant has imported before.
_HOME_ASSISTANT: Final = (
    "homeassistant.bootstrap",
    *(
        f"homeassistant.components.{name}"
        for name in (
            *("backup", "frontend", "http", "lovelace", "panel_custom", "recorder", "repairs"),
            *("sensor", "usb", "websocket_api"),
        )
    ),
)
# What is imported when somebody wants an examination or a statement.
_LATER: Final = tuple(
    f"custom_components.lovato_dmed4.{name}"
    for name in ("examination.", "statements.pdf", "statements.qr", "statements.xlsx")
)


def main() -> None:
    """Import first what Home Assistant needs, then the integration; print what that took as JSON."""
    for name in _HOME_ASSISTANT:
        importlib.import_module(name)
    before, start = set(sys.modules), time.process_time()
    importlib.import_module("custom_components.lovato_dmed4")
    new = set(sys.modules) - before
    packages = {name.partition(".")[0] for name in new} - {
        "custom_components",
        *sys.stdlib_module_names,
    }
    print(
        json.dumps(
            {
                "cpu": time.process_time() - start,
                "modules": len(new),
                "packages": sorted(packages),
                "later": sorted(name for name in new if name.startswith(_LATER)),
            }
        )
    )


if __name__ == "__main__":
    main()
