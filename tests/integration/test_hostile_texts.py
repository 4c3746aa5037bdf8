"""Whatever texts a meter sends, Home Assistant's stores, pages and log can hold them."""

import ast
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
import json
import logging
from pathlib import Path
from typing import Any, override

from homeassistant.components import recorder
from homeassistant.components.recorder import Recorder
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.json import save_json
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import Source
from custom_components.lovato_dmed4.charging.announcements import CHARGING_ENDED, event_type
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4 import repeating
from simulator import RestServer, SimulatedMeter
from simulator.logbook import Event, EventCode
from tests.dmed4.helpers import Peer
from tests.logbooks import rest_answers, rest_calls

from .helpers import (
    HOUSEKEEPING,
    Server,
    act,
    add_entry,
    add_meter,
    change_answer,
    fingerprint,
    impatient,
    pass_time,
    press,
    set_up,
    state_of,
    value,
)
from .plugin import (
    ClientSessionGenerator,
    WebSocketGenerator,
    async_capture_events,
    async_wait_recording_done,
    get_diagnostics_for_config_entry,
)
from .records import charge_of
from .test_logbook_platform import lines as logbook_lines

pytestmark = pytest.mark.usefixtures("recorder_mock", "entity_registry_enabled_by_default")

HOSTILE = {
    "not utf-8": "\udcff",
    "lines": "a\nWARNING forged\r\n",
    "controls": "\u202egnp.exe\x1b[31m\0",
    "long": "x" * 2_000,
    "markup": "[a](https://evil.example)<img src=x onerror=alert(1)>{meter}%s",
}
# What the pages of Home Assistant ask for.
PAGES = (
    "get_states",
    "config_entries/get",
    "config/device_registry/list",
    "config/entity_registry/list",
    "repairs/list_issues",
    "system_log/list",
)
# What a repair would show as a link, an image or markup.
MARKUP = ("[", "<", "`", "://evil")


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Make the recorder's database before Home Assistant."""


@dataclass(frozen=True, kw_only=True)
class House:
    """Home Assistant's stores and pages, to look whether they can hold what a meter sent."""

    hass: HomeAssistant
    client: ClientSessionGenerator
    socket: WebSocketGenerator
    caplog: pytest.LogCaptureFixture
    folder: Path

    async def check(self, entry: ConfigEntry) -> None:
        """Look at all of them."""
        await async_wait_recording_done(self.hass)
        self._check_stores(entry)
        await self._check_pages(entry)
        await self._check_recorder(entry)
        self._check_log()

    def _check_stores(self, entry: ConfigEntry) -> None:
        hass = self.hass
        stores = (dr.async_get(hass), er.async_get(hass), ir.async_get(hass), hass.config_entries)
        for number, store in enumerate(stores):
            save_json(str(self.folder / str(number)), store._data_to_save())  # type: ignore[attr-defined]
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id):
            for text in (device.name, device.model, device.sw_version, device.serial_number):
                assert _harmless(text or ""), device
        for issue in ir.async_get(hass).issues.values():
            for name, text in (issue.translation_placeholders or {}).items():
                assert _harmless(text), issue
                assert issue.domain != DOMAIN or not any(each in text for each in MARKUP), name

    async def _check_pages(self, entry: ConfigEntry) -> None:
        client = await self.client()
        begin = dt_util.utcnow().replace(hour=0, minute=0).isoformat().replace("+", "%2B")
        entities = ",".join(state.entity_id for state in self.hass.states.async_all())
        for path in (
            "states",
            f"history/period/{begin}?filter_entity_id={entities}",
            f"logbook/{begin}",
        ):
            answer = await client.get(f"/api/{path}")
            assert answer.ok, path
            for text in _texts(await answer.json()):
                assert _harmless(text), (path, text)
        socket = await self.socket()
        pages = [{"type": page} for page in PAGES]
        for page in (
            *pages,
            {"type": "logbook/get_events", "start_time": dt_util.now().isoformat()},
        ):
            await socket.send_json_auto_id(page)
            assert (await socket.receive_json())["success"], page
        await get_diagnostics_for_config_entry(self.hass, self.client, entry)

    async def _check_recorder(self, entry: ConfigEntry) -> None:
        """See that it holds the states, and none that it had to leave out."""
        instance = recorder.get_instance(self.hass)
        found = await instance.async_add_executor_job(_recorded, instance)
        assert found >= {
            entity.entity_id
            for entity in er.async_entries_for_config_entry(er.async_get(self.hass), entry.entry_id)
            if self.hass.states.get(entity.entity_id)
        }

    def _check_log(self) -> None:
        """No line of its own, no page of text, and no complaint of who keeps or sends something."""
        for record in self.caplog.records:
            line = record.getMessage()
            if record.name.startswith("custom_components.lovato_dmed4"):
                assert _harmless(line, 1000), line
            if record.name.startswith("homeassistant"):
                assert record.levelno < logging.ERROR, line
            if record.name.startswith(("homeassistant", "custom_components")):
                assert "WARNING forged" not in line.replace("a?WARNING forged", "")
                assert line.encode()


def _harmless(text: str, limit: int = 300) -> bool:
    return text.isprintable() and len(text) < limit


def _texts(answer: object) -> Iterator[str]:
    """All texts of an answer."""
    match answer:
        case dict():
            for name, each in answer.items():
                yield name
                yield from _texts(each)
        case list():
            for each in answer:
                yield from _texts(each)
        case str():
            yield answer


def _recorded(instance: Recorder) -> set[str]:
    """The entities whose states have attributes in the recorder's database that can be read."""
    assert instance.engine is not None
    with instance.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT entity_id, shared_attrs FROM states_meta"
            " JOIN (SELECT metadata_id, attributes_id FROM states) USING (metadata_id)"
            " JOIN state_attributes USING (attributes_id)"
        ).all()
    return {entity for entity, attributes in rows if json.loads(attributes)}


@pytest.fixture
async def house(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> House:
    # Before anyone has connected.
    for component in (
        "api",
        "config",
        "repairs",
        "system_log",
        "diagnostics",
        "history",
        "logbook",
    ):
        assert await async_setup_component(hass, component, {})
    caplog.set_level(logging.DEBUG, f"custom_components.{DOMAIN}")
    return House(
        hass=hass, client=hass_client, socket=hass_ws_client, caplog=caplog, folder=tmp_path
    )


# --- Answers of the web server ------------------------------------------------------------------


def spoil(value: Any, text: str) -> Any:
    """Put a text wherever a meter has one, also into names that are not in the manual."""
    match value:
        case dict():
            spoilt = {
                name: each if name.startswith("public_key") else spoil(each, text)
                for name, each in value.items()
            }
            return {**spoilt, text: text}
        case str():
            return text
    return value


def spoil_all(server: RestServer, text: str) -> None:
    """Let each answer of a web server hold nothing but a text where it holds any."""
    for answers in rest_calls(server).values():
        if (get := answers.get("GET")) is None:
            continue

        def spoilt(call: Any, get: Any = get) -> str:
            answer = get(call)
            try:
                return json.dumps(spoil(json.loads(answer), text))
            except ValueError:
                return json.dumps(text)

        answers["GET"] = spoilt


@pytest.mark.parametrize("text", HOSTILE)
async def test_no_text_over_rest(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter, house: House, text: str
) -> None:
    spoil_all(rest_server, HOSTILE[text])
    entry = add_entry(hass, rest_server, fingerprint(simulated))
    await set_up(hass, entry)
    await pass_time(hass, HOUSEKEEPING)
    assert state_of(entry) is ConfigEntryState.LOADED
    await house.check(entry)


async def test_no_reason_of_a_refusal(
    hass: HomeAssistant,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reason beside HTTP's status, and the page that comes with it: at a poll and at set-up."""
    impatient(monkeypatch)
    # One that says to be busy (503) is asked five times a second.
    monkeypatch.setattr(repeating, "BUSY_SECONDS", 1)
    entry = add_entry(hass, rest_server, fingerprint(simulated))
    await set_up(hass, entry)
    await rest_server.stop()
    async with _Refusing(rest_server.port) as peer:
        for peer.text in HOSTILE.values():
            for peer.status in (400, 501, 503):
                await pass_time(hass)
                assert value(hass, entry, "voltage") == "unavailable"
        await house.check(entry)
        assert await hass.config_entries.async_unload(entry.entry_id)
        for peer.text in HOSTILE.values():
            assert not await set_up(hass, entry)
            assert _harmless(entry.reason or "", 400)
            await house.check(entry)
            await hass.config_entries.async_unload(entry.entry_id)
    await rest_server.start()
    assert await set_up(hass, entry)


class _Refusing(Peer):
    """A web server that refuses everything, with a text of its own."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port
        self.status = 400
        self.text = ""

    @override
    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        said = self.text.encode(errors="surrogateescape")
        # A line break ends the reason; these two are said to, by some.
        reason = said.translate(bytes.maketrans(b"\r\n", b"\x0b\x85"))
        head = b"HTTP/1.1 %d %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        writer.write(head % (self.status, reason, len(said)) + said)
        await writer.drain()


# --- Where Markdown is read ---------------------------------------------------------------------


async def test_no_markup_of_a_stranger_is_rendered(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    """In the name of a device, in Activity, and in the sentences that notifications are made of."""
    markup = HOSTILE["markup"]
    change_answer(rest_server, "/v1/system_status", serial_number=markup)
    entry = await add_meter(hass, rest_server)
    events = async_capture_events(hass, event_type(CHARGING_ENDED))
    await press(hass, entry, "start")
    await press(hass, entry, "end")
    (line,) = logbook_lines(hass, events)
    explained = []
    for fields in ({"PG": f"T1{markup}"}, {"MS": markup}, {"TT": markup, "EF": markup}):
        begin, read, _ = charge_of(simulated, 5).records
        end = charge_of(simulated, 5, **fields, **{markup: 1}).end
        for raw in (begin, read, end, end.replace(b"112", b"111")):
            await entry.runtime_data.records.async_store(raw, Source.METER)
    sessions = (await act(hass, entry, "list_sessions"))["sessions"]
    for each in sessions:
        session = await act(hass, entry, "get_session", session_id=each["session_id"])
        explained += session["explanation"]
        for report in session["record_reports"]:
            explained += report["explanation"]
    quoted = [text for text in explained if "evil.example" in text]
    assert len(quoted) >= 3
    for text in (entry.title, line, *explained):
        assert not any(each in text for each in MARKUP), text


def test_each_repair_names_its_meter_without_markup() -> None:
    """A title may have come from the device, and a name is what each repair begins with."""
    named = 0
    for path in Path("custom_components/lovato_dmed4").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "async_create_issue" not in source:
            continue
        for call in ast.walk(ast.parse(source)):
            if not isinstance(call, ast.Call) or "async_create_issue" not in ast.unparse(call.func):
                continue
            (given,) = (
                each.value for each in call.keywords if each.arg == "translation_placeholders"
            )
            if isinstance(given, ast.Dict):
                names = {
                    ast.unparse(key): value
                    for key, value in zip(given.keys, given.values, strict=True)
                    if key
                }
                meter = ast.unparse(names["'meter'"])
                assert meter.startswith(("repair_name(", "without_markup(")), path
                named += 1
    assert named >= 8


# --- Logbooks, over each transport --------------------------------------------------------------


@dataclass(frozen=True)
class HostileEvent(Event):
    """An event of any bytes."""

    content: bytes = b""

    @override
    def raw(self) -> bytes:
        return self.content[:16].ljust(16, b"\0")


def log_events(server: Server, simulated: SimulatedMeter) -> None:
    """Log events that hold a text wherever they can."""
    for text in HOSTILE.values():
        content = text.encode(errors="surrogateescape")
        simulated.event_log.entries.append(HostileEvent(0, 0, EventCode.ERROR, content=content))
    if isinstance(server, RestServer):
        # Not longer than any event.
        texts = [text[:400] for text in HOSTILE.values()]

        def said(call: Any) -> str:
            text = texts[int(call.query["index_value"]) % len(texts)]
            names = ("date", "time", "event code", "arguments", text)
            return json.dumps(
                {"EVENT LOG": f"EVENT|{json.dumps(dict.fromkeys(names, text))}{text}"}
            )

        rest_answers(server, "events")["GET"] = said


def hostile_records(simulated: SimulatedMeter) -> Iterator[bytes]:
    """Records with a text in all of their fields: signed, changed after that, and not signed at all."""
    names = (
        "ID",
        "TT",
        "CI",
        "IS",
        "IL",
        "IT",
        "CT",
        "MV",
        "MM",
        "MS",
        "MF",
        "GI",
        "GS",
        "GV",
        "FV",
    )
    for number, text in enumerate(HOSTILE.values(), start=1):
        # Not longer than what a meter can have.
        short = text[:40]
        yield from charge_of(simulated, number, **dict.fromkeys(names, short)).records
        odd = json.dumps(
            {**dict.fromkeys(names, text), "PG": text, "RD": [{"TM": text, "RV": text}]}
        )
        yield f'OCMF|{odd}|{{"SD":{json.dumps(text)}}}'.encode()
        raw = text.encode(errors="surrogateescape")
        end = charge_of(simulated, number).end
        yield end.replace(b'"PG":"T%d"' % (3 * number), b'"PG":"%b"' % raw)
        yield b'OCMF|{"FV":"1.0","PG":"T%b","MS":"%b","ID":"%b"}|{"SD":"00"}' % (raw, raw, raw)


async def test_no_text_of_the_logbooks(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Over Modbus, whatever follows the model code (function 0x11).
    code, rest = simulated.model.slave_id, "".join(HOSTILE.values())
    answer = bytes([code]) + rest.encode(errors="surrogateescape")[:200]
    monkeypatch.setattr("simulator.modbus._identification", lambda _: answer)
    entry = add_entry(hass, server, fingerprint(simulated))
    assert await set_up(hass, entry)
    for record in hostile_records(simulated):
        simulated.plant_record(record)
    await entry.runtime_data.sync.async_run()
    log_events(server, simulated)
    await pass_time(hass, HOUSEKEEPING)
    await pass_time(hass, HOUSEKEEPING)
    assert int(value(hass, entry, "records_archived")) >= 4 * len(HOSTILE)
    assert int(value(hass, entry, "records_failed")) >= 1
    assert any("record_failed" in str(issue) for issue in ir.async_get(hass).issues)
    assert value(hass, entry, "metrological_event") not in {"unknown", "unavailable"}
    await house.check(entry)
