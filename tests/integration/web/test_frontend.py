"""How the browser side gets to Home Assistant's pages."""

from collections.abc import AsyncIterator
import gzip
from http import HTTPStatus
import json
from pathlib import Path
import sys
from types import ModuleType
from typing import Any

from homeassistant.components.frontend import (
    DATA_EXTRA_MODULE_URL,
    DATA_PANELS,
    Panel,
    async_remove_panel,
)
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.const import DOMAIN, PANEL_PATH
from custom_components.lovato_dmed4.web import frontend as panel
from custom_components.lovato_dmed4.web.frontend import FOLDER, Plan, plan
from simulator import ManualClock, ModbusTcpServer, RemoteDisplay, RestServer, SimulatedMeter
from tests.integration.helpers import add_meter, complaints, is_available, value
from tests.integration.plugin import ClientSessionGenerator

ROOT = "/lovato_dmed4_static"
FILES = ("index.html", "authorize.html", "onboarding.html", "robots.txt", "service_worker.js")
WORKERS = ("sw-modern.js", "sw-modern.js.map", "sw-legacy.js", "sw-legacy.js.map")


@pytest.fixture(autouse=True)
def _frontend_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do without the package of Home Assistant's pages: only where it is matters here."""
    for folder in ("static", "frontend_latest", "frontend_es5"):
        (tmp_path / folder).mkdir()
    for file in (*FILES, *WORKERS):
        (tmp_path / file).touch()
    package = ModuleType("hass_frontend")
    package.where = lambda: tmp_path  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "hass_frontend", package)


@pytest.fixture
async def dashboards(hass: HomeAssistant) -> None:
    """Set Home Assistant's dashboards up as they are by default."""
    assert await async_setup_component(hass, "frontend", {})


@pytest.fixture
async def yaml_dashboards(hass: HomeAssistant, resources: list[dict[str, str]]) -> None:
    """Set them up with resources listed in YAML."""
    config = {"lovelace": {"resource_mode": "yaml", "resources": resources}}
    assert await async_setup_component(hass, "frontend", config)


@pytest.fixture
def resources() -> list[dict[str, str]]:
    return [{"url": "/local/other.js", "type": "module"}]


async def rows(hass: HomeAssistant) -> list[dict[str, Any]]:
    found = hass.data[LOVELACE_DATA].resources
    await found.async_get_info()
    return [dict(row) for row in found.async_items()]


def urls(found: list[dict[str, Any]]) -> list[str]:
    return [row["url"] for row in found]


async def add_row(hass: HomeAssistant, url: str) -> str:
    resources = hass.data[LOVELACE_DATA].resources
    assert isinstance(resources, ResourceStorageCollection)
    row = await resources.async_create_item({"res_type": "module", "url": url})
    return str(row["id"])


@pytest.mark.usefixtures("dashboards")
async def test_card_is_loaded_and_served(
    hass: HomeAssistant, rest_server: RestServer, hass_client_no_auth: ClientSessionGenerator
) -> None:
    entry = await add_meter(hass, rest_server)
    (row,) = await rows(hass)
    assert row["type"] == "module"
    base, name = row["url"].rsplit("/", 1)
    assert base.startswith(f"{ROOT}/")
    assert name == "card.js"

    browser = await hass_client_no_auth()
    for file in FOLDER.glob("*.js"):
        for address, cache in ((base, "max-age=2678400"), (f"{ROOT}/latest", "")):
            response = await browser.get(f"{address}/{file.name}")
            assert response.status == HTTPStatus.OK
            assert await response.read() == file.read_bytes()
            assert "javascript" in response.content_type
            assert cache in response.headers.get("Cache-Control", "")
            assert bool(cache) == ("Cache-Control" in response.headers)
    for path in ("", "nothing.js", "../manifest.json", "..%2fmanifest.json", "%2e%2e/panel.py"):
        response = await browser.get(f"{base}/{path}")
        assert HTTPStatus.BAD_REQUEST <= response.status <= HTTPStatus.NOT_FOUND

    for _ in range(2):
        assert await hass.config_entries.async_reload(entry.entry_id)
    assert await rows(hass) == [row]


@pytest.mark.usefixtures("dashboards")
async def test_only_what_is_meant_for_browsers_is_served(hass: HomeAssistant) -> None:
    plain = list(FOLDER.glob("*.js"))
    assert {file.name for file in FOLDER.iterdir()} == {
        f"{file.name}{packed}" for file in plain for packed in ("", ".br", ".gz")
    }
    for file in plain:
        assert "sourceMappingURL" not in file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("dashboards")
@pytest.mark.parametrize(
    ("understood", "encoding", "ending"),
    [
        ("gzip, deflate, br, zstd", "br", ".br"),
        ("gzip, deflate", "gzip", ".gz"),
        ("identity", None, ""),
    ],
)
async def test_what_a_browser_understands_is_sent_compressed(
    hass: HomeAssistant,
    rest_server: RestServer,
    aiohttp_client: ClientSessionGenerator,
    *,
    understood: str,
    encoding: str | None,
    ending: str,
) -> None:
    await add_meter(hass, rest_server)
    (row,) = await rows(hass)
    browser = await aiohttp_client(hass.http.app, auto_decompress=False)
    for address in (row["url"], f"{ROOT}/latest/card.js"):
        response = await browser.get(address, headers={"Accept-Encoding": understood})
        assert response.headers.get("Content-Encoding") == encoding
        # A proxy must not hand it to a browser that understands another one.
        assert response.headers.get("Vary") == ("Accept-Encoding" if encoding else None)
        assert response.headers["Content-Type"].startswith("text/javascript")
        sent = await response.read()
        assert sent == (FOLDER / f"card.js{ending}").read_bytes()
        if encoding == "gzip":
            assert gzip.decompress(sent) == (FOLDER / "card.js").read_bytes()
        assert (2 * len(sent) < (FOLDER / "card.js").stat().st_size) == bool(encoding)


@pytest.mark.usefixtures("dashboards")
async def test_an_update_changes_the_row(
    hass: HomeAssistant, rest_server: RestServer, modbus_server: ModbusTcpServer
) -> None:
    other = await add_row(hass, "/local/other.js")
    old = await add_row(hass, f"{ROOT}/000000000000/card.js")
    await add_row(hass, f"{ROOT}/111111111111/card.js")
    await add_meter(hass, rest_server)
    found = await rows(hass)
    assert [row["id"] for row in found] == [other, old]
    assert found[0]["url"] == "/local/other.js"
    assert found[1]["url"].startswith(f"{ROOT}/")
    assert "000000000000" not in found[1]["url"]


@pytest.mark.usefixtures("dashboards")
async def test_the_row_goes_with_the_last_entry(
    hass: HomeAssistant, rest_server: RestServer, simulated_2: ModbusTcpServer
) -> None:
    await add_row(hass, "/local/other.js")
    first, second = await add_meter(hass, rest_server), await add_meter(hass, simulated_2)
    assert len(await rows(hass)) == 2
    await hass.config_entries.async_remove(first.entry_id)
    assert len(await rows(hass)) == 2
    await hass.config_entries.async_remove(second.entry_id)
    assert urls(await rows(hass)) == ["/local/other.js"]

    await add_meter(hass, rest_server)
    assert len(await rows(hass)) == 2


@pytest.fixture
async def simulated_2(clock: ManualClock) -> AsyncIterator[ModbusTcpServer]:
    """Serve another meter."""
    async with ModbusTcpServer(SimulatedMeter(seed=2, clock=clock)) as server:
        yield server


@pytest.mark.usefixtures("yaml_dashboards")
async def test_resources_in_yaml(
    hass: HomeAssistant, rest_server: RestServer, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await add_meter(hass, rest_server)
    assert await hass.config_entries.async_reload(entry.entry_id)
    (url,) = hass.data[DATA_EXTRA_MODULE_URL].urls
    assert url.startswith(f"{ROOT}/")
    assert url.endswith("/loader.js")
    (told,) = complaints(caplog)
    assert (
        "lovelace:\n  resources:\n    - url: /lovato_dmed4_static/latest/card.js\n      type: module"
        in told
    )
    assert urls(await rows(hass)) == ["/local/other.js"]
    await hass.config_entries.async_remove(entry.entry_id)
    assert urls(await rows(hass)) == ["/local/other.js"]


@pytest.mark.usefixtures("yaml_dashboards")
@pytest.mark.parametrize(
    "resources", [[{"url": f"{ROOT}/latest/card.js", "type": "module"}]], ids=["listed"]
)
async def test_resources_in_yaml_with_the_card(
    hass: HomeAssistant, rest_server: RestServer, caplog: pytest.LogCaptureFixture
) -> None:
    await add_meter(hass, rest_server)
    assert not hass.data[DATA_EXTRA_MODULE_URL].urls
    assert not complaints(caplog)


async def test_without_a_frontend(
    hass: HomeAssistant, rest_server: RestServer, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await add_meter(hass, rest_server)
    assert LOVELACE_DATA not in hass.data
    assert is_available(hass, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    assert not complaints(caplog)


@pytest.mark.usefixtures("dashboards")
async def test_a_failure_of_the_browser_side_is_none_of_the_meter(
    hass: HomeAssistant,
    rest_server: RestServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(panel, "FOLDER", FOLDER / "missing")
        entry = await add_meter(hass, rest_server)
    assert value(hass, entry, "voltage") == "0.0"
    assert await rows(hass) == []
    (told,) = complaints(caplog)
    assert "could not be made available" in told
    await hass.config_entries.async_remove(entry.entry_id)


@pytest.mark.usefixtures("dashboards")
async def test_resources_that_can_not_be_written(
    hass: HomeAssistant,
    rest_server: RestServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(hass.data[LOVELACE_DATA].resources, "async_create_item", None)
        entry = await add_meter(hass, rest_server)
    assert is_available(hass, entry)
    assert len(complaints(caplog)) == 1

    assert await hass.config_entries.async_reload(entry.entry_id)
    assert len(await rows(hass)) == 1
    with monkeypatch.context() as patch:
        patch.setattr(hass.data[LOVELACE_DATA].resources, "async_delete_item", None)
        await hass.config_entries.async_remove(entry.entry_id)
    assert not hass.config_entries.async_entries(DOMAIN)
    assert len(complaints(caplog)) == 2


def shown_panel(hass: HomeAssistant) -> Panel | None:
    return hass.data[DATA_PANELS].get(PANEL_PATH)


@pytest.mark.usefixtures("dashboards")
async def test_panel_is_shown_to_administrators(
    hass: HomeAssistant, rest_server: RestServer, hass_client_no_auth: ClientSessionGenerator
) -> None:
    entry = await add_meter(hass, rest_server)
    panel = shown_panel(hass)
    assert panel is not None
    assert panel.require_admin
    assert panel.sidebar_title == "Charging records"
    # It would take the place of the options of each meter.
    assert panel.config_panel_domain is None
    assert panel.config is not None
    custom = panel.config["_panel_custom"]
    assert custom["name"] == "lovato-dmed4-panel"
    assert custom["handle_safe_area"]
    assert not custom["embed_iframe"]
    # It shares a file with the card, which only works from the same folder.
    (row,) = await rows(hass)
    assert custom["module_url"] == row["url"].replace("card.js", "panel.js")
    response = await (await hass_client_no_auth()).get(custom["module_url"])
    assert await response.read() == (FOLDER / "panel.js").read_bytes()

    # An open panel is not replaced, which would lose what was chosen in it.
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert shown_panel(hass) is panel


@pytest.mark.usefixtures("dashboards")
async def test_panel_goes_with_the_last_meter(
    hass: HomeAssistant, rest_server: RestServer, simulated_2: ModbusTcpServer
) -> None:
    async with ModbusTcpServer(RemoteDisplay()) as display_server:
        shown = await add_display(hass, display_server)
        assert shown_panel(hass) is None
        first, second = await add_meter(hass, rest_server), await add_meter(hass, simulated_2)
        await hass.config_entries.async_remove(first.entry_id)
        assert shown_panel(hass) is not None
        await hass.config_entries.async_remove(second.entry_id)
        assert shown_panel(hass) is None

        await add_meter(hass, rest_server)
        assert shown_panel(hass) is not None
        assert await hass.config_entries.async_unload(shown.entry_id)


async def add_display(hass: HomeAssistant, server: ModbusTcpServer) -> ConfigEntry[Any]:
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    form = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": "modbus_tcp"}
    )
    fields = {"host": server.host, "port": server.port, "unit_id": 1, "framing": "tcp"}
    done = await hass.config_entries.flow.async_configure(form["flow_id"], fields)
    entry: ConfigEntry[Any] = done["result"]
    return entry


@pytest.mark.usefixtures("dashboards")
async def test_panel_of_a_meter_that_can_not_be_reached(
    hass: HomeAssistant, rest_server: RestServer
) -> None:
    entry = await add_meter(hass, rest_server)
    async_remove_panel(hass, PANEL_PATH)
    await rest_server.stop()
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert shown_panel(hass) is not None
    await rest_server.start()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert is_available(hass, entry)


@pytest.mark.usefixtures("dashboards")
async def test_panel_that_can_not_be_registered(
    hass: HomeAssistant,
    rest_server: RestServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(panel, "_PANEL_TITLE", "missing")
        entry = await add_meter(hass, rest_server)
    assert is_available(hass, entry)
    assert shown_panel(hass) is None
    assert len(complaints(caplog)) == 1
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert shown_panel(hass) is not None


URL = f"{ROOT}/abc/card.js"


def row(number: int, url: str = URL, kind: str = "module") -> dict[str, str]:
    return {"id": str(number), "url": url, "type": kind}


OTHER = row(9, "/hacsfiles/lovato_dmed4_static.js")


@pytest.mark.parametrize(
    ("there", "todo"),
    [
        ([], Plan(create=True)),
        ([OTHER], Plan(create=True)),
        ([row(1)], Plan()),
        ([OTHER, row(1)], Plan()),
        ([row(1, f"{ROOT}/old/card.js")], Plan(update="1")),
        ([row(1, kind="js")], Plan(update="1")),
        ([row(1), row(2)], Plan(delete=("2",))),
        ([row(1, f"{ROOT}/old/card.js"), OTHER, row(2)], Plan(update="1", delete=("2",))),
    ],
)
def test_plan(there: list[dict[str, str]], todo: Plan) -> None:
    assert plan(there, URL) == todo
    assert plan(there, None) == Plan(delete=tuple(one["id"] for one in there if one is not OTHER))


def test_manifest_names_what_has_to_be_there_before() -> None:
    manifest = json.loads((FOLDER.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["after_dependencies"] == [
        "frontend",
        "lovelace",
        "modbus",
        "panel_custom",
        "recorder",
    ]
