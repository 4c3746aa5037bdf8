"""A fresh Home Assistant that needs no network and listens on this machine only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import fcntl
import json
import os
from pathlib import Path
import re
import shutil
import socket
import sys

from .console import DemoError
from .process import Process, start

HOST = "127.0.0.1"
REPOSITORY = Path(__file__).resolve().parents[2]
INTEGRATION = REPOSITORY / "custom_components" / "lovato_dmed4"
LOG_NAME = "home-assistant.log"
# Asked for by the "Restart" of the user interface.
RESTART_EXIT_CODE = 100
# 3 to 6 s on two cores, 13 s when Python has to compile everything first; the rest is for slow machines.
START_SECONDS = 60
READY = re.compile("Starting Home Assistant")
# What the command `hass` does, but for three things, which save a tenth of a start's processor time and a second or
# more at the end. What reads the answers of a Supervisor is not compiled, as there is none. Python looks for
# garbage less often. When Home Assistant has stopped, its process ends at once: Python would let go of hundreds of
# thousands of objects one by one.
_HASS = """
import gc
import os
from mashumaro.config import BaseConfig

BaseConfig.lazy_compilation = True
gc.set_threshold(20_000, 10, 10)

from homeassistant.__main__ import main

os._exit(main())
"""

# The integrations of `default_config` would look for devices and services on the network. An `http:` here would be
# taken as a trial that Home Assistant reverts after five minutes: the port is set in .storage/http instead.
# Of the default integrations, the camera wants ffmpeg and libturbojpeg and says so loudly; the demo has no camera.
CONFIGURATION = """\
homeassistant:
  name: DMED4 demo
  latitude: 45.69
  longitude: 9.67
  elevation: 250
  unit_system: metric
  time_zone: Europe/Rome
  currency: EUR
  country: IT
  internal_url: {url}
  external_url: {url}

frontend:
api:
config:
history:
logbook:
energy:
sun:

recorder:
  commit_interval: 1

logger:
  default: warning
  logs:
    custom_components: debug
    homeassistant.core: info
    haffmpeg: critical
    homeassistant.components.camera.img_util: critical
"""


def base_url(port: int) -> str:
    """Return the address of the demo's Home Assistant."""
    return f"http://{HOST}:{port}"


def free_port(wanted: int = 0) -> int:
    """Return the requested port if nothing listens there, else any free one.

    It has to be found out beforehand: a Home Assistant that cannot have its port starts in recovery mode, on all
    addresses of the machine.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
        return port


def prepare(folder: Path, port: int, configuration: str = CONFIGURATION) -> Path:
    """Make the folder anew, with a configuration folder in it, which is returned."""
    config = folder / "config"
    _refuse_if_in_use(config)
    shutil.rmtree(folder, ignore_errors=True)
    storage = config / ".storage"
    storage.mkdir(parents=True)
    (config / "configuration.yaml").write_text(configuration.format(url=base_url(port)))
    _store(storage, "http", 2, 2, _http_settings(port))
    # Only the step that makes the first user is left to do.
    _store(storage, "onboarding", 4, 1, {"done": ["core_config", "analytics", "integration"]})
    # Without this, discovery goes out on the network, and where there is none (a container without one),
    # Home Assistant cannot even make the session that its integrations share for HTTP.
    _store(storage, "core.network", 1, 1, {"configured_adapters": ["lo", "lo0"]})
    (config / "custom_components").mkdir()
    (config / "custom_components" / INTEGRATION.name).symlink_to(INTEGRATION)
    return config


def _refuse_if_in_use(config: Path) -> None:
    """Leave a demo alone that runs in the same folder: Home Assistant holds a lock in it."""
    lock_file = config / ".ha_run.lock"
    try:
        with lock_file.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return
    except BlockingIOError:
        raise DemoError(
            f"A Home Assistant runs in {config}; stop it first: {lock_file.read_text()}"
        ) from None


def _store(storage: Path, key: str, version: int, minor_version: int, data: object) -> None:
    content = {"version": version, "minor_version": minor_version, "key": key, "data": data}
    (storage / key).write_text(json.dumps(content))


def _http_settings(port: int) -> dict[str, object]:
    return {
        "stable": {
            "server_port": port,
            "server_host": [HOST],
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": False,
            "ssl_profile": "modern",
            "use_x_frame_options": True,
            "created_at": "2026-01-01T00:00:00+00:00",
            "error": None,
            "error_message": None,
        },
        "pending": None,
        "yaml_migration_done": True,
    }


def _environment(config: Path) -> dict[str, str]:
    """Return the environment: nothing of the user's home, and Python's cache on, as each start needs it."""
    tools = Path(sys.executable).parent
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {
        "HOME": str(config),
        "LANG": "C.UTF-8",
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
    }


async def start_home_assistant(folder: Path) -> Process:
    """Start the Home Assistant of the folder; `READY` is the line it prints when it is ready."""
    config = folder / "config"
    return await start(
        "Home Assistant",
        *(sys.executable, "-P", "-c", _HASS),
        "--config",
        config,
        "--skip-pip",
        "--log-no-color",
        log=folder / LOG_NAME,
        cwd=config,
        env=_environment(config),
    )


@asynccontextmanager
async def home_assistant(folder: Path) -> AsyncIterator[Process]:
    """Run the Home Assistant of the folder, ready to be talked to."""
    process = await start_home_assistant(folder)
    try:
        await process.wait_for_line(READY, START_SECONDS)
        yield process
    finally:
        await process.stop()
