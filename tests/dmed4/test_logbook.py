"""The logbooks (manual: getting an OCMF file, getting the event log, v1/logbook/…)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
import json
import struct
from typing import Any

import pytest

from custom_components.lovato_dmed4.dmed4 import logbook as module
from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    EntryNotFoundError,
    EntryNotReadyError,
    MeterError,
    RefusedError,
    SearchNotOfferedError,
    SilentError,
    UnexpectedAnswerError,
)
from custom_components.lovato_dmed4.dmed4.event_news import EventMark, EventNews, look_for_events
from custom_components.lovato_dmed4.dmed4.event_text import parse_event
from custom_components.lovato_dmed4.dmed4.logbook import read_events, read_records
from custom_components.lovato_dmed4.dmed4.meter import Logbook, Meter
from custom_components.lovato_dmed4.dmed4.model import Feature, LogbookInfo, MetrologicalEvent
from simulator import ManualClock, ModbusTcpServer, RestServer, SimulatedMeter
from simulator.errors import NoEntryError
from simulator.logbook import Download
from simulator.record import Record
from simulator.registers import METER_REGISTERS
from tests.logbooks import find_entries_at_once, log_events, rest_answers, sign

from .helpers import TRANSPORTS, client, reached


@pytest.fixture(params=[0, 1], ids=["from-0", "from-1"])
def index_base(request: pytest.FixtureRequest) -> int:
    """Run the test with both readings of what the index of the last entry is."""
    return int(request.param)


@pytest.fixture
def readings() -> dict[str, str]:
    """For tests that want another reading of the manual."""
    return {}


@pytest.fixture
def simulated(
    index_base: int, readings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> SimulatedMeter:
    """Make a meter whose time stands still, and that signs and finds entries at once."""
    find_entries_at_once(monkeypatch)
    return SimulatedMeter(
        clock=ManualClock(1_760_000_000.0),
        signing_time=0,
        checking_time=0,
        max_records=6,
        max_events=5,
        readings={"logbook_index": str(index_base), **readings},
    )


@pytest.fixture
def logbook(meter: Meter) -> Logbook:
    return meter.logbook


FROM_0 = pytest.mark.parametrize("index_base", [0])


def sent(server: ModbusTcpServer) -> list[tuple[int, int]]:
    """The registers written, and what."""
    return [
        (address + 1, value)
        for function, address, value in (struct.unpack(">BHH", pdu[:5]) for pdu in server.requests)
        if function == 0x06
    ]


async def listed(logbook: Logbook, offset: int = 0, limit: int = 100) -> list[str]:
    return [record.decode() async for _, record in read_records(logbook, offset, limit)]


# --- Records ------------------------------------------------------------------------------------


async def test_record_by_position(simulated: SimulatedMeter, logbook: Logbook) -> None:
    records = sign(simulated, 4)
    for position in (2, 0, 3, 1):
        assert (await logbook.read_record(position)).decode() == records[position]
    assert (await logbook.find_first()).decode() == records[-1]


async def test_the_only_record(simulated: SimulatedMeter, logbook: Logbook) -> None:
    (record,) = sign(simulated, 1)
    with pytest.raises(EntryNotFoundError):
        await logbook.read_record(1)
    assert (await logbook.read_record(0)).decode() == record
    assert (await logbook.find_first()).decode() == record
    # What the missing record was taken for does not stick.
    records = sign(simulated, 2)
    assert await listed(logbook) == records


async def test_no_record(simulated: SimulatedMeter, logbook: Logbook) -> None:
    for reading in (logbook.read_record(0), logbook.read_record(3), logbook.find_first()):
        with pytest.raises(EntryNotFoundError):
            await reading
    assert await listed(logbook) == []
    assert await listed(logbook, 5) == []
    records = sign(simulated, 2)
    assert await listed(logbook) == records


async def test_records_of_a_full_ring(simulated: SimulatedMeter, logbook: Logbook) -> None:
    everything = sign(simulated, 8)
    assert len(everything) == 6
    assert await listed(logbook) == everything
    assert await listed(logbook, 2, 3) == everything[2:5]
    assert (await logbook.find_first()).decode() == everything[-1]
    with pytest.raises(EntryNotFoundError):
        await logbook.read_record(6)


async def test_record_that_is_gone(simulated: SimulatedMeter, logbook: Logbook) -> None:
    """The meter can refuse an entry that it has just counted."""
    records = sign(simulated, 3)
    await logbook.read_record(1)
    simulated.record_log.entries.popleft()
    assert await listed(logbook) == records[:2]


@pytest.mark.parametrize("readings", [{"ocmf_text": "unescaped", "names": "spaces"}, {}])
@pytest.mark.parametrize("transport", ["rest"])
async def test_record_by_its_numbers(simulated: SimulatedMeter, logbook: Logbook) -> None:
    sign(simulated, 2, "AAAA")
    records = sign(simulated, 2, "B B/&B")
    assert (await logbook.find_by_progressive(2)).decode() == records[2]
    assert (await logbook.find_by_transaction("B B/&B")).decode() == records[0]
    assert (await logbook.find_by_transaction("T1")).decode() == records[3]
    for search in (logbook.find_by_progressive(9), logbook.find_by_transaction("nobody")):
        with pytest.raises(EntryNotFoundError, match="no such record"):
            await search


@FROM_0
@pytest.mark.parametrize("transport", ["modbus"])
async def test_modbus_has_no_search(simulated: SimulatedMeter, meter: Meter) -> None:
    sign(simulated, 1)
    assert Feature.RECORD_SEARCH not in meter.features
    for search in (meter.logbook.find_by_progressive(1), meter.logbook.find_by_transaction("T1")):
        with pytest.raises(SearchNotOfferedError):
            await search


async def test_requests_of_a_record(
    simulated: SimulatedMeter, modbus_server: ModbusTcpServer, index_base: int
) -> None:
    # Manual: getting an OCMF file other than the last; 0x2F29 is repeated for each.
    sign(simulated, 5)
    async with client("modbus", modbus_server.port) as meter:
        await meter.logbook.read_record(1)
        modbus_server.requests.clear()
        await meter.logbook.read_record(2)
        await meter.logbook.read_record(3)
    assert sent(modbus_server) == [
        (0x2F29, 8192),
        (0x2F2A, 2 + index_base),
        (0x2F29, 8192),
        (0x2F2A, 3 + index_base),
    ]
    reads = [struct.unpack(">BHH", pdu) for pdu in modbus_server.requests if pdu[0] == 0x04]
    assert all(count <= 120 for _, _, count in reads)
    assert (0x04, 0x4C00, 1) in reads
    assert (0x04, 0x4C01, 120) in reads


async def test_waits_until_an_entry_is_ready() -> None:
    simulated = SimulatedMeter(signing_time=0, checking_time=0)
    records = sign(simulated, 3)
    async with ModbusTcpServer(simulated) as server, client("modbus", server.port) as meter:
        assert (await meter.logbook.read_record(2)).decode() == records[2]
        assert (await meter.logbook.read_event(0)).raw == simulated.event_log.entries[-1].raw()
        polls = [pdu for pdu in server.requests if pdu[:3] in {b"\x04\x4c\x00", b"\x04\x4e\x02"}]
    assert len(polls) > 4


@FROM_0
@pytest.mark.parametrize("transport", ["modbus"])
async def test_entry_that_never_gets_ready(
    simulated: SimulatedMeter, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = sign(simulated, 3)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_READY_SECONDS", 0.1)
        patch.setattr("simulator.registers._SEARCH_TIME", 1)
        for read in (lambda: logbook.read_record(1), lambda: logbook.read_event(0)):
            with pytest.raises(EntryNotReadyError):
                await read()
    assert (await logbook.read_record(1)).decode() == records[1]
    assert (await logbook.read_event(0)).raw == simulated.event_log.entries[-1].raw()


@FROM_0
@pytest.mark.parametrize("transport", ["modbus"])
async def test_empty_window(
    simulated: SimulatedMeter, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data ready, and no data."""
    records = sign(simulated, 3)

    read = type(METER_REGISTERS).read

    def empty(self: Any, meter: Any, register: int, count: int, function: int) -> bytes:
        if register == 0x4C01:
            return b"\x40\0"
        return read(self, meter, register, count, function)

    with monkeypatch.context() as patch:
        patch.setattr(type(METER_REGISTERS), "read", empty)
        with pytest.raises(EntryNotFoundError):
            await logbook.read_record(2)
    assert (await logbook.read_record(2)).decode() == records[2]


@FROM_0
@pytest.mark.parametrize(
    ("reboot", "error"),
    [
        # The link breaks, or another device in between hides that.
        (SimulatedMeter.power_failure, (CannotConnectError, SilentError)),
        (lambda meter: setattr(meter, "record_download", Download()), UnexpectedAnswerError),
    ],
    ids=["link lost", "window lost"],
)
async def test_reboot_in_the_middle_of_a_record(
    simulated: SimulatedMeter,
    modbus_server: ModbusTcpServer,
    monkeypatch: pytest.MonkeyPatch,
    reboot: Callable[[SimulatedMeter], None],
    error: type[MeterError] | tuple[type[MeterError], ...],
) -> None:
    records = sign(simulated, 3)

    read = type(METER_REGISTERS).read

    def rebooting(self: Any, meter: Any, register: int, count: int, function: int) -> bytes:
        if register == 0x4C02 + 120:
            reboot(meter)
        return read(self, meter, register, count, function)

    async with client("modbus", modbus_server.port) as meter:
        assert (await meter.logbook.read_record(2)).decode() == records[2]
        with monkeypatch.context() as patch:
            patch.setattr(type(METER_REGISTERS), "read", rebooting)
            with pytest.raises(error):
                await meter.logbook.read_record(1)
        assert (await meter.logbook.read_record(1)).decode() == records[1]


@pytest.mark.parametrize("transport", ["modbus"])
@pytest.mark.parametrize("readings", [{"output_after_power_down": "empty"}])
async def test_index_base_when_the_last_record_is_forgotten(
    simulated: SimulatedMeter, logbook: Logbook
) -> None:
    """A meter may have no last record after a reboot, but a logbook."""
    records = sign(simulated, 3)
    simulated.power_failure()
    assert await listed(logbook) == records


class Ahead:
    """A meter whose last record is there before it is in the logbook, until so many were looked for."""

    def __init__(self, simulated: SimulatedMeter, looks: int) -> None:
        self._log = simulated.record_log
        self._from_last = self._log.from_last
        self._looks = looks
        self.last = self._log.entries.pop()

    def from_last(self, index: int) -> Record:
        self._looks -= 1
        if self._looks == 0:
            self._log.entries.append(self.last)
        return self._from_last(index)


@pytest.mark.parametrize("transport", ["modbus"])
@pytest.mark.parametrize("looks", [1, 2, 3, 4])
async def test_index_base_while_the_logbook_is_behind(
    simulated: SimulatedMeter, logbook: Logbook, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    """It must not be taken for another one: the records would be counted from the wrong end for good."""
    monkeypatch.setattr(module, "_SETTLE_PAUSE", 0)
    records = sign(simulated, 5)
    ahead = Ahead(simulated, looks)
    with monkeypatch.context() as patch:
        patch.setattr(simulated.record_log, "from_last", ahead.from_last)
        patch.setattr(SimulatedMeter, "last_record", property(lambda _: ahead.last))
        await logbook.read_record(1)
    assert await listed(logbook) == records


@FROM_0
@pytest.mark.parametrize("transport", ["modbus"])
async def test_the_last_record_is_not_to_be_had_by_an_index(
    simulated: SimulatedMeter, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Manual: getting OCMF files different from the last one."""
    monkeypatch.setattr(module, "_SETTLE_PAUSE", 0)
    from_last = simulated.record_log.from_last

    def others(index: int) -> Record:
        if index == 0:
            raise NoEntryError("not the last one")
        return from_last(index)

    monkeypatch.setattr(simulated.record_log, "from_last", others)
    (record,) = sign(simulated, 1)
    assert (await logbook.read_record(0)).decode() == record
    records = sign(simulated, 3)
    assert await listed(logbook) == records


@pytest.mark.parametrize("transport", ["rest"])
async def test_index_base_when_the_last_record_can_not_be_read(
    simulated: SimulatedMeter, logbook: Logbook
) -> None:
    """It hides no other, and is no reason to believe anything for good."""
    records = sign(simulated, 3)
    simulated.plant_record(b"x" * 100_000)
    with pytest.raises(UnexpectedAnswerError):
        await logbook.read_record(0)
    assert [(await logbook.read_record(position)).decode() for position in (1, 2, 3)] == records
    simulated.record_log.entries.pop()
    assert await listed(logbook) == records


@FROM_0
async def test_lost_answer_about_the_index_base_is_asked_again(
    simulated: SimulatedMeter, rest_server: RestServer
) -> None:
    records = sign(simulated, 3)
    calls = rest_answers(rest_server, "OCMF")
    get = calls["GET"]
    async with client("rest", rest_server.port) as meter:
        for _ in range(2):
            calls["GET"] = lambda call: get(call) if "index_value" not in call.query else "{"
            with pytest.raises(UnexpectedAnswerError):
                await meter.logbook.read_record(1)
        calls["GET"] = get
        assert (await meter.logbook.read_record(1)).decode() == records[1]


@FROM_0
async def test_rest_without_logbooks(simulated: SimulatedMeter, rest_server: RestServer) -> None:
    """Not what a missing entry is."""
    records = sign(simulated, 1)
    calls = rest_answers(rest_server, "OCMF")
    get = calls.pop("GET")
    async with client("rest", rest_server.port) as meter:
        with pytest.raises(RefusedError) as raised:
            await meter.logbook.read_record(0)
        assert raised.value.code == 501
        calls["GET"] = lambda _: json.dumps({"OCMF_LOG": ""})
        with pytest.raises(EntryNotFoundError, match="empty"):
            await meter.logbook.read_record(0)
        calls["GET"] = get
        assert (await meter.logbook.read_record(0)).decode() == records[0]


# --- Records while new ones are signed ----------------------------------------------------------


class Interrupted(Logbook):
    """A logbook before each request to which something happens to the meter."""

    def __init__(self, logbook: Logbook, happen: Callable[[int], None]) -> None:
        self._logbook = logbook
        self._happen = happen
        self.reads = 0

    def _read[T](self, read: Awaitable[T]) -> Awaitable[T]:
        self._happen(self.reads)
        self.reads += 1
        return read

    async def read_info(self) -> LogbookInfo:
        return await self._logbook.read_info()

    async def read_record(self, position: int) -> bytes:
        return await self._read(self._logbook.read_record(position))

    async def find_first(self) -> bytes:
        return await self._logbook.find_first()

    async def find_by_progressive(self, progressive: int) -> bytes:
        return await self._logbook.find_by_progressive(progressive)

    async def find_by_transaction(self, transaction_id: str) -> bytes:
        return await self._logbook.find_by_transaction(transaction_id)

    async def read_event(self, position: int) -> MetrologicalEvent:
        return await self._read(self._logbook.read_event(position))


@pytest.mark.parametrize("before", [4, 6], ids=["room", "full"])
@pytest.mark.parametrize("new", [1, 2])
async def test_records_signed_while_listing(
    simulated: SimulatedMeter, logbook: Logbook, before: int, new: int
) -> None:
    records = sign(simulated, before)

    def happen(reads: int) -> None:
        if reads == 2:
            sign(simulated, new)

    found = await listed(Interrupted(logbook, happen))
    # The ring may have dropped the oldest meanwhile; nothing else is missing, nothing there twice.
    assert found == records[: 6 - new if before == 6 else before]


async def test_limit_while_listing(simulated: SimulatedMeter, logbook: Logbook) -> None:
    records = sign(simulated, 5)

    def happen(reads: int) -> None:
        sign(simulated, int(reads == 1))

    interrupted = Interrupted(logbook, happen)
    found = [item async for item in read_records(interrupted, 0, 3)]
    assert [record.decode() for _, record in found] == records[:3]
    assert [position for position, _ in found] == [0, 2, 3]


async def test_listing_without_a_number_of_records(
    simulated: SimulatedMeter, rest_server: RestServer
) -> None:
    records = sign(simulated, 3)
    rest_answers(rest_server, "info")["GET"] = lambda _: "{}"
    async with client("rest", rest_server.port) as meter:
        assert await meter.logbook.read_info() == LogbookInfo()
        assert await listed(meter.logbook) == records


async def test_new_record_while_the_index_base_is_found_out(
    simulated: SimulatedMeter, rest_server: RestServer
) -> None:
    """The record that was the last is then where the last but one was."""
    before = sign(simulated, 3)
    calls = rest_answers(rest_server, "OCMF")
    get = calls["GET"]
    seen = 0

    def signing(call: object) -> str:
        nonlocal seen
        seen += 1
        if seen == 2:
            sign(simulated, 1)
        return get(call)

    calls["GET"] = signing
    async with client("rest", rest_server.port) as meter:
        assert (await meter.logbook.read_record(1)).decode() == before[0]
        calls["GET"] = get
        assert await listed(meter.logbook) == sign(simulated, 0)


@FROM_0
async def test_records_that_never_stand_still(
    simulated: SimulatedMeter, rest_server: RestServer
) -> None:
    calls = rest_answers(rest_server, "OCMF")
    get = calls["GET"]

    def signing(call: object) -> str:
        sign(simulated, 1)
        return get(call)

    sign(simulated, 1)
    calls["GET"] = signing
    async with client("rest", rest_server.port) as meter:
        with pytest.raises(UnexpectedAnswerError, match="keeps changing"):
            await meter.logbook.read_record(1)
        calls["GET"] = get
        assert await listed(meter.logbook) == sign(simulated, 0)


async def test_sequences_do_not_mix(simulated: SimulatedMeter, logbook: Logbook) -> None:
    records = sign(simulated, 5)
    found = await asyncio.gather(*(logbook.read_record(position) for position in range(5)))
    assert [record.decode() for record in found] == records


async def test_live_polls_go_on(simulated: SimulatedMeter, meter: Meter) -> None:
    records = sign(simulated, 5)
    polls = 0

    async def poll() -> None:
        nonlocal polls
        while True:
            await meter.read_live()
            polls += 1

    task = asyncio.create_task(poll())
    assert await listed(meter.logbook) == records
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert polls >= 3


# --- State --------------------------------------------------------------------------------------


async def test_info(simulated: SimulatedMeter, logbook: Logbook, transport: str) -> None:
    # Manual: 0x020D, 0x020E, 0x0220, 0x0221; v1/logbook/info.
    sign(simulated, 8)
    log_events(simulated, 1)
    await logbook.read_record(2)
    info = await logbook.read_info()
    assert (info.records_saved, info.records_maximum) == (6, 6)
    assert (info.events_saved, info.events_maximum) == (2, 5)
    if transport == "rest":
        assert (info.first_progressive, info.last_progressive) == (3, 8)
        assert info.search_status == 1
        assert info.search_position is not None
    else:
        assert info.first_progressive is info.search_status is None


# --- Events -------------------------------------------------------------------------------------


def raws(simulated: SimulatedMeter) -> list[bytes]:
    """The events in the meter as Modbus gives them, the newest first."""
    return [event.raw() for event in reversed(simulated.event_log.entries)]


@pytest.mark.parametrize("transport", ["modbus"])
async def test_event_over_modbus(simulated: SimulatedMeter, logbook: Logbook) -> None:
    log_events(simulated, 1, 2, 3)
    for position in (0, 3, 1):
        event = await logbook.read_event(position)
        assert event == MetrologicalEvent(raw=raws(simulated)[position])
    with pytest.raises(EntryNotFoundError):
        await logbook.read_event(4)


@pytest.mark.parametrize("transport", ["modbus"])
async def test_a_single_event_over_modbus(simulated: SimulatedMeter, logbook: Logbook) -> None:
    assert (await logbook.read_event(0)).raw == raws(simulated)[0]
    simulated.event_log.entries.clear()
    with pytest.raises(EntryNotFoundError):
        await logbook.read_event(0)


async def test_requests_of_an_event(
    simulated: SimulatedMeter, modbus_server: ModbusTcpServer, index_base: int
) -> None:
    # Manual: getting the event log.
    log_events(simulated, 1, 2)
    async with client("modbus", modbus_server.port) as meter:
        await meter.logbook.read_event(0)
        modbus_server.requests.clear()
        await meter.logbook.read_event(2)
    assert sent(modbus_server) == [(0x2F39, 2), (0x2F3A, 2 + index_base), (0x2F3B, 0xFFFF)]
    assert modbus_server.requests[-2:] == [
        struct.pack(">BHH", 0x04, 0x4E02, 1),
        struct.pack(">BHH", 0x04, 0x4E03, 8),
    ]


@pytest.mark.parametrize("transport", ["modbus"])
@pytest.mark.parametrize("index_base", [1])
async def test_index_that_never_gets_ready_is_none(
    simulated: SimulatedMeter, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instead of refusing index 0 a meter that counts from 1 may never be done with it."""
    log_events(simulated, 1)
    monkeypatch.setattr(module, "_READY_SECONDS", 0.05)
    find = simulated.event_log.from_last
    entries = simulated.event_log.entries

    def never_ready(index: int) -> object:
        return type(entries[0])(0, 0, entries[0].code) if index == 0 else find(index)

    monkeypatch.setattr(simulated.event_log, "from_last", never_ready)
    raw = type(entries[0]).raw
    monkeypatch.setattr(type(entries[0]), "raw", lambda self: raw(self) if self.time else b"")
    assert (await logbook.read_event(0)).raw == raws(simulated)[0]


@pytest.mark.parametrize("readings", [{}, {"names": "spaces"}])
@pytest.mark.parametrize("transport", ["rest"])
async def test_event_over_rest(simulated: SimulatedMeter, logbook: Logbook) -> None:
    log_events(simulated, 1, 33)
    event = await logbook.read_event(0)
    assert (event.code, event.arguments) == ("5", "33")
    assert event.at == datetime(2025, 10, 9, 8, 53, 20)  # noqa: DTZ001 - the meter's local time
    assert event.raw.startswith(b"EVENT|{")
    assert [found.arguments for found in await read_events(logbook, 1, 9)] == ["1", "0"]
    with pytest.raises(EntryNotFoundError):
        await logbook.read_event(3)


@FROM_0
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            '{"EVENT LOG": "EVENT|{"date": "2026-01-02", "event code": "7"}"}',
            b'EVENT|{"date": "2026-01-02", "event code": "7"}',
        ),
        (
            '{"EVENT_LOG" : "EVENT|{\\"date\\": \\"2026-01-02\\", \\"event_code\\": \\"7\\"}"}',
            b'EVENT|{"date": "2026-01-02", "event_code": "7"}',
        ),
    ],
)
async def test_event_with_quotes_as_they_are(
    rest_server: RestServer, answer: str, text: bytes
) -> None:
    rest_answers(rest_server, "events")["GET"] = lambda _: answer
    async with client("rest", rest_server.port) as meter:
        event = await meter.logbook.read_event(0)
    assert event == MetrologicalEvent(raw=text, code="7")


@pytest.mark.parametrize(
    ("raw", "event"),
    [
        (b"EVENT|", {}),
        (b"EVENT|[1]", {}),
        (b"nonsense", {}),
        (b"EVENT|" + b"[" * 100_000, {}),
        (b"EVENT|\xff", {}),
        (b'EVENT|{"event code": 12, "arguments": ""}', {"code": "12", "arguments": ""}),
        (b'EVENT|{"date": "2026-13-01", "time": "00:00:00"}', {}),
        (
            b'EVENT|{"Date": "2026-12-01", "Time": "23:59:59"}',
            {"at": datetime(2026, 12, 1, 23, 59, 59)},  # noqa: DTZ001
        ),
    ],
)
def test_events_that_are_not_as_expected(raw: bytes, event: dict[str, object]) -> None:
    expected = {"at": None, "code": None, "arguments": None} | event
    found = parse_event(raw)
    assert found.raw == raw
    assert {name: getattr(found, name) for name in expected} == expected


# --- New events ---------------------------------------------------------------------------------


class Follower:
    """Looks for new events as the integration does."""

    def __init__(self, meter: Meter) -> None:
        self.logbook = meter.logbook
        self.parsed = Feature.PARSED_EVENTS in meter.features
        self.mark: EventMark | None = None

    async def look(self, logbook: Logbook | None = None) -> EventNews | None:
        news = await look_for_events(
            logbook or self.logbook,
            await self.logbook.read_info(),
            self.mark,
            parsed=self.parsed,
        )
        if news is not None:
            self.mark = news.mark
        return news

    async def found(self, logbook: Logbook | None = None) -> list[bytes]:
        news = await self.look(logbook)
        return [] if news is None else [event.raw for event in news.events]


@pytest.fixture
async def follower(meter: Meter) -> Follower:
    return Follower(meter)


async def expected(follower: Follower, count: int) -> list[bytes]:
    """The newest events, the oldest first."""
    events = await read_events(follower.logbook, 0, count)
    return [event.raw for event in reversed(events)]


async def test_first_look_takes_its_bearings(simulated: SimulatedMeter, follower: Follower) -> None:
    assert await follower.found() == []
    log_events(simulated, 1)
    assert await follower.found() == await expected(follower, 1)
    assert await follower.found() == []


async def test_several_new_events(simulated: SimulatedMeter, follower: Follower) -> None:
    await follower.look()
    log_events(simulated, 1, 2, 3)
    news = await follower.look()
    assert news is not None
    assert not news.dropped
    assert [event.raw for event in news.events] == await expected(follower, 3)


async def test_first_event_of_all(simulated: SimulatedMeter, follower: Follower) -> None:
    simulated.event_log.entries.clear()
    assert await follower.found() == []
    log_events(simulated, 1)
    assert await follower.found() == await expected(follower, 1)


async def test_events_that_are_the_same(simulated: SimulatedMeter, follower: Follower) -> None:
    """Twice the same within a second is two events."""
    log_events(simulated, 1)
    await follower.look()
    log_events(simulated, 1)
    assert await follower.found() == await expected(follower, 1)
    log_events(simulated, 1, 1)
    assert await follower.found() == await expected(follower, 2)


async def test_new_events_of_a_full_ring(simulated: SimulatedMeter, follower: Follower) -> None:
    log_events(simulated, 1, 2, 3, 4)
    await follower.look()
    assert await follower.found() == []
    log_events(simulated, 5)
    assert await follower.found() == await expected(follower, 1)
    log_events(simulated, 6, 7, 8)
    news = await follower.look()
    assert news is not None
    assert not news.dropped
    assert [event.raw for event in news.events] == await expected(follower, 3)


async def test_events_that_a_full_ring_dropped(
    simulated: SimulatedMeter, follower: Follower
) -> None:
    await follower.look()
    log_events(simulated, *range(1, 8))
    news = await follower.look()
    assert news is not None
    assert news.dropped
    assert [event.raw for event in news.events] == await expected(follower, 5)
    assert await follower.found() == []


@pytest.mark.parametrize("when", range(4))
@pytest.mark.parametrize("full", [False, True], ids=["room", "full"])
async def test_event_while_looking(
    simulated: SimulatedMeter, follower: Follower, when: int, *, full: bool
) -> None:
    """It is found now or next time, once."""
    if full:
        log_events(simulated, 91, 92, 93, 94)
    await follower.look()
    log_events(simulated, 1)
    known = await expected(follower, 1)

    def happen(reads: int) -> None:
        if reads == when:
            log_events(simulated, 2)

    found = await follower.found(Interrupted(follower.logbook, happen))
    found += await follower.found()
    newest = await expected(follower, 1)
    assert found == (known + newest if newest != known else known)
    assert await follower.found() == []


async def test_bearings_while_an_event_comes(simulated: SimulatedMeter, follower: Follower) -> None:
    """An event between the count and the look at the last one is not told twice, nor are others."""
    log_events(simulated, 1, 2)
    await follower.look(Interrupted(follower.logbook, lambda reads: _one(simulated, reads)))
    assert await follower.found() == []


def _one(simulated: SimulatedMeter, reads: int) -> None:
    if reads == 0:
        log_events(simulated, 3)


async def test_events_that_never_stand_still(simulated: SimulatedMeter, follower: Follower) -> None:
    await follower.look()
    log_events(simulated, 1)
    busy = Interrupted(follower.logbook, lambda reads: log_events(simulated, 10 + reads))
    with pytest.raises(UnexpectedAnswerError, match="keeps changing"):
        await follower.look(busy)
    with pytest.raises(UnexpectedAnswerError, match="keeps changing"):
        await read_events(busy, 0, 3)
    assert await follower.found() == await expected(follower, 5)


async def test_a_quiet_logbook_costs_nothing(simulated: SimulatedMeter, follower: Follower) -> None:
    await follower.look()
    quiet = Interrupted(follower.logbook, lambda _: None)
    assert await follower.look(quiet) is None
    assert quiet.reads == 0
    log_events(simulated, 1, 2, 3, 4)
    await follower.look()
    assert await follower.look(quiet) is None
    assert quiet.reads == 1


async def test_logbook_that_was_emptied(simulated: SimulatedMeter, follower: Follower) -> None:
    log_events(simulated, 1, 2)
    await follower.look()
    simulated.event_log.entries.clear()
    assert await follower.found() == []
    log_events(simulated, 3)
    assert await follower.found() == await expected(follower, 1)


async def test_unknown_number_of_events(follower: Follower) -> None:
    assert await look_for_events(follower.logbook, LogbookInfo(), None, parsed=True) is None


@FROM_0
async def test_new_events_after_a_change_of_transport(simulated: SimulatedMeter) -> None:
    """Bytes of one can't be compared with the other's: the number tells."""
    async with reached(simulated, "modbus") as modbus, reached(simulated, "rest") as rest:
        before, after = Follower(modbus), Follower(rest)
        await before.look()
        log_events(simulated, 1, 2)
        after.mark = before.mark
        assert await after.found() == await expected(after, 2)
        assert await after.found() == []
        before.mark = after.mark
        assert await before.found() == []
        log_events(simulated, 3)
        assert await before.found() == await expected(before, 1)


@pytest.mark.parametrize("transport", TRANSPORTS)
@FROM_0
async def test_failure_leaves_the_mark(simulated: SimulatedMeter, transport: str) -> None:
    async with reached(simulated, transport) as meter:
        follower = Follower(meter)
        await follower.look()
        log_events(simulated, 1)

        class Broken(Interrupted):
            async def read_event(self, position: int) -> MetrologicalEvent:
                raise CannotConnectError("gone")

        with pytest.raises(MeterError):
            await follower.look(Broken(meter.logbook, lambda _: None))
        assert await follower.found() == await expected(follower, 1)
