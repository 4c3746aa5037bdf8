"""Home Assistants that know from the start what is the same for all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any
from unittest.mock import patch

from aiousbwatcher import AIOUSBWatcher
from aiozoneinfo import CachedZoneInfo
from homeassistant import components, loader
from homeassistant.components.http import HomeAssistantHTTP
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.template import TemplateEnvironment
from homeassistant.util import dt as dt_util, executor
from homeassistant.util.json import json_loads_object

import custom_components
from custom_components.lovato_dmed4 import PLATFORMS
from custom_components.lovato_dmed4.const import DOMAIN

# What a meter brings along, beside its platforms.
_BUILT_IN = ("homeassistant", "http", "usb", "websocket_api", *(str(name) for name in PLATFORMS))


class _Known:
    """An integration as it lies on the disk."""

    def __init__(self, root: ModuleType, domain: str) -> None:
        self._package = f"{root.__name__}.{domain}"
        self._path = next(path for base in root.__path__ if (path := Path(base) / domain).is_dir())
        self._manifest = (self._path / "manifest.json").read_bytes()
        self._files = frozenset(path.name for path in self._path.iterdir())

    def make(self, hass: HomeAssistant) -> loader.Integration:
        """Make it for a Home Assistant, as the loader does once it has read it."""
        return loader.Integration(
            hass,
            self._package,
            self._path,
            json_loads_object(self._manifest),  # type: ignore[arg-type]
            set(self._files),
        )


@contextmanager
def known_integrations() -> Iterator[None]:
    """Let each Home Assistant begin with the manifests that each of them would read from the disk.

    That took a dozen turns of a thread in each test, and the time zone of the test tools another.
    """
    built_in = {domain: _Known(components, domain) for domain in _BUILT_IN}
    ours = _Known(custom_components, DOMAIN)
    set_up = loader.async_setup

    @callback
    def set_up_knowing(hass: HomeAssistant) -> None:
        set_up(hass)
        hass.data[loader.DATA_INTEGRATIONS].update(
            {domain: known.make(hass) for domain, known in built_in.items()}
        )
        hass.data[loader.DATA_CUSTOM_COMPONENTS] = {DOMAIN: ours.make(hass)}

    zone = CachedZoneInfo("US/Pacific")
    with patch.object(loader, "async_setup", set_up_knowing):
        yield
    del zone


@contextmanager
def listening_nowhere() -> Iterator[None]:
    """Let no Home Assistant open a port of its own, nor watch what is plugged into this machine."""

    async def do_nothing(_: HomeAssistantHTTP) -> None:
        """Take the place of what opens a port."""

    def watch_nothing(_: AIOUSBWatcher) -> CALLBACK_TYPE:
        return lambda: None

    with (
        patch.object(HomeAssistantHTTP, "async_bind", do_nothing),
        patch.object(HomeAssistantHTTP, "start", do_nothing),
        patch.object(AIOUSBWatcher, "async_start", watch_nothing),
    ):
        yield


@contextmanager
def threads_that_may_end() -> Iterator[None]:
    """Let Home Assistant wait for its threads as long as a busy machine needs to end them.

    After a tenth of the usual 10 s, which they share, it would interrupt them though they are about to end.
    """
    with patch.object(executor, "EXECUTOR_SHUTDOWN_TIMEOUT", 120):
        yield


@contextmanager
def templates_compiled_once() -> Iterator[None]:
    """Let all Home Assistants share what templates are compiled to: a fifth of a blueprint's test."""
    known: dict[tuple[object, ...], CodeType] = {}
    compile_anew = TemplateEnvironment.compile

    def compile_once(env: TemplateEnvironment, source: Any, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs or not isinstance(source, str):
            return compile_anew(env, source, *args, **kwargs)
        # All that the compiler asks an environment for, and what constants are read with.
        names = (frozenset(each) for each in (env.filters, env.tests, env.globals))
        key = (source, dt_util.get_default_time_zone(), *names)
        if key not in known:
            known[key] = compile_anew(env, source)
        env.template_cache[source] = env.compiled_code_pin[source] = known[key]
        return known[key]

    with patch.object(TemplateEnvironment, "compile", compile_once):
        yield
