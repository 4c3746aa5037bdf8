"""One start in a process of its own: `python -m tools.benchmarks.one_start METERS`."""

import asyncio
import importlib
import json
import os
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


def measure_imports() -> dict[str, object]:
    """Import first what Home Assistant needs, then the integration, and measure that."""
    for name in _HOME_ASSISTANT:
        importlib.import_module(name)
    before, start = set(sys.modules), time.process_time()
    importlib.import_module("custom_components.lovato_dmed4")
    cpu, new = time.process_time() - start, set(sys.modules) - before
    packages = {name.partition(".")[0] for name in new} - {
        "custom_components",
        *sys.stdlib_module_names,
    }
    return {
        "cpu": cpu,
        "modules": len(new),
        "packages": sorted(packages),
        "later": sorted(name for name in new if name.startswith(_LATER)),
    }


def main(meters: str) -> None:
    """Import, then load the entries; print what that took as JSON."""
    imported = measure_imports()
    # It imports the integration.
    loading = importlib.import_module("tools.benchmarks.loading")
    seconds, cpu = asyncio.run(loading.measure_loading(int(meters)))
    print(json.dumps({**imported, "loading": seconds, "loading_cpu": cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
    # Letting go of all that was imported takes a while.
    sys.stdout.flush()
    os._exit(0)
