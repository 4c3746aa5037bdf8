"""The browser side: serves its files and sees to it that Home Assistant's pages load them."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
import hashlib
from pathlib import Path
from typing import Any, Final

from homeassistant.components import panel_custom
from homeassistant.components.frontend import (
    DATA_EXTRA_MODULE_URL,
    DOMAIN as FRONTEND_DOMAIN,
    add_extra_js_url,
    async_panel_exists,
    async_remove_panel,
)
from homeassistant.components.http import StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_TYPE, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER, PANEL_PATH

FOLDER: Final = Path(__file__).parent.parent / "frontend"

# The files' content is part of their address, so that browsers may keep them for as long as they
# like and never load one of another version.
_ROOT: Final = f"/{DOMAIN}_static"
_DIGEST_LENGTH: Final = 12

# For those who list their resources in YAML: an address that stays, and is asked for every time.
_STABLE_URL: Final = f"{_ROOT}/latest"

CARD: Final = "card.js"
_LOADER: Final = "loader.js"
_PANEL: Final = "panel.js"

# The element that the panel consists of.
_PANEL_ELEMENT: Final = "lovato-dmed4-panel"
_PANEL_ICON: Final = "mdi:file-certificate-outline"
_PANEL_TITLE: Final = f"component.{DOMAIN}.config_panel.panel.title"


@dataclass(frozen=True, slots=True)
class BrowserSide:
    """Where the files are.

    Attributes:
        url: their folder.
        lock: entries that are set up at the same time register the card one after the other.
    """

    url: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_BROWSER_SIDE: Final[HassKey[BrowserSide]] = HassKey(f"{DOMAIN}_browser_side")


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to become of the rows of Lovelace's resources.

    Attributes:
        update: the row whose address has to be changed; None for none.
        create: whether a row has to be made.
        delete: the rows that are too many.
    """

    update: str | None = None
    create: bool = False
    delete: tuple[str, ...] = ()


def plan(rows: Iterable[Mapping[str, Any]], url: str | None) -> Plan:
    """Find out what is left to do until the card is loaded once, from a URL; None for not at all."""
    ours = [row for row in rows if is_ours(row)]
    if url is None:
        return Plan(delete=tuple(row[CONF_ID] for row in ours))
    if not ours:
        return Plan(create=True)
    first, *others = ours
    right = first[CONF_URL] == url and first[CONF_TYPE] == "module"
    return Plan(
        update=None if right else first[CONF_ID],
        delete=tuple(row[CONF_ID] for row in others),
    )


def is_ours(row: Mapping[str, Any]) -> bool:
    """Whether a resource is the card, of whatever version."""
    return str(row[CONF_URL]).startswith(f"{_ROOT}/")


@contextmanager
def _never_fatal() -> Iterator[None]:
    try:
        yield
    except Exception:  # noqa: BLE001 - whatever it is, meters and their records matter more
        LOGGER.exception("The charge card or the panel could not be made available")


async def async_serve_files(hass: HomeAssistant) -> None:
    """Serve the files, once for the life of the process: a static path can't be taken back."""
    with _never_fatal():
        digest = await hass.async_add_executor_job(_digest, FOLDER)
        side = BrowserSide(f"{_ROOT}/{digest}")
        await hass.http.async_register_static_paths(
            [
                StaticPathConfig(side.url, str(FOLDER), cache_headers=True),
                StaticPathConfig(_STABLE_URL, str(FOLDER), cache_headers=False),
            ]
        )
        hass.data[_BROWSER_SIDE] = side


def _digest(folder: Path) -> str:
    """Sum the files up; blocks for reading them."""
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:_DIGEST_LENGTH]


async def async_offer_card(hass: HomeAssistant) -> None:
    """Let dashboards know the card, as long as there is a frontend."""
    side, lovelace = hass.data.get(_BROWSER_SIDE), hass.data.get(LOVELACE_DATA)
    if side is None or lovelace is None:
        return
    with _never_fatal():
        resources = lovelace.resources
        if isinstance(resources, ResourceStorageCollection):
            async with side.lock:
                await _async_apply(resources, f"{side.url}/{CARD}")
        elif not any(is_ours(row) for row in resources.async_items() or ()):
            _async_load_without_resource(hass, f"{side.url}/{_LOADER}")


@callback
def _async_load_without_resource(hass: HomeAssistant, loader: str) -> None:
    """Load the card with every page, where resources are listed in YAML and the card is not."""
    if loader in hass.data[DATA_EXTRA_MODULE_URL].urls:
        return
    add_extra_js_url(hass, loader)
    LOGGER.warning(
        "Dashboard resources are listed in YAML, without the charge card. It is loaded in another "
        "way, which may miss the first visit of a browser. To load it reliably, add:\n"
        "lovelace:\n  resources:\n    - url: %s/%s\n      type: module",
        _STABLE_URL,
        CARD,
    )


async def async_withdraw_card(hass: HomeAssistant) -> None:
    """Leave no resource behind when the last entry is removed."""
    lovelace = hass.data.get(LOVELACE_DATA)
    if lovelace is not None and isinstance(lovelace.resources, ResourceStorageCollection):
        with _never_fatal():
            await _async_apply(lovelace.resources, None)


async def async_offer_panel(hass: HomeAssistant) -> None:
    """Show the records in the sidebar, to administrators, as long as there is a frontend."""
    side = hass.data.get(_BROWSER_SIDE)
    if side is None or FRONTEND_DOMAIN not in hass.config.components:
        return
    with _never_fatal():
        async with side.lock:
            if not async_panel_exists(hass, PANEL_PATH):
                await _async_register_panel(hass, side)


async def _async_register_panel(hass: HomeAssistant, side: BrowserSide) -> None:
    texts = await async_get_translations(hass, hass.config.language, "config_panel", {DOMAIN})
    # No `config_panel_domain`: it would take the place of the entries' options.
    await panel_custom.async_register_panel(
        hass,
        frontend_url_path=PANEL_PATH,
        webcomponent_name=_PANEL_ELEMENT,
        sidebar_title=texts[_PANEL_TITLE],
        sidebar_icon=_PANEL_ICON,
        module_url=f"{side.url}/{_PANEL}",
        require_admin=True,
        handle_safe_area=True,
    )


@callback
def async_withdraw_panel(hass: HomeAssistant) -> None:
    """Take the panel away when the last meter is removed."""
    async_remove_panel(hass, PANEL_PATH, warn_if_unknown=False)


async def _async_apply(resources: ResourceStorageCollection, url: str | None) -> None:
    """Bring the resources into order."""
    await resources.async_get_info()  # loads them
    todo = plan(resources.async_items(), url)
    row = {"res_type": "module", CONF_URL: url}
    if todo.create:
        await resources.async_create_item(row)
    if todo.update is not None:
        await resources.async_update_item(todo.update, row)
    for item in todo.delete:
        await resources.async_delete_item(item)
