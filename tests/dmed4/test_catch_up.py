"""What the logbook has and the archive has not: the oldest first, none left out, each once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
import json
from math import inf
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from custom_components.lovato_dmed4.dmed4 import catch_up as module, logbook as logbook_module
from custom_components.lovato_dmed4.dmed4.catch_up import CatchUp, Progress, Records
from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    LogbookUnreadableError,
    MeterError,
    UnexpectedAnswerError,
)
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.repeating import ATTEMPTS
from simulator import ManualClock, ModbusTcpServer, RestServer, SimulatedMeter
from simulator.faults import ModbusFault, RestFault
from simulator.logbook import Download
from simulator.record import signature_text
from tests.logbooks import find_entries_at_once, rest_answers, sign

from .helpers import client

CAPACITY = 40


class Refused(Exception):  # noqa: N818 - the archive's word
    """The archive did not take a record."""


class Kept(Records):
    """What stands for the archive; it knows the meter, and so sees a claim that is not true."""

    def __init__(self, meter: SimulatedMeter) -> None:
        self._meter = meter
        self.order: list[bytes] = []
        self.chained: set[bytes] = set()
        self.stores = 0
        self.refuse: Callable[[int], bool] = lambda _: False

    async def has_chained(self) -> bool:
        return bool(self.chained)

    async def is_chained(self, raw: bytes) -> bool:
        return raw in self.chained

    async def store(self, raw: bytes, *, chained: bool) -> None:
        self.stores += 1
        if self.refuse(self.stores):
            raise Refused
        saved = raws(self._meter)
        if chained and raw in saved:
            assert set(saved[: saved.index(raw)]) <= set(self.order), "chained across a hole"
        if raw not in self.order:
            self.order.append(raw)
        if chained:
            self.chained.add(raw)


def raws(meter: SimulatedMeter) -> list[bytes]:
    """The records of a logbook, the oldest first."""
    return [record.raw for record in meter.record_log.entries]


type Server = ModbusTcpServer | RestServer


@dataclass
class Stand:
    """A meter behind a server, an archive, and what brings the two together."""

    simulated: SimulatedMeter
    server: Server
    meter: Meter
    kept: Kept
    transport: str
    told: list[Progress] = field(default_factory=list)
    turns: int = 0
    identified: int = 0
    is_another: bool = False

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget everything but the archive."""
        self.catch_up = CatchUp(
            self.meter.logbook,
            self.kept,
            turn=self.turn,
            identify=self.identify,
            report=self.told.append,
        )

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        self.turns += 1
        yield

    async def identify(self) -> None:
        self.identified += 1
        assert not self.kept.chained & set(raws(self.simulated))
        if self.is_another:
            raise CannotConnectError("another meter is there")

    async def run(self, *, thorough: bool = False) -> Progress:
        return await self.catch_up.run(thorough=thorough)

    def is_complete(self) -> bool:
        """Whether all records are there, and known to be."""
        return set(raws(self.simulated)) <= set(self.kept.order) & self.kept.chained

    def at_request(self, act: Callable[[int], object]) -> None:
        """Do something before each request to come is carried out, which are counted from 1."""
        count = 0

        def note(_: object) -> bool:
            nonlocal count
            count += 1
            act(count)
            return False

        kind: Any = ModbusFault.BUSY
        self.server.faults.inject(kind, only=note)

    def break_off(self, when: Callable[[int], bool]) -> None:
        """Let the link break at requests to come, by their number from 1 on, and at all repetitions."""
        count = 0

        def is_due(_: object) -> bool:
            nonlocal count
            count += 1
            return any(when(count - past) for past in range(ATTEMPTS))

        kind: Any = (
            ModbusFault.CUT if isinstance(self.server, ModbusTcpServer) else RestFault.LOST_ANSWER
        )
        self.server.faults.inject(kind, only=is_due)


def make_meter(**settings: Any) -> SimulatedMeter:
    return SimulatedMeter(
        **{
            "clock": ManualClock(1_760_000_000.0),
            "signing_time": 0,
            "checking_time": 0,
            "max_records": CAPACITY,
            **settings,
        }
    )


@asynccontextmanager
async def standing(simulated: SimulatedMeter, transport: str) -> AsyncIterator[Stand]:
    server = (
        ModbusTcpServer(simulated)
        if transport == "modbus"
        else RestServer(simulated, response_time=0)
    )
    async with server, client(transport, server.port) as meter:
        yield Stand(simulated, server, meter, Kept(simulated), transport)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait where a real meter needs time."""
    find_entries_at_once(monkeypatch)
    monkeypatch.setattr(module, "_ATTEMPT_PAUSE", 0)
    monkeypatch.setattr(module, "_REST", 0)
    monkeypatch.setattr(logbook_module, "_SETTLE_PAUSE", 0)


@pytest.fixture(params=[0, 1], ids=["from-0", "from-1"])
def index_base(request: pytest.FixtureRequest) -> int:
    """Run the test with both readings of what the index of the last entry is."""
    return int(request.param)


FROM_0 = pytest.mark.parametrize("index_base", [0])


@pytest.fixture
def settings() -> dict[str, Any]:
    """For tests that want another meter."""
    return {}


@pytest.fixture
async def stand(index_base: int, transport: str, settings: dict[str, Any]) -> AsyncIterator[Stand]:
    readings = {"logbook_index": str(index_base)}
    async with standing(make_meter(readings=readings, **settings), transport) as found:
        yield found


def record_reads(server: Server) -> int:
    """How many records have been asked for."""
    if isinstance(server, RestServer):
        return sum(path == "/v1/logbook/OCMF" for _, path in server.requests)
    return sum(pdu[:3] == b"\x06\x2f\x29" for pdu in server.requests)


# --- Without disturbance ------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 7, CAPACITY, CAPACITY + 5])
async def test_everything_is_fetched_the_oldest_first(stand: Stand, count: int) -> None:
    sign(stand.simulated, count)
    progress = await stand.run()
    saved = min(count, CAPACITY)
    assert stand.kept.order == raws(stand.simulated)
    assert stand.is_complete()
    assert progress == Progress(fetched=saved, missing=0, oldest=None)
    assert stand.kept.stores == saved
    info = stand.catch_up.complete
    assert info is not None
    assert info.records_saved == saved


async def test_an_empty_logbook(stand: Stand) -> None:
    assert await stand.run() == Progress()
    assert record_reads(stand.server) == 0
    sign(stand.simulated, 1)
    assert (await stand.run()).fetched == 1
    assert stand.is_complete()


async def test_nothing_new_costs_one_record(stand: Stand) -> None:
    sign(stand.simulated, 30)
    await stand.run()
    before = record_reads(stand.server)
    for _ in range(2):
        assert await stand.run() == Progress()
    assert record_reads(stand.server) == before + 2
    # After a restart the archive alone tells.
    stand.restart()
    assert await stand.run() == Progress()
    assert record_reads(stand.server) == before + 3
    assert stand.kept.stores == 30


@pytest.mark.parametrize("new", [1, 2, 5])
async def test_new_records_cost_little_more_than_themselves(stand: Stand, new: int) -> None:
    sign(stand.simulated, 20)
    await stand.run()
    before = record_reads(stand.server)
    sign(stand.simulated, new)
    assert (await stand.run()).fetched == new
    assert stand.kept.order == raws(stand.simulated)
    assert stand.is_complete()
    # The anchor, the records, and the anchor again for each block of 1, 2, 4, …
    assert record_reads(stand.server) - before <= 1 + new + new.bit_length()


@FROM_0
@pytest.mark.parametrize("missing", [1, 2, 3, 8, 17, 39])
async def test_where_to_begin_is_found_after_a_restart(stand: Stand, missing: int) -> None:
    sign(stand.simulated, CAPACITY)
    await stand.run()
    stand.restart()
    before = record_reads(stand.server)
    sign(stand.simulated, missing)
    assert (await stand.run()).fetched == missing
    assert stand.kept.order[missing:] == raws(stand.simulated)
    assert stand.is_complete()
    search = 2 + 2 * missing.bit_length()
    blocks = 5 + missing // 16
    assert record_reads(stand.server) - before <= search + missing + blocks


async def test_what_a_command_has_stored_is_known_to_be_complete_afterwards(stand: Stand) -> None:
    """The step of a charge stores its record before anybody compares."""
    sign(stand.simulated, 5)
    await stand.run()
    sign(stand.simulated, 1)
    await stand.kept.store(raws(stand.simulated)[-1], chained=False)
    assert not stand.is_complete()
    await stand.run()
    assert stand.is_complete()
    assert stand.kept.order == raws(stand.simulated)


async def test_progress_is_told(stand: Stand) -> None:
    sign(stand.simulated, 12)
    await stand.run()
    assert stand.told[0] == Progress(fetched=1, missing=11, oldest=10)
    assert stand.told[-1] == Progress(fetched=12, missing=0)
    assert [told.fetched + told.missing for told in stand.told] == [12] * len(stand.told)
    assert [told.oldest for told in stand.told[:-1]] == [t.missing - 1 for t in stand.told[:-1]]
    assert stand.turns >= 12


# --- The meter signs meanwhile ------------------------------------------------------------------


@pytest.mark.parametrize("before", [6, 7, 8], ids=["room", "nearly", "full"])
@pytest.mark.parametrize("new", [1, 2])
async def test_records_signed_at_any_moment(transport: str, before: int, new: int) -> None:
    """Whenever it is: nothing is left out, nothing is claimed that is not so."""
    # Over Modbus seven requests make a record: another one of them each time.
    step = 19 if transport == "modbus" else 2
    requests = due = new
    while due < requests + step:
        async with standing(make_meter(max_records=8), transport) as stand:
            sign(stand.simulated, before)

            def happen(request: int, stand: Stand = stand, due: int = due) -> None:
                nonlocal requests
                requests = request
                if request == due:
                    sign(stand.simulated, new)

            stand.at_request(happen)
            await stand.run()
            stand.server.faults.clear()
            await stand.run()
            assert stand.is_complete()
            assert raws(stand.simulated) == stand.kept.order[-len(raws(stand.simulated)) :]
        due += step
    assert due > 6 * step


@FROM_0
async def test_a_meter_that_never_stands_still(stand: Stand) -> None:
    sign(stand.simulated, 3)
    often = 18 if stand.transport == "modbus" else 2
    stand.at_request(lambda request: sign(stand.simulated, int(request % often == 0)))
    with pytest.raises(UnexpectedAnswerError, match="changing"):
        await stand.run()
    stand.server.faults.clear()
    await stand.run()
    assert stand.is_complete()


# --- Interruptions ------------------------------------------------------------------------------


async def run_on(stand: Stand) -> int:
    """Run until it comes to the end; return how often it was broken off."""
    for broken in range(60):
        try:
            await stand.run()
        except MeterError, Refused:
            continue
        return broken
    raise AssertionError("it does not get on")


@FROM_0
@pytest.mark.parametrize("every", [30, 41, 67])
async def test_a_link_that_breaks_again_and_again(stand: Stand, every: int) -> None:
    if stand.transport == "rest":
        every = every // 4 + ATTEMPTS
    sign(stand.simulated, 20)
    stand.break_off(lambda request: request % every == 0)
    assert await run_on(stand) > 1
    assert stand.kept.order == raws(stand.simulated)
    assert stand.is_complete()


async def test_interrupted_at_each_step(transport: str) -> None:
    """Once the link breaks, and once Home Assistant is restarted as well."""
    step = 20 if transport == "modbus" else 3
    due, broken = 1, 1
    while broken:
        async with standing(make_meter(), transport) as stand:
            sign(stand.simulated, 8)
            stand.break_off(lambda request, due=due: request == due)  # type: ignore[misc]
            broken = 0
            try:
                await stand.run()
            except MeterError:
                broken = 1
                if due % 2:
                    stand.restart()
                await run_on(stand)
            assert stand.kept.order == raws(stand.simulated)
            assert stand.is_complete()
        due += step
    assert due > 5 * step


@FROM_0
async def test_a_meter_that_is_away(stand: Stand) -> None:
    sign(stand.simulated, 10)
    port = stand.server.port
    await stand.server.stop()
    for _ in range(5):
        with pytest.raises(MeterError):
            await stand.run()
    assert stand.kept.order == []
    await stand.server.start()
    assert stand.server.port == port
    await run_on(stand)
    assert stand.kept.order == raws(stand.simulated)
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
async def test_an_archive_that_refuses(stand: Stand) -> None:
    sign(stand.simulated, 20)
    stand.kept.refuse = lambda store: store % 3 == 0
    assert await run_on(stand) > 5
    assert stand.kept.order == raws(stand.simulated)
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
async def test_what_is_told_before_a_read_ends_the_run(stand: Stand) -> None:
    sign(stand.simulated, 20)

    @asynccontextmanager
    async def turn() -> AsyncIterator[None]:
        stand.turns += 1
        if stand.turns == 12:
            raise CannotConnectError("another meter may be there")
        yield

    stand.catch_up = CatchUp(
        stand.meter.logbook,
        stand.kept,
        turn=turn,
        identify=stand.identify,
        report=stand.told.append,
    )
    with pytest.raises(CannotConnectError):
        await stand.run()
    # The anchor has not been found again after the last of them.
    assert 0 < len(stand.kept.order) < 10
    await stand.run()
    assert stand.kept.order == raws(stand.simulated)
    assert stand.is_complete()


async def test_the_records_of_another_meter_are_not_stored(stand: Stand) -> None:
    sign(stand.simulated, 5)
    stand.is_another = True
    with pytest.raises(CannotConnectError):
        await stand.run()
    assert stand.kept.order == []
    stand.is_another = False
    await stand.run()
    assert stand.is_complete()
    # From then on its own records tell.
    identified = stand.identified
    sign(stand.simulated, 5)
    await stand.run()
    assert stand.identified == identified


# --- Records that the meter has overwritten -----------------------------------------------------


async def test_records_that_were_overwritten_are_told(stand: Stand) -> None:
    sign(stand.simulated, 10)
    assert not (await stand.run()).lost
    # Over Modbus it needs a known one to tell, over REST a number is enough.
    sign(stand.simulated, CAPACITY - (stand.transport == "modbus"))
    assert not (await stand.run()).lost
    assert len(stand.kept.order) == stand.kept.stores
    sign(stand.simulated, CAPACITY + 1)
    progress = await stand.run()
    assert progress.lost
    assert progress.fetched == CAPACITY
    assert stand.is_complete()
    assert not (await stand.run()).lost
    stand.restart()
    sign(stand.simulated, CAPACITY + 1)
    assert (await stand.run()).lost
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
async def test_records_that_are_overwritten_while_they_are_fetched(stand: Stand) -> None:
    sign(stand.simulated, 10)
    await stand.run()
    sign(stand.simulated, 20)

    def overwrite(request: int) -> None:
        if request == 10:
            sign(stand.simulated, CAPACITY)

    stand.at_request(overwrite)
    progress = await stand.run()
    assert progress.lost
    assert stand.is_complete()
    stand.server.faults.clear()
    assert not (await stand.run()).lost


# --- Records that the meter does not give out ---------------------------------------------------


@contextmanager
def hidden(stand: Stand, *pages: int) -> Iterator[None]:
    """Let a meter keep records to itself for a while."""
    numbers = tuple(f'"PG":"T{page}"' for page in pages)

    def is_hidden(text: str) -> bool:
        return any(number in text for number in numbers)

    with pytest.MonkeyPatch.context() as patch:
        if isinstance(stand.server, RestServer):
            answers = rest_answers(stand.server, "OCMF")
            get = answers["GET"]

            def answer(call: Any) -> str:
                text = get(call)
                hide = is_hidden(json.loads(text)["OCMF_LOG"])
                return json.dumps({"OCMF_LOG": 1}) if hide else text

            patch.setitem(answers, "GET", answer)
        else:
            start = Download.start

            def never_ready(self: Download, entry: bytes, *, ready_at: float) -> None:
                start(self, entry, ready_at=inf if is_hidden(entry.decode()) else ready_at)

            patch.setattr(logbook_module, "_READY_SECONDS", 0.01)
            patch.setattr(Download, "start", never_ready)
        yield


async def test_a_record_that_can_not_be_read_keeps_no_other_back(stand: Stand) -> None:
    sign(stand.simulated, 12)
    with hidden(stand, 4, 9):
        progress = await stand.run()
        assert (progress.fetched, progress.missing, progress.oldest) == (10, 2, 8)
        everything = raws(stand.simulated)
        assert stand.kept.order == [*everything[:3], *everything[4:8], *everything[9:]]
        assert stand.kept.chained == set(everything[:3])

        # What comes later is fetched, and nothing else again.
        sign(stand.simulated, 2)
        progress = await stand.run()
        assert (progress.fetched, progress.missing) == (2, 2)
        progress = await stand.run(thorough=True)
        assert (progress.fetched, progress.missing) == (9, 2)
        assert not stand.is_complete()
    assert (await stand.run()).missing == 2
    progress = await stand.run(thorough=True)
    assert (progress.missing, progress.oldest) == (0, None)
    assert stand.is_complete()
    assert sorted(stand.kept.order) == sorted(raws(stand.simulated))


@FROM_0
async def test_the_oldest_record_can_not_be_read(stand: Stand) -> None:
    sign(stand.simulated, 5)
    with hidden(stand, 1):
        assert (await stand.run()).missing == 1
        assert stand.kept.order == raws(stand.simulated)[1:]
        assert stand.kept.chained == set()
    stand.restart()
    progress = await stand.run()
    assert (progress.missing, progress.lost) == (0, False)
    assert stand.is_complete()


@FROM_0
async def test_the_search_meets_a_record_that_can_not_be_read(stand: Stand) -> None:
    sign(stand.simulated, 10)
    await stand.run()
    stand.restart()
    sign(stand.simulated, 1)
    # The oldest and the newest, where it looks first.
    with hidden(stand, 1, 11):
        progress = await stand.run()
        assert (progress.fetched, progress.missing, progress.lost) == (0, 1, False)
    await stand.run(thorough=True)
    assert stand.kept.order == raws(stand.simulated)
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
async def test_a_record_that_is_never_answered(stand: Stand) -> None:
    """It looks as if the link were lost, again and again."""
    sign(stand.simulated, 6)
    await stand.run()
    sign(stand.simulated, 6)

    def is_hidden(request: str) -> bool:
        # From the last record on, which is the twelfth.
        return "index_value=4" in request

    assert isinstance(stand.server, RestServer)
    stand.server.faults.inject(RestFault.SILENCE, only=is_hidden)
    broken = await run_on(stand)
    assert 3 <= broken <= 6
    everything = raws(stand.simulated)
    assert stand.kept.order == everything[:7] + everything[8:]
    stand.server.faults.clear()
    await stand.run(thorough=True)
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("transport", ["modbus"])
async def test_a_window_that_still_shows_the_record_before(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(stand.simulated, 9)
    sign(stand.simulated, 0)
    await stand.run()
    sign(stand.simulated, 6)
    start = Download.start
    starts = 0

    def late(self: Any, entry: bytes, *, ready_at: float) -> None:
        nonlocal starts
        starts += 1
        # The first of the new ones, and one in the middle.
        shown = self._entry if starts in {2, 6} else entry
        start(self, shown, ready_at=ready_at)

    monkeypatch.setattr(Download, "start", late)
    await stand.run()
    assert stand.kept.order == raws(stand.simulated)
    assert stand.is_complete()


# --- Numbers that are wrong ---------------------------------------------------------------------


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
@pytest.mark.parametrize(
    "info",
    [
        {},
        {"ocmf_total_number": 3, "ocmf_max_number": CAPACITY},
        {"ocmf_total_number": 9000, "ocmf_max_number": 9},
    ],
    ids=["none", "too few", "all that there ever were"],
)
async def test_a_number_of_records_that_is_wrong(stand: Stand, info: dict[str, int]) -> None:
    sign(stand.simulated, 9)
    assert isinstance(stand.server, RestServer)
    rest_answers(stand.server, "info")["GET"] = lambda _: json.dumps(info)
    await stand.run()
    assert stand.kept.order == raws(stand.simulated)
    assert stand.is_complete()
    sign(stand.simulated, 1)
    await stand.run()
    assert stand.is_complete()


@FROM_0
async def test_what_the_numbers_let_expect(stand: Stand) -> None:
    info = await stand.meter.logbook.read_info()
    assert stand.catch_up.missing(info) is None
    assert stand.catch_up.complete is None
    sign(stand.simulated, 5)
    await stand.run()
    sign(stand.simulated, 3)
    assert stand.catch_up.missing(await stand.meter.logbook.read_info()) == 3
    sign(stand.simulated, CAPACITY)
    # A full logbook does not tell over Modbus how many are new.
    expected = stand.catch_up.missing(await stand.meter.logbook.read_info())
    assert expected == (None if stand.transport == "modbus" else CAPACITY + 3)


# --- The line is left to others -----------------------------------------------------------------


@FROM_0
async def test_half_of_the_time_is_left_to_others(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_REST", 1.0)
    sign(stand.simulated, 4)
    stand.server.faults.delay = 0.005
    loop = asyncio.get_running_loop()
    reads: list[tuple[float, float]] = []
    read_record = stand.meter.logbook.read_record

    async def timed(position: int) -> bytes:
        start = loop.time()
        record = await read_record(position)
        reads.append((start, loop.time()))
        return record

    monkeypatch.setattr(stand.meter.logbook, "read_record", timed)
    await stand.run()
    assert stand.is_complete()
    assert len(reads) > 4
    for (start, end), (following, _) in pairwise(reads):
        # A clock tick less, because the event loop rounds.
        assert following - end >= end - start - 0.001


# --- A hostile meter ----------------------------------------------------------------------------


def hostile(meter: SimulatedMeter) -> dict[str, bytes]:
    """Records that nobody would want to have; a meter with records has one of them to imitate."""
    payload = raws(meter)[-1].split(b"|")[1] if meter.records else b"{}"
    key = ec.generate_private_key(ec.SECP256R1())
    signature = signature_text(key.sign(payload, ec.ECDSA(hashes.SHA256())), 0)
    return {
        "deep": b"OCMF|" + b'{"a":' * 150 + b"1" + b"}" * 150 + b'|{"SD":"00"}',
        "lists": b"OCMF|" + b"[" * 900 + b"|{}",
        "controls": b'OCMF|{"PG":"T\x01\x1b[2J\r\n\x7f"}|{"SD":"00"}',
        "no utf-8": b'OCMF|{"ID":"\xff\xfe\x80\xed\xa0\x80"}|{"SD":"00"}',
        "script": b'OCMF|{"ID":"<script>alert(1)</script><img src=x onerror=alert(1)>"}|{"SD":"0"}',
        "other signature": b"OCMF|" + payload + b"|" + signature.encode(),
        "nothing of the kind": b"\\u0000\\",
    }


@FROM_0
@pytest.mark.parametrize("kind", hostile(make_meter()))
async def test_a_hostile_record_is_kept_as_it_is(stand: Stand, kind: str) -> None:
    sign(stand.simulated, 3)
    planted = hostile(stand.simulated)[kind]
    stand.simulated.plant_record(planted)
    sign(stand.simulated, 3)
    assert (await stand.run()).missing == 0
    assert stand.kept.order == raws(stand.simulated)
    assert stand.kept.order[3] == planted
    assert stand.is_complete()
    # As the last one, too.
    stand.simulated.plant_record(planted + b" ")
    await stand.run()
    assert stand.kept.order[-1] == planted + b" "
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("junk", [20, 21])
async def test_entries_that_are_no_records(stand: Stand, junk: int) -> None:
    """Twenty in a row are kept as they are; after that it is no logbook."""
    sign(stand.simulated, 3)
    for number in range(junk):
        stand.simulated.plant_record(b"noise %d" % number)
    sign(stand.simulated, 2)
    everything = raws(stand.simulated)
    if junk == 20:
        await stand.run()
        assert stand.is_complete()
        return
    with pytest.raises(LogbookUnreadableError):
        await stand.run()
    assert stand.kept.order == everything[:23]
    # A thorough run does not begin at the oldest again, and counts anew.
    await stand.run(thorough=True)
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
async def test_entries_that_are_not_given_out(stand: Stand) -> None:
    sign(stand.simulated, 30)
    with hidden(stand, *range(4, 28)):
        with pytest.raises(LogbookUnreadableError):
            await stand.run()
        assert stand.kept.order == raws(stand.simulated)[:3]
    await stand.run(thorough=True)
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
async def test_a_logbook_that_goes_on_behind_its_end(stand: Stand) -> None:
    """It is not read beyond what it has room for, whatever it answers there."""
    assert isinstance(stand.server, RestServer)
    info = {"ocmf_total_number": 5, "ocmf_max_number": 12}
    rest_answers(stand.server, "info")["GET"] = lambda _: json.dumps(info)
    positions: set[int] = set()

    def answer(call: Any) -> str:
        position = int(call.query.get("index_value", 0))
        positions.add(position)
        return json.dumps({"OCMF_LOG": f'OCMF|{{"PG":"T{999 - position}"}}|{{"SD":"00"}}'})

    rest_answers(stand.server, "OCMF")["GET"] = answer
    await stand.run()
    assert len(stand.kept.order) == 12
    assert max(positions) == 11


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
@pytest.mark.parametrize("size", [4096, 4097])
async def test_a_record_that_is_too_long(stand: Stand, size: int) -> None:
    sign(stand.simulated, 2)
    frame = b'OCMF|{"TT":"%s"}|{}'
    stand.simulated.plant_record(frame % (b"x" * (size - len(frame) + 2)))
    sign(stand.simulated, 2)
    assert (await stand.run()).missing == (size > 4096)
    assert [raw for raw in raws(stand.simulated) if len(raw) <= 4096] == stand.kept.order


@pytest.mark.parametrize("transport", ["rest"])
async def test_a_record_that_is_longer_than_any_answer_is_refused(stand: Stand) -> None:
    sign(stand.simulated, 3)
    stand.simulated.plant_record(b"OCMF|" + b"x" * 70_000 + b"|{}")
    progress = await stand.run()
    assert progress.missing == 1
    genuine = [raw for raw in raws(stand.simulated) if len(raw) < 2000]
    assert stand.kept.order == genuine
    # It was the last one, and now it is in between.
    sign(stand.simulated, 2)
    assert (await stand.run()).fetched == 2
    stand.simulated.record_log.entries.clear()
    sign(stand.simulated, 2)
    assert (await stand.run()).missing == 0
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("transport", ["modbus"])
async def test_a_record_of_a_megabyte_over_modbus(stand: Stand) -> None:
    """The window has 1024 bytes, and the number of them ten bits."""
    sign(stand.simulated, 3)
    planted = b"OCMF|" + b"x" * 1_000_000 + b"|{}"
    stand.simulated.plant_record(planted)
    progress = await stand.run()
    assert progress.missing == 0
    assert stand.kept.order[3] == planted[:1023]


@FROM_0
async def test_a_record_with_zero_bytes(stand: Stand) -> None:
    """Over Modbus it looks as if the meter had been restarted while it was read."""
    sign(stand.simulated, 2)
    stand.simulated.plant_record(b"OCMF|\0\0|{}")
    sign(stand.simulated, 2)
    assert (await stand.run()).missing == (1 if stand.transport == "modbus" else 0)
    assert len(stand.kept.order) == (4 if stand.transport == "modbus" else 5)


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
@pytest.mark.parametrize(
    "answer",
    ["[" * 60_000, '{"OCMF_LOG": ' + "[" * 60_000, '{"OCMF_LOG": "\\ud800"}', "\ufeff", ""],
    ids=["deep", "deep inside", "no character", "mark", "empty"],
)
async def test_a_hostile_answer(stand: Stand, answer: str) -> None:
    sign(stand.simulated, 6)
    assert isinstance(stand.server, RestServer)
    answers = rest_answers(stand.server, "OCMF")
    get = answers["GET"]
    answers["GET"] = lambda call: answer if call.query.get("index_value") == "2" else get(call)
    assert (await stand.run()).missing == 1
    everything = raws(stand.simulated)
    assert stand.kept.order == everything[:3] + everything[4:]
    answers["GET"] = get
    assert (await stand.run(thorough=True)).missing == 0
    assert stand.is_complete()


@FROM_0
@pytest.mark.parametrize("transport", ["rest"])
async def test_two_records_that_are_the_same(stand: Stand) -> None:
    sign(stand.simulated, 2)
    for _ in range(3):
        stand.simulated.plant_record(b"OCMF|{}|{}")
    sign(stand.simulated, 2)
    assert (await stand.run()).missing == 0
    assert stand.is_complete()
    assert len(stand.kept.order) == 5
