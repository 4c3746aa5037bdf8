"""A meter of each reading of the manual, from setting it up to the end of a charge that lost its power.

Product and simulated meter read the manual in the same way by default, so that a mistake of ours shows
only on a meter of another reading. Each has to work, or to say what it does and what there is to do.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
import logging
from random import Random
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import Outcome, Session, SessionVerdict
from custom_components.lovato_dmed4.const import CONF_PROTOTYPE_FORM, DOMAIN
from custom_components.lovato_dmed4.dmed4 import clock_setting, found, logbook
from custom_components.lovato_dmed4.dmed4.prototype import MOST_FORMS, PrototypeForm
from custom_components.lovato_dmed4.dmed4.record_text import begin_time, payload_digest
from custom_components.lovato_dmed4.ocmf import Verdict
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.upkeep import measure_scale
from simulator import (
    OPEN_PLACES,
    ManualClock,
    ModbusFault,
    ModbusTcpServer,
    NotValidError,
    RestServer,
    SimulatedMeter,
)
from simulator.login import ATTEMPTS
from simulator.readings import BOTH, MODBUS, REST
from tests.driven_time import drive_time
from tests.readings import FOUND, NO_FALLBACK, ONLY_OVER, UNREADABLE

from .charges import phase_on_disk, sessions
from .helpers import (
    HOUSEKEEPING,
    Server,
    act,
    add_meter,
    call_entity,
    fail_power,
    open_form,
    pass_time,
    state_of,
    user_input,
    value,
    writes,
)

# What does not show in a charge: these have tests of their own below.
ELSEWHERE: Final = {
    "address_form",
    "after_boot",
    "clock_set",
    "command_word",
    "custom_page",  # tests/display/test_display.py
    "custom_texts",  # tests/display/test_integration.py
    "display_with_tls",
    "event_log_full",
    "hour_counters",
    "ip_parameters",
    "key_before_commissioning",
    "save_answer",
    "transaction_id",
}
PLACES: Final = [place for name, place in OPEN_PLACES.items() if name not in ELSEWHERE]

TRANSPORTS: Final = ("rest", "modbus")

CASES: Final = [
    pytest.param({place.name: reading}, transport, id=f"{place.name}={reading}-{transport}")
    for place in PLACES
    for reading in place.readings
    for transport in place.transports
    if reading != place.default and (place.name, reading) not in UNREADABLE
]

# What a reading takes away; these values are unknown, and no other is.
LOST: Final = {
    "no_exchanged": {"energy_exchanged"},
    "no_temperatures": {"temperature_i1", "temperature_i2"},
    "no_hours": {"hours_total", "hours_working"},
}

# A record before the first charge, which an empty logbook is about.
WITHOUT_PAST: Final = {"nothing_yet", "not_initialised"}

# Write 5 to 0x2F03: save and start again.
SAVE: Final = bytes((0x06, 0x2F, 0x02, 0x00, 0x05))

COMBINATIONS: Final = range(15)

# With both, nothing ends a charge, and with both, a record is nowhere to be had.
CONTRADICTIONS: Final = (
    (("end_command", "combined"), ("begin_and_end", "fetches")),
    (("logbook_last", "elsewhere"), ("output_after_power_down", "empty")),
)

CHARGE: Final[dict[str, Any]] = {
    "identification_type": "ISO14443",
    "identification_level": "TRUSTED",
    "identification_data": "04A2B3C4",
    "tariff_text": "0.45 EUR/kWh",
}


def combination(number: int, transport: str) -> dict[str, str]:
    """Draw a reading of each open place that a transport has."""
    random = Random(f"{number} {transport}")  # noqa: S311
    having = {"rest": (REST, BOTH), "modbus": (MODBUS, BOTH)}[transport]
    drawn = {
        place.name: random.choice(
            [each for each in place.readings if (place.name, each) not in UNREADABLE]
        )
        for place in PLACES
        if place.transports in having
    }
    for first, second in CONTRADICTIONS:
        if drawn.items() >= {first, second}:
            del drawn[first[0]]
    return drawn


@dataclass
class Stand:
    """A meter, what serves it, and the Home Assistant that it is set up in."""

    hass: HomeAssistant
    entry: Dmed4ConfigEntry
    meter: SimulatedMeter
    clock: ManualClock
    prototypes: list[bytes | None]

    async def start(self) -> None:
        self.prototypes.clear()
        await act(self.hass, self.entry, "start_charge_cycle", **CHARGE)
        assert self.meter.charging
        self.clock.advance(60)

    async def settle(self) -> None:
        """Let what follows a step come to its end."""
        await pass_time(self.hass)

    async def lose_power(self) -> None:
        """Let the power fail for a moment, and what follows that come to its end."""
        await fail_power(self.meter)
        # One look may find that the link is gone, and the next one the meter.
        for _ in range(2):
            await self.settle()

    async def archived(self) -> Session:
        """All that the meter has signed is in the archive once, with a signature that fits.

        Returns:
            The last session.
        """
        await self.entry.runtime_data.sync.async_run()
        found = await sessions(self.entry)
        records = [record for each in found for record in each.records]
        archived = sorted(payload_digest(record.raw) for record in records)
        assert archived == sorted(payload_digest(text.encode()) for text in self.meter.records)
        assert {record.verdict for record in records} == {Verdict.VALID}
        assert {each.session.verdict for each in found} == {SessionVerdict.VALID}
        return found[-1].session


@pytest.fixture(autouse=True)
def _signatures_seen_at_once() -> None:
    """Leave the pause between two looks at the status as it is: driven time passes at once."""


@asynccontextmanager
async def serving(meter: SimulatedMeter, transport: str) -> AsyncIterator[Server]:
    server: Server = (
        ModbusTcpServer(meter, unit_id=5)
        if transport == "modbus"
        else RestServer(meter, response_time=0)
    )
    async with server:
        yield server


def share_time(clock: ManualClock, patch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant's clock be the meter's: both pass only when a test lets them."""

    class Now(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.fromtimestamp(clock.now(), tz)

    patch.setattr(clock_setting, "datetime", Now)
    patch.setattr("time.time", clock.now)
    patch.setattr(dt_util, "utcnow", lambda: datetime.fromtimestamp(clock.now(), UTC))
    patch.setattr(measure_scale, "monotonic", clock.now)


@asynccontextmanager
async def standing(
    hass: HomeAssistant, readings: Mapping[str, str], transport: str, patch: pytest.MonkeyPatch
) -> AsyncIterator[Stand]:
    """Plug a meter of some readings in, and set it up as a user does."""
    drive_time(patch)
    # Two looks at a length instead of ten: that it has to stay is what is tested here.
    patch.setattr(logbook, "_STEADY_SECONDS", 0.1)
    clock = ManualClock(1_795_700_000.0)
    share_time(clock, patch)
    meter = SimulatedMeter(
        seed=1,
        clock=clock,
        signing_time=0,
        checking_time=0,
        reboot_time=0,
        time_offset=60,
        readings=readings,
    )
    if not WITHOUT_PAST & readings.keys():
        meter.fill_logbook(2)
    submit, prototypes = meter.submit_prototype, list[bytes | None]()

    def count(text: bytes | None) -> None:
        prototypes.append(text)
        submit(text)

    patch.setattr(meter, "submit_prototype", count)
    async with serving(meter, transport) as server:
        entry = await add_meter(hass, server)
        assert state_of(entry) is ConfigEntryState.LOADED
        yield Stand(hass, entry, meter, clock, prototypes)
        assert await hass.config_entries.async_unload(entry.entry_id)


async def try_wrong_password(stand: Stand) -> None:
    """Give a wrong password, where there is a login; the meter locks it after three."""
    if stand.entry.data["transport"] == "rest":
        with pytest.raises(HomeAssistantError):
            await act(
                stand.hass,
                stand.entry,
                "set_parameters",
                parameters={"P02_01": 1},
                password="wrong",
            )


def assert_values(stand: Stand) -> None:
    """What is shown is what the meter has measured."""
    sample, readings = stand.meter.physics.slow, stand.meter.readings
    expected = {
        "voltage": sample.voltage / 100,
        "current": sample.current / 10000,
        "power": sample.power / 1000,
        "energy_imported": sample.imported / 1000,
        "energy_exported": sample.exported / 1000,
        "temperature_i1": sample.temperatures[0],
        "temperature_i2": sample.temperatures[1],
    }
    lost = LOST.get(readings["registers"], set())
    for name, right in expected.items():
        shown = value(stand.hass, stand.entry, name)
        if name in lost and readings:
            assert shown == "unknown", name
        else:
            assert float(shown) == pytest.approx(right, abs=0.11, rel=0.001), name


async def live(stand: Stand) -> None:
    """Charge, charge again while the power fails, and have all that was signed.

    Nothing is tried twice that makes a record, the forms of a prototype come to an end, and a wrong
    password is tried once.
    """
    hass, entry, meter = stand.hass, stand.entry, stand.meter
    past = len(meter.records)
    await try_wrong_password(stand)
    await stand.start()
    assert len(stand.prototypes) <= MOST_FORMS
    await stand.settle()
    assert value(hass, entry, "charging") == "on"
    if meter.readings["measure_scale"] in {"tenths", "mixed"}:
        # What the energy over time settles (test_measure_scale).
        for _ in range(10):
            stand.clock.advance(10)
            await pass_time(hass)
    assert_values(stand)
    await act(hass, entry, "read_charge_cycle")
    stand.clock.advance(60)
    combined = meter.readings["begin_and_end"] == "fetches"
    await act(hass, entry, "end_charge_cycle", combined=combined)
    await stand.settle()
    session = await stand.archived()
    assert (session.outcome, session.identification) == (Outcome.ENDED, "04A2B3C4")
    events = (await act(hass, entry, "get_events", limit=3))["events"]
    assert len(events) == min(3, len(meter.event_log.entries))
    assert (await act(hass, entry, "get_record", first=True))["record"] == meter.records[0]
    # Begin, reading and end, each signed once; where the end is no end, perhaps what it made instead.
    made = len(meter.records) - past
    assert 3 <= made <= 3 + combined

    # What the first charge has found out is kept, and used by the next one.
    assert (
        PrototypeForm.parse(entry.data[CONF_PROTOTYPE_FORM])
        == entry.runtime_data.cycle.preparation.form
    )
    stand.clock.advance(60)
    await stand.start()
    assert len(stand.prototypes) == 1
    await stand.lose_power()
    if meter.measurement_status:
        await act(hass, entry, "end_charge_cycle")
        await stand.settle()
    assert phase_on_disk(hass, entry) is None
    session = await stand.archived()
    assert len(meter.records) == past + made + 2
    assert (session.outcome, session.identification) == (Outcome.POWER_FAILURE, "04A2B3C4")
    assert value(hass, entry, "charging") == "off"
    assert meter.errors_1 == 0

    # Without power the window may be empty; the record is not lost.
    await stand.lose_power()
    last = (await act(hass, entry, "get_last_record"))["record"]
    assert payload_digest(last.encode()) == payload_digest(meter.records[-1].encode())
    assert len(meter.records) == past + made + 2
    if entry.data["transport"] == "rest":
        # None where the meter can not say whether a login is needed.
        assert meter.login_attempts_left >= ATTEMPTS - 1


class Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """What is logged of the ways of a meter: with `caplog`, all would be logged to the last detail."""
    kept, logger = Kept(), logging.getLogger(found.__name__)
    logger.addHandler(kept)
    yield kept.records
    logger.removeHandler(kept)


def assert_said_once(
    stand: Stand,
    readings: Mapping[str, str],
    transport: str,
    records: Sequence[logging.LogRecord],
) -> None:
    """What the meter turned out to do is in the log and in the diagnostics, each thing once."""
    assert {record.levelno for record in records} <= {logging.INFO}
    said = [record.getMessage() for record in records]
    # The form has looked at the meter, too.
    assert max(map(said.count, said), default=0) <= 2
    assert {*said} == {*stand.entry.runtime_data.meter.found.texts}
    ((place, reading),) = readings.items()
    if (place, reading) in NO_FALLBACK:
        assert not said
    elif ONLY_OVER.get((place, reading), transport) == transport:
        assert any(FOUND[place, reading] in text for text in said), said


def assert_no_issue(stand: Stand) -> None:
    """Nothing is asked of the user, but for the serial number that Modbus does not have."""
    known = {f"{stand.entry.entry_id}_serial_number"}
    registry = ir.async_get(stand.hass)
    assert {issue for domain, issue in registry.issues if domain == DOMAIN} <= known


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize(("readings", "transport"), CASES)
async def test_a_meter_that_reads_one_place_otherwise(
    hass: HomeAssistant,
    readings: dict[str, str],
    transport: str,
    monkeypatch: pytest.MonkeyPatch,
    logged: list[logging.LogRecord],
) -> None:
    async with standing(hass, readings, transport, monkeypatch) as stand:
        await live(stand)
        assert_no_issue(stand)
        assert_said_once(stand, readings, transport, logged)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("number", COMBINATIONS)
async def test_a_meter_that_reads_everything_in_its_own_way(
    hass: HomeAssistant, number: int, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = combination(number, transport)
    async with standing(hass, readings, transport, monkeypatch) as stand:
        await live(stand)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_logbook_of_unknown_length_is_not_asked_beyond_the_last_index(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With indexes from 1, the last position has an index that no register holds."""
    readings = {"registers": "no_counts", "logbook_index": "1"}
    async with standing(hass, readings, "modbus", monkeypatch) as stand:
        await live(stand)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_meter_that_reads_the_manual_as_we_do(
    hass: HomeAssistant, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing(hass, {}, transport, monkeypatch) as stand:
        await live(stand)
        assert_no_issue(stand)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("reading", OPEN_PLACES["ip_parameters"].readings)
async def test_a_meter_with_its_addresses_elsewhere_in_the_menu(
    hass: HomeAssistant, reading: str, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing(hass, {"ip_parameters": reading}, transport, monkeypatch) as stand:
        address = f"P05_{reading[:2]}"
        before = stand.meter.parameters.block()
        changes = {address: "10.0.0.7", "P04_02": 7}
        answer = await act(hass, stand.entry, "set_parameters", parameters=changes, password="1000")
        assert answer["parameters"][address]["value"] == "10.0.0.7"
        assert stand.meter.parameters.block() == {**before, address: 0x0A000007, "P04_02": 7}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("backwards", "first byte at the low end"),
        ("dotted", "with dots"),
        ("split", "byte by byte"),
    ],
)
async def test_a_meter_that_writes_its_addresses_otherwise(
    hass: HomeAssistant, form: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing(hass, {"address_form": form}, "rest", monkeypatch) as stand:
        # By its own address a client recognises the order of the bytes.
        stand.meter.parameters._saved["P05_03"] = 0x7F000001
        before = stand.meter.parameters.block()
        answer = await act(
            hass, stand.entry, "set_parameters", parameters={"P04_02": 7}, password="1000"
        )
        assert answer["parameters"]["P05_03"]["value"] == "127.0.0.1"
        assert answer["parameters"]["P05_04"]["value"] == "255.255.255.0"
        assert stand.meter.parameters.block() == {**before, "P04_02": 7}
        assert any(said in text for text in stand.entry.runtime_data.meter.found.texts)


@pytest.mark.parametrize(("place", "reading"), sorted(UNREADABLE))
async def test_a_meter_that_does_not_speak_http(
    hass: HomeAssistant, place: str, reading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form says that something answers, not that it is no DMED4 or that nothing is there."""
    drive_time(monkeypatch)
    meter = SimulatedMeter(readings={place: reading})
    async with RestServer(meter, response_time=0) as server:
        flow_id = await open_form(hass, "rest")
        form = await hass.config_entries.flow.async_configure(flow_id, user_input(server))
        assert form["errors"] == {"base": "unexpected_answer"}


async def test_a_meter_that_refuses_in_the_body_of_its_answer(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing(hass, {"refusal": "result"}, "rest", monkeypatch) as stand:
        stand.meter.operating = True  # locks the cable's resistance
        with pytest.raises(HomeAssistantError) as raised:
            await call_entity(hass, stand.entry, "set_value", "cable_resistance", value=7)
        assert raised.value.translation_key == "refused"
        assert stand.meter.res_cable == 0
        texts = stand.entry.runtime_data.meter.found.texts
        assert any("refuses with 'result' 0" in text for text in texts)


@pytest.mark.parametrize(
    ("reading", "by_identification", "by_number"),
    [("either", True, True), ("id", True, False), ("pagination", False, True)],
)
async def test_a_meter_that_finds_a_transaction_by_one_of_its_fields(
    hass: HomeAssistant,
    reading: str,
    by_identification: bool,  # noqa: FBT001 - a parameter of the test
    by_number: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with standing(hass, {"transaction_id": reading}, "rest", monkeypatch) as stand:
        await stand.start()
        for text, found in (("04A2B3C4", by_identification), ("T3", by_number)):
            if found:
                answer = await act(hass, stand.entry, "get_record", transaction_id=text)
                assert answer["record"] == stand.meter.records[-1]
                continue
            with pytest.raises(ServiceValidationError) as raised:
                await act(hass, stand.entry, "get_record", transaction_id=text)
            assert raised.value.translation_key == "transaction_not_found"


async def test_a_meter_whose_display_is_not_controlled_over_tls(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = SimulatedMeter(readings={"display_with_tls": "refused"})
    async with RestServer(meter, tls=True) as server:
        flow_id = await open_form(hass, "rest")
        await hass.config_entries.flow.async_configure(flow_id, user_input(server, tls="pinned"))
        entry = (await hass.config_entries.flow.async_configure(flow_id, {}))["result"]
        await hass.async_block_till_done(wait_background_tasks=True)
        with pytest.raises(HomeAssistantError) as raised:
            await act(hass, entry, "set_display", display_on=False)
        assert raised.value.translation_key == "display_over_tls"
        assert meter.display_on
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("reading", "said"),
    [("hours", ""), ("hundredths", "in units of 36 s"), ("seconds", "in units of 1 s")],
)
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_meter_that_counts_hours_in_a_unit_of_its_own(
    hass: HomeAssistant, reading: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not known yet is not shown; what was found out is kept."""
    async with standing(hass, {"hour_counters": reading}, "modbus", monkeypatch) as stand:
        assert value(hass, stand.entry, "hours_total") == "unknown"
        for _ in range(2):
            stand.clock.advance(60)
            await pass_time(hass, HOUSEKEEPING)

        def assert_right() -> None:
            sample = stand.meter.physics.slow
            for key, seconds in (
                ("hours_total", sample.total_seconds),
                ("hours_working", sample.working_seconds),
            ):
                assert float(value(hass, stand.entry, key)) == pytest.approx(seconds / 3600, abs=1)

        assert_right()
        assert any(said in text for text in stand.entry.runtime_data.meter.found.texts) or not said
        assert await hass.config_entries.async_reload(stand.entry.entry_id)
        assert_right()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_meter_that_takes_no_time_right_after_its_start(
    hass: HomeAssistant, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing(hass, {"after_boot": "settling"}, transport, monkeypatch) as stand:
        stand.meter.power_failure()
        refused = 0
        configure = stand.meter.configure

        def wait(**settings: int) -> None:
            nonlocal refused
            try:
                configure(**settings)
            except NotValidError:
                refused += 1
                stand.clock.advance(1)
                raise

        monkeypatch.setattr(stand.meter, "configure", wait)
        await stand.start()
        # Twice the offset and the time; over REST the second is tried by PUT as well, once.
        assert 2 <= refused <= 5
        assert len(stand.prototypes) == 1
        texts = stand.entry.runtime_data.meter.found.texts
        assert any("refuses its clock for a moment" in text for text in texts)


@pytest.mark.parametrize(("transport", "error"), [("rest", "fatal_errors"), ("modbus", "refused")])
async def test_a_meter_that_a_full_event_log_has_put_out_of_order(
    hass: HomeAssistant, transport: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repair comes before; afterwards the start says what is wrong, as far as the meter does."""
    readings = {"event_log_full": "fatal"}
    async with standing(hass, readings, transport, monkeypatch) as stand:
        log = stand.meter.event_log
        while len(log.entries) < log.capacity:
            stand.meter.set_error(2, 0)
        stand.meter.reset_errors()
        await pass_time(hass, HOUSEKEEPING)
        raised = ir.async_get(hass).issues
        warned = (DOMAIN, f"{stand.entry.entry_id}_event_log_fills") in raised
        assert warned is (transport == "rest")
        with pytest.raises(HomeAssistantError) as caught:
            await act(hass, stand.entry, "start_charge_cycle", **CHARGE)
        assert caught.value.translation_key == error
        assert stand.meter.boards.fatal
        assert len(stand.meter.records) == 2
        if transport == "rest":
            assert caught.value.translation_placeholders == {"errors": "11"}


async def test_a_meter_that_refuses_its_key_before_it_has_one(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commissioning is said to be missing before anything is tried."""
    drive_time(monkeypatch)
    meter = SimulatedMeter(
        commissioned=False, readings={"key_before_commissioning": "refused"}, reboot_time=0
    )
    async with ModbusTcpServer(meter) as server:
        entry = await add_meter(hass, server)
        with pytest.raises(ServiceValidationError) as raised:
            await act(hass, entry, "start_charge_cycle", **CHARGE)
        assert raised.value.translation_key == "not_commissioned"
        assert meter.errors_1 == 0
        assert not writes(server)
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_meter_that_has_its_command_in_the_other_byte(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A begin is not given twice, in any form: the error says that the meter refuses it."""
    async with standing(hass, {"command_word": "high"}, "modbus", monkeypatch) as stand:
        with pytest.raises(HomeAssistantError) as raised:
            await act(hass, stand.entry, "start_charge_cycle", **CHARGE)
        assert raised.value.translation_key == "refused"
        assert (len(stand.meter.records), stand.meter.charging) == (2, False)
        assert phase_on_disk(hass, stand.entry) is None


@pytest.mark.parametrize("reading", OPEN_PLACES["save_answer"].readings)
@pytest.mark.parametrize("lost", [False, True], ids=["saved", "lost once"])
async def test_parameters_are_saved_whatever_the_meter_answers(
    hass: HomeAssistant,
    reading: str,
    lost: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A request to save that is lost leaves no trace but that the meter does not start again."""
    meter = SimulatedMeter(readings={"save_answer": reading}, reboot_time=0)
    drive_time(monkeypatch)
    async with ModbusTcpServer(meter) as server:
        entry = await add_meter(hass, server)
        if lost:
            server.faults.inject(ModbusFault.SILENCE, times=1, only=lambda frame: frame.pdu == SAVE)
        await act(hass, entry, "set_parameters", parameters={"P02_01": 1}, password="")
        meter.power_failure()
        assert meter.parameters["P02_01"] == 1
        assert server.requests.count(SAVE) == 1 + lost
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("reading", ["local", "wall"])
@pytest.mark.parametrize("zone", ["Etc/GMT-1", "US/Pacific"])
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_meter_whose_clock_is_set_in_local_time(
    hass: HomeAssistant, reading: str, transport: str, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One record at most is signed with a wrong time, and a repair says so until the next."""
    await hass.config.async_set_time_zone(zone)
    async with standing(hass, {"clock_set": reading}, transport, monkeypatch) as stand:
        meter, configure = stand.meter, stand.meter.configure
        set_to: list[int] = []

        def count(**settings: int) -> None:
            set_to.extend([settings["datetime"]] if "datetime" in settings else [])
            configure(**settings)

        monkeypatch.setattr(meter, "configure", count)
        found, counts = [], []
        for _ in range(3):
            set_to.clear()
            await stand.start()
            counts.append(len(set_to))
            signed, _ = begin_time(meter.records[-1].encode()) or pytest.fail("no time")
            found.append(signed == pytest.approx(stand.clock.now() - 60, abs=2))
            await pass_time(hass, HOUSEKEEPING)
            issue = (DOMAIN, f"{stand.entry.entry_id}_signed_time")
            assert (issue in ir.async_get(hass).issues) is not found[-1]
            await act(hass, stand.entry, "end_charge_cycle")
            await stand.settle()
            assert await hass.config_entries.async_reload(stand.entry.entry_id)
            await hass.async_block_till_done(wait_background_tasks=True)
        # Where the offset was changed, the web server has shown at once how the time was taken.
        assert found in ([False, True, True], [True, True, True])
        assert found[0] is ((transport, reading, zone) == ("rest", "local", "US/Pacific"))
        assert counts == [1 + found[0], 1, 1]
        texts = stand.entry.runtime_data.meter.found.texts
        assert set(stand.entry.data["clock"]) >= {"takes_local", "proved"}
        assert abs(float(value(hass, stand.entry, "clock_drift"))) < 3
        assert abs(meter.time - meter.now) < 3
        assert len(texts) == len(set(texts))
