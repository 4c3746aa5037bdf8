"""The charge cycle over both transports (manual: charge cycle management, flowchart)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
import time
from typing import Any, cast, override

import pytest

from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle, Journal
from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    ClockNotSynchronisedError,
    CommandFailedError,
    CycleActiveError,
    ErrorsPersistError,
    IdentityNotSignedError,
    MeterError,
    NoCycleError,
    NotCommissionedError,
    PrototypeRefusedError,
    RecordUnavailableError,
    RefusedError,
    SilentError,
    TextCharactersError,
)
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.model import (
    Command as MeterCommand,
    Identity,
    MeasurementStatus,
    MeterErrors,
    SignatureStatus,
    Status,
)
from custom_components.lovato_dmed4.dmed4.prototype import (
    DEFAULT_FORM,
    ChargeIdentity,
    IdentificationType,
    PrototypeForm,
)
from custom_components.lovato_dmed4.dmed4.watch import Timing, now
from simulator import (
    Command,
    JsonError,
    ManualClock,
    NotValidError,
    Readings,
    SimulatedMeter,
    handle_pdu,
)
from simulator.logbook import EventCode
from simulator.prototype import PrototypeError, check_prototype
from tests.driven_time import drive_time

from .helpers import (
    CHARGE,
    HASTY,
    PATIENT,
    AfterCommand,
    Fate,
    ModbusPeer,
    Once,
    client,
    gives,
    hands_over,
    proxied,
    reached,
    reads_record,
    reads_status,
    reasons,
    sets_clock,
    until,
    verified,
)


async def prepare(simulated: SimulatedMeter) -> None:
    """Let the meter accept a prototype, as another client would."""
    text = b'{"FV":"1.1","PG":"T0","IS":false,"IT":"NONE"}'
    simulated.submit_prototype(text)
    await until(lambda: simulated.measurement_status == 1)


async def begin_elsewhere(simulated: SimulatedMeter) -> None:
    """Let another client begin a cycle."""
    await prepare(simulated)
    simulated.command(Command.BEGIN)
    await until(lambda: bool(simulated.records))


# --- the way it should go -----------------------------------------------------------------------


async def test_each_step_returns_its_own_signed_record(
    simulated: SimulatedMeter, cycle: ChargeCycle, meter: Meter
) -> None:
    begin = await cycle.begin(CHARGE)
    assert reasons(begin, simulated) == ["B", "B"]
    assert (await meter.read_status()).measurement is MeasurementStatus.ACTIVE
    first = await cycle.read()
    second = await cycle.read()
    assert reasons(first, simulated) == reasons(second, simulated) == ["B", "C"]
    assert first != second
    end = await cycle.end()
    assert reasons(end, simulated) == ["B", "E"]
    assert (await meter.read_status()).measurement is MeasurementStatus.NOT_INITIALIZED
    assert [record.encode() for record in simulated.records] == [begin, first, second, end]


async def test_the_record_names_who_charges_and_has_the_time_synchronised(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    payload = verified(await cycle.begin(CHARGE), simulated)
    assert payload["ID"] == "1A2B3C4D"
    assert payload["IT"] == "ISO14443"
    assert payload["IL"] == "TRUSTED"
    assert payload["IF"] == ["RFID_PLAIN", "OCPP_AUTH"]
    assert payload["IS"] is True
    assert payload["TT"] == "0.49 EUR/kWh"
    assert payload["RD"][0]["TM"].endswith(" S")


async def test_begin_and_end_record_is_given_by_its_own_command(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    # Manual: command word, `r`.
    await cycle.begin(CHARGE)
    assert reasons(await cycle.end(combined=True), simulated) == ["B", "E"]
    assert simulated.last_command == 0x72
    assert simulated.measurement_status == 0


async def test_a_cycle_follows_another(simulated: SimulatedMeter, cycle: ChargeCycle) -> None:
    for _ in range(2):
        await cycle.begin(CHARGE)
        await cycle.end()
    assert len(simulated.records) == 4


async def test_the_last_record_can_be_fetched_again(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    assert await cycle.last_record() == b""
    record = await cycle.begin(CHARGE)
    assert await cycle.last_record() == record


async def test_a_cycle_that_went_through_a_power_failure_can_be_read_and_ended(
    simulated: SimulatedMeter, cycle: ChargeCycle, meter: Meter
) -> None:
    # Manual: measurement status, 3 active after power failure.
    await cycle.begin(CHARGE)
    simulated.power_failure()
    with suppress(MeterError):
        await meter.read_status()  # the link broke off, too
    status = await meter.read_status()
    assert status.measurement is MeasurementStatus.ACTIVE_AFTER_POWER_FAILURE
    with pytest.raises(CycleActiveError):
        await cycle.begin(CHARGE)
    assert reasons(await cycle.read(), simulated) == ["B", "C"]
    assert simulated.measurement_status == 3
    assert reasons(await cycle.end(), simulated) == ["B", "P"]
    assert simulated.measurement_status == 0


async def test_a_prepared_cycle_is_discarded_by_begin_and_end_before_the_new_one(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    # Manual: flowchart; measurement status 1 needs begin, then end.
    await prepare(simulated)
    record = await cycle.begin(CHARGE)
    assert verified(record, simulated)["ID"] == "1A2B3C4D"
    assert [reasons(text.encode(), simulated)[1] for text in simulated.records] == ["B", "E", "B"]


async def test_errors_left_behind_are_reset_before_a_begin(
    simulated: SimulatedMeter, cycle: ChargeCycle, meter: Meter
) -> None:
    simulated.set_error(1, 0)
    simulated.set_error(2, 1)
    assert (await meter.read_status()).errors == MeterErrors.JSON_SYNTAX | MeterErrors.DMED_COMM
    await cycle.begin(CHARGE)
    status = await meter.read_status()
    assert not status.errors
    assert SignatureStatus.ERROR not in status.signature


async def test_reset_errors_clears_both_dwords(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    simulated.set_error(1, 3)
    simulated.set_error(2, 2)
    await cycle.reset_errors()
    assert (simulated.errors_1, simulated.errors_2) == (0, 0)


async def test_synchronising_sets_the_meters_clock(transport: str) -> None:
    simulated = SimulatedMeter(clock=ManualClock(), clock_error=3600)
    before = time.time()
    async with reached(simulated, transport) as meter:
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        assert not simulated.synchronised
        await cycle.synchronise_clock()
    assert simulated.synchronised
    assert before - 1 < simulated.time < time.time() + 1


# --- what is not possible -----------------------------------------------------------------------


async def test_begin_while_charging_is_refused_and_sends_nothing_that_changes_the_meter(
    simulated: SimulatedMeter, transport: str
) -> None:
    await begin_elsewhere(simulated)
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        with pytest.raises(CycleActiveError):
            await cycle.begin(CHARGE)
        with pytest.raises(CycleActiveError):
            await cycle.synchronise_clock()
    for request in proxy.passed:
        assert request.startswith(b"GET ") or request[7] in (0x04, 0x11), request
    assert len(simulated.records) == 1


async def test_read_and_end_without_a_cycle_are_refused(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    with pytest.raises(NoCycleError):
        await cycle.read()
    with pytest.raises(NoCycleError):
        await cycle.end()
    with pytest.raises(NoCycleError):
        await cycle.end(combined=True)
    assert simulated.records == []
    await cycle.begin(CHARGE)
    await cycle.end()


async def test_a_wrong_text_is_refused_before_anything_is_sent(transport: str) -> None:
    async with client(transport, 1) as meter:  # nothing listens there
        cycle = ChargeCycle(meter, Identity(model="DMED4"), PATIENT)
        with pytest.raises(TextCharactersError):
            await cycle.begin(ChargeIdentity(data="a|b"))


# --- what the meter refuses ---------------------------------------------------------------------


async def test_a_refused_prototype_names_the_errors_and_leaves_the_meter_as_before(
    simulated: SimulatedMeter, cycle: ChargeCycle, meter: Meter
) -> None:
    # Manual: error dword 1, bit 3 JSON_VALUE.
    await cycle.synchronise_clock()
    before = await meter.read_status()
    unheard_of = ChargeIdentity(type=cast("IdentificationType", "ROYAL"))
    with pytest.raises(PrototypeRefusedError) as caught:
        await cycle.begin(unheard_of)
    assert caught.value.errors == ("JSON_VALUE",)
    assert "JSON_VALUE" in str(caught.value)
    assert await meter.read_status() == before
    assert before.measurement is MeasurementStatus.NOT_INITIALIZED
    assert simulated.records == []
    await cycle.begin(CHARGE)


async def test_a_meter_that_is_not_commissioned_is_left_alone(transport: str) -> None:
    # Manual: flowchart, "commissioning must be completed before starting"; signature status, bit 0.
    simulated = SimulatedMeter(commissioned=False)
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        with pytest.raises(NotCommissionedError):
            await cycle.begin(CHARGE)
    for request in proxy.passed:
        assert request.startswith(b"GET ") or request[7] in (0x04, 0x11), request


async def test_a_meter_that_was_commissioned_after_set_up_can_be_started(transport: str) -> None:
    simulated = SimulatedMeter(
        signing_time=0.01, checking_time=0.01, readings={"not_initialised": "signature"}
    )
    async with reached(simulated, transport) as meter:
        identity = replace(await meter.identify(), public_key=None)
        record = await ChargeCycle(meter, identity, PATIENT).begin(CHARGE)
    assert reasons(record, simulated) == ["B", "B"]


async def test_a_prototype_that_is_not_accepted_in_time_fails_without_naming_errors(
    transport: str,
) -> None:
    simulated = SimulatedMeter(checking_time=3600)
    async with reached(simulated, transport) as meter:
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        with pytest.raises(PrototypeRefusedError, match="in time") as caught:
            await cycle.begin(CHARGE)
        assert caught.value.errors == ()


async def test_an_error_raised_while_signing_is_named_and_the_next_step_works(
    transport: str,
) -> None:
    # Manual: error dword 2, bit 0 EEPROM_READ.
    simulated = SimulatedMeter(signing_time=0.1, checking_time=0.01)
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        proxy.decide = spoil = AfterCommand("B", lambda: simulated.set_error(2, 0))
        with pytest.raises(CommandFailedError) as caught:
            await cycle.begin(CHARGE)
        assert spoil.done
        assert caught.value.errors == ("EEPROM_READ",)
        assert simulated.measurement_status == 2
        # It stands still; what stood before a step does not stop it.
        assert reasons(await cycle.end(), simulated) == ["B", "E"]
        assert simulated.errors_2 == 1


async def test_a_signature_that_fails_is_named(transport: str) -> None:
    # Manual: signature status, bit 4 signature error; error dword 1, bit 15 ECDSA_SIGN.
    simulated = SimulatedMeter(signing_time=0.1, checking_time=0.01)
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        await cycle.begin(CHARGE)
        proxy.decide = AfterCommand("E", lambda: simulated.set_error(1, 15))
        with pytest.raises(CommandFailedError) as caught:
            await cycle.end()
        assert caught.value.errors == ("ECDSA_SIGN", "SIGNATURE_ERROR")
        proxy.decide = lambda _: Fate.PASS
        await cycle.begin(CHARGE)


async def test_errors_that_come_back_after_a_reset_stop_a_begin(transport: str) -> None:
    simulated = SimulatedMeter()
    simulated.set_error(1, 10)
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        proxy.decide = AfterCommand("X", lambda: simulated.set_error(1, 10), always=True)
        with pytest.raises(ErrorsPersistError) as caught:
            await cycle.begin(CHARGE)
        assert caught.value.errors == ("PUBKEY_INIT", "SIGNATURE_ERROR")
        assert simulated.measurement_status == 0
        proxy.decide = lambda _: Fate.PASS
        await cycle.reset_errors()
        assert simulated.errors_1 == 0


async def test_a_charge_is_not_started_when_the_clock_is_not_synchronised(transport: str) -> None:
    # Manual: signature status, bit 5 timestamp synchronised.
    simulated = SimulatedMeter(sync_timeout=0)  # the bit never comes
    async with reached(simulated, transport) as meter:
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        with pytest.raises(ClockNotSynchronisedError) as caught:
            await cycle.begin(CHARGE)
        assert caught.value.errors == ()
        with pytest.raises(ClockNotSynchronisedError):
            await cycle.synchronise_clock()
    assert (simulated.measurement_status, simulated.records) == (0, [])


async def test_a_clock_write_that_is_refused_says_so(transport: str) -> None:
    # Another client begins between our look at the status and the write.
    simulated = SimulatedMeter(signing_time=0.01, checking_time=0.01)
    await prepare(simulated)
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)

        def begin_first(request: bytes) -> Fate:
            if sets_clock(request):
                simulated.command(Command.BEGIN)
            return Fate.PASS

        proxy.decide = begin_first
        with pytest.raises(RefusedError):
            await cycle.synchronise_clock()
    assert not simulated.synchronised


# --- what gets lost on the way ------------------------------------------------------------------


async def test_a_begin_whose_answer_is_lost_begins_exactly_once(
    simulated: SimulatedMeter, transport: str
) -> None:
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        proxy.decide = lose = Once(gives("B"), Fate.LOSE_ANSWER)
        record = await cycle.begin(CHARGE)
        assert lose.done.is_set()
        assert reasons(record, simulated) == ["B", "B"]
        assert sum(map(gives("B"), proxy.passed)) == 1
        assert [record.decode()] == simulated.records

        proxy.decide = lose = Once(gives("E"), Fate.LOSE_ANSWER)
        record = await cycle.end()
        assert lose.done.is_set()
        assert reasons(record, simulated) == ["B", "E"]
        assert sum(map(gives("E"), proxy.passed)) == 1


@pytest.mark.parametrize("fate", [Fate.SWALLOW, Fate.HANG])
async def test_a_command_that_never_arrives_is_given_again(
    simulated: SimulatedMeter, transport: str, fate: Fate
) -> None:
    """But not before the time is over in which it would have shown."""
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), Timing(poll=1, command=10))
        given = []
        for command, step in (("B", partial(cycle.begin, CHARGE)), ("C", cycle.read)):
            started = now()
            proxy.decide = lose = Once(gives(command), fate)
            given.append(reasons(await step(), simulated)[1])
            assert lose.done.is_set()
            assert now() - started >= cycle.watch.timing.command
            assert sum(map(gives(command), proxy.passed)) == 1
        for command, end in (("E", cycle.end), ("r", partial(cycle.end, combined=True))):
            proxy.decide = Once(gives(command), fate)
            given.append(reasons(await end(), simulated)[1])
            assert sum(map(gives(command), proxy.passed)) == 1
            if command == "E":
                await cycle.begin(CHARGE)
    assert given == ["B", "C", "E", "E"]
    assert len(simulated.records) == 5


@pytest.mark.parametrize("command", [Command.BEGIN, Command.INTERMEDIATE, Command.END])
async def test_a_command_that_arrives_late_is_not_given_twice(
    simulated: SimulatedMeter, transport: str, command: Command
) -> None:
    """As from a gateway that keeps it for a while."""
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify())
        if command is not Command.BEGIN:
            await cycle.begin(CHARGE)
        lost = gives(command.value)

        def decide(request: bytes) -> Fate:
            if not lost(request):
                return Fate.PASS
            asyncio.get_running_loop().call_later(25, simulated.command, command)
            return Fate.HANG

        proxy.decide = decide
        steps: dict[Command, Callable[[], Awaitable[bytes]]] = {
            Command.BEGIN: partial(cycle.begin, CHARGE),
            Command.INTERMEDIATE: cycle.read,
            Command.END: cycle.end,
        }
        assert reasons(await steps[command](), simulated)[1] == command.value
        assert not any(map(lost, proxy.passed))
    assert len(simulated.records) == 1 + (command is not Command.BEGIN)


async def test_a_command_that_gets_lost_each_time_fails(
    simulated: SimulatedMeter, transport: str
) -> None:
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        lost: list[bytes] = []

        def decide(request: bytes) -> Fate:
            if not gives("B")(request):
                return Fate.PASS
            lost.append(request)
            return Fate.SWALLOW

        proxy.decide = decide
        with pytest.raises(CommandFailedError, match="in time") as caught:
            await cycle.begin(CHARGE)
        assert caught.value.errors == ()
        assert len(lost) == 3
        assert simulated.records == []
        # The prepared cycle is discarded, and then it works.
        proxy.decide = lambda _: Fate.PASS
        patient = ChargeCycle(meter, await meter.identify(), PATIENT)
        assert reasons(await patient.begin(CHARGE), simulated) == ["B", "B"]


async def test_a_lost_command_is_not_given_again_to_a_meter_that_has_changed(
    simulated: SimulatedMeter, transport: str
) -> None:
    """It can't be known whether that is what the command has done."""
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        await cycle.begin(CHARGE)
        lost: list[bytes] = []

        def decide(request: bytes) -> Fate:
            if not gives("C")(request):
                return Fate.PASS
            lost.append(request)
            simulated.power_failure()
            return Fate.SWALLOW

        proxy.decide = decide
        with pytest.raises(CommandFailedError):
            await cycle.read()
        assert len(lost) == 1


@pytest.mark.parametrize("command", ["B", "C"])
async def test_a_command_whose_power_fails_before_the_first_look_at_the_status_has_succeeded(
    simulated: SimulatedMeter, transport: str, command: str
) -> None:
    """The charge goes on as active after power failure, and its record is there."""
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify())
        if command == "C":
            await cycle.begin(CHARGE)
        proxy.decide = AfterCommand(command, simulated.power_failure)
        start = now()
        record = await (cycle.read() if command == "C" else cycle.begin(CHARGE))
        assert reasons(record, simulated)[1] == command
        assert simulated.measurement_status == 3
        # Nothing is waited for that can't come any more.
        assert now() - start < cycle.watch.timing.step


@pytest.mark.parametrize("command", ["B", "C"])
async def test_the_wait_ends_when_the_status_says_that_a_command_is_void(
    simulated: SimulatedMeter, transport: str, command: str
) -> None:
    """The power takes the prepared cycle with it; another client ends the charge to be read."""
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify())
        if command == "C":
            await cycle.begin(CHARGE)

        def decide(request: bytes) -> Fate:
            if not gives(command)(request):
                return Fate.PASS
            if command == "B":
                simulated.power_failure()
            else:
                simulated.command(Command.END)
            return Fate.SWALLOW

        proxy.decide = decide
        start = now()
        with pytest.raises(CommandFailedError):
            await (cycle.read() if command == "C" else cycle.begin(CHARGE))
        assert now() - start < cycle.watch.timing.step
        assert simulated.measurement_status == 0


async def test_a_command_that_a_busy_meter_has_not_taken_is_given_again(
    simulated: SimulatedMeter, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxied(simulated, transport) as (meter, _):
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        send = meter.send
        given: list[MeterCommand] = []

        async def send_to_busy(command: MeterCommand) -> None:
            given.append(command)
            if len(given) == 1:
                raise RefusedError("busy", code=6)
            await send(command)

        monkeypatch.setattr(meter, "send", send_to_busy)
        await cycle.begin(CHARGE)
        assert given == [MeterCommand.BEGIN] * 2
        assert len(simulated.records) == 1


async def test_a_command_is_not_given_again_when_the_status_can_not_be_read(
    simulated: SimulatedMeter, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxied(simulated, transport) as (meter, _):
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        read_status = meter.read_status
        given: list[MeterCommand] = []

        async def lose(command: MeterCommand) -> None:
            given.append(command)
            raise SilentError("lost")

        async def fail(*_: object) -> bytes:
            monkeypatch.setattr(meter, "read_status", be_silent)
            raise CommandFailedError("the meter did not get there in time")

        async def be_silent() -> Status:
            monkeypatch.setattr(meter, "read_status", read_status)
            raise SilentError("gone")

        monkeypatch.setattr(meter, "send", lose)
        monkeypatch.setattr(cycle, "_await_record", fail)
        with pytest.raises(CommandFailedError):
            await cycle.begin(CHARGE)
        assert given == [MeterCommand.BEGIN]


async def test_a_link_that_is_lost_for_a_moment_while_waiting_does_no_harm(
    transport: str,
) -> None:
    simulated = SimulatedMeter(signing_time=0.1, checking_time=0.01)
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify())
        begun = asyncio.Event()
        failures = [Fate.HANG, Fate.SWALLOW, Fate.LOSE_ANSWER, Fate.SWALLOW]

        def decide(request: bytes) -> Fate:
            if gives("B")(request):
                begun.set()
            elif begun.is_set() and failures:
                return failures.pop()
            return Fate.PASS

        proxy.decide = decide
        assert reasons(await cycle.begin(CHARGE), simulated) == ["B", "B"]
        assert not failures
        assert len(simulated.records) == 1


async def test_a_link_that_stays_lost_says_why_and_the_record_can_be_fetched_later(
    simulated: SimulatedMeter, transport: str
) -> None:
    async with proxied(simulated, transport) as (meter, proxy):
        identity = await meter.identify()
        begun = asyncio.Event()

        def decide(request: bytes) -> Fate:
            if gives("B")(request):
                begun.set()
            elif begun.is_set():
                return Fate.SWALLOW
            return Fate.PASS

        proxy.decide = decide
        with pytest.raises((CannotConnectError, SilentError)):
            await ChargeCycle(meter, identity, HASTY).begin(CHARGE)
        assert begun.is_set()
        proxy.decide = lambda _: Fate.PASS
        cycle = ChargeCycle(meter, identity, PATIENT)
        assert reasons(await cycle.last_record(), simulated) == ["B", "B"]
        assert reasons(await cycle.end(), simulated) == ["B", "E"]


async def test_a_record_that_can_not_be_fetched_is_told_from_a_command_that_failed(
    simulated: SimulatedMeter, transport: str
) -> None:
    async with proxied(simulated, transport) as (meter, proxy):
        identity = await meter.identify()
        await ChargeCycle(meter, identity, PATIENT).begin(CHARGE)
        ended = asyncio.Event()

        def decide(request: bytes) -> Fate:
            if gives("E")(request):
                ended.set()
            elif ended.is_set() and reads_record(request):
                return Fate.SWALLOW
            return Fate.PASS

        proxy.decide = decide
        with pytest.raises(RecordUnavailableError) as caught:
            await ChargeCycle(meter, identity, HASTY).end()
        assert isinstance(caught.value.__cause__, MeterError)
        assert simulated.measurement_status == 0
        proxy.decide = lambda _: Fate.PASS
        record = await ChargeCycle(meter, identity, PATIENT).last_record()
        assert reasons(record, simulated) == ["B", "E"]


async def test_a_record_that_does_not_come_is_unavailable(
    simulated: SimulatedMeter, transport: str
) -> None:
    # The key is broken since before the end, so the meter ends the charge and signs nothing.
    async with reached(simulated, transport) as meter:
        identity = await meter.identify()
        await ChargeCycle(meter, identity, PATIENT).begin(CHARGE)
        simulated.set_error(1, 15)
        with pytest.raises(RecordUnavailableError) as caught:
            await ChargeCycle(meter, identity, HASTY).end()
        assert caught.value.__cause__ is None
        assert simulated.measurement_status == 0
        assert len(simulated.records) == 1


async def test_errors_left_behind_do_not_stop_an_end(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    await cycle.begin(CHARGE)
    simulated.set_error(2, 1)
    assert reasons(await cycle.end(), simulated) == ["B", "E"]
    assert simulated.errors_2 == 2


async def test_a_command_waits_for_the_signature_under_way(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    await cycle.begin(CHARGE)
    simulated.command(Command.INTERMEDIATE)  # by another client
    assert reasons(await cycle.end(), simulated) == ["B", "E"]
    assert [reasons(text.encode(), simulated)[1] for text in simulated.records] == ["B", "C", "E"]


async def test_a_signature_that_takes_for_ever_fails_the_step(transport: str) -> None:
    simulated = SimulatedMeter(signing_time=3600, checking_time=0.01)
    async with reached(simulated, transport) as meter:
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        with pytest.raises(CommandFailedError, match="in time"):
            await cycle.begin(CHARGE)
        assert simulated.measurement_status == 2


# --- several at once, and changes of mind -------------------------------------------------------


async def test_of_two_begins_at_once_exactly_one_begins(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    results = await asyncio.gather(cycle.begin(CHARGE), cycle.begin(CHARGE), return_exceptions=True)
    assert [type(result) for result in results] == [bytes, CycleActiveError]
    assert len(simulated.records) == 1


async def test_the_steps_of_many_callers_take_turns(
    simulated: SimulatedMeter, cycle: ChargeCycle, meter: Meter
) -> None:
    await cycle.begin(CHARGE)
    results = await asyncio.gather(
        cycle.read(), cycle.read(), cycle.end(), meter.read_live(), meter.read_live()
    )
    records = list(results[:3])
    assert [record.encode() for record in simulated.records[1:]] == records
    assert [reasons(record, simulated)[1] for record in records] == ["C", "C", "E"]


@pytest.mark.parametrize("moment", ["B", "status"])
async def test_a_cancelled_step_stops_at_once_and_releases_the_meter(
    transport: str, moment: str
) -> None:
    simulated = SimulatedMeter(signing_time=0.05, checking_time=0.01)
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        recognise = gives("B") if moment == "B" else reads_status
        proxy.decide = hang = Once(recognise, Fate.HANG)
        step = asyncio.create_task(cycle.begin(CHARGE))
        await hang.done.wait()
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        assert step.cancelled()
        assert reasons(await cycle.begin(CHARGE), simulated) == ["B", "B"]
        assert simulated.measurement_status == 2


async def test_a_step_cancelled_between_two_looks_releases_the_meter(transport: str) -> None:
    simulated = SimulatedMeter(checking_time=3600)
    async with reached(simulated, transport) as meter:
        timing = Timing(poll=3600, step=7200, command=7200)
        cycle = ChargeCycle(meter, await meter.identify(), timing)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(cycle.begin(CHARGE), 1800)
        assert await cycle.last_record() == b""


class ErrorBehindTheDwords:
    """A meter that meets an error between a look at its dwords and one at its status."""

    def __init__(self, simulated: SimulatedMeter, *, named: bool) -> None:
        self._simulated = simulated
        self._named = named
        self._begun = False

    def __call__(self, pdu: bytes) -> bytes | None:
        answer = handle_pdu(self._simulated, pdu)
        self._begun |= pdu == bytes.fromhex("06 427f 0042")
        if answer is None or not self._begun or pdu[1:3] != bytes.fromhex("41ff"):
            return answer
        if self._named:
            self._simulated.set_error(2, 2)
        # Manual: signature status, bit 15.
        return answer[:4] + bytes([answer[4] | 0x80]) + answer[5:]


@pytest.mark.parametrize(("named", "names"), [(True, ("DMED_FRAME",)), (False, ("ERROR",))])
async def test_an_error_that_comes_between_two_requests_is_named_all_the_same(
    simulated: SimulatedMeter,
    named: bool,  # noqa: FBT001
    names: tuple[str, ...],
) -> None:
    peer = ModbusPeer(ErrorBehindTheDwords(simulated, named=named))
    async with peer, client("modbus", peer.port) as meter:
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        with pytest.raises(CommandFailedError) as caught:
            await cycle.begin(CHARGE)
    assert caught.value.errors == names


async def test_an_error_is_told_even_if_its_name_can_not_be_read(
    simulated: SimulatedMeter, transport: str
) -> None:
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        begun = asyncio.Event()
        looks = 0

        def decide(request: bytes) -> Fate:
            nonlocal looks
            if gives("B")(request):
                begun.set()
                simulated.set_error(2, 0)
            looks += begun.is_set() and reads_status(request)
            return Fate.SWALLOW if looks == 2 else Fate.PASS

        proxy.decide = decide
        with pytest.raises(CommandFailedError) as caught:
            await cycle.begin(CHARGE)
        assert caught.value.errors == ("EEPROM_READ",)


async def test_a_meter_that_refuses_the_record_it_does_not_have_yet_is_started(
    simulated: SimulatedMeter,
) -> None:
    def serve(pdu: bytes) -> bytes:
        """Refuse the output message (0x4400) while nothing is signed, whatever its length."""
        answer = handle_pdu(simulated, pdu) or b""
        if simulated.records:
            return answer
        address = int.from_bytes(pdu[1:3]) + 1
        if address == 0x4201:
            return answer[:-2] + (10).to_bytes(2)
        return bytes([0x84, 0x04]) if address == 0x4400 else answer

    async with ModbusPeer(serve) as peer, client("modbus", peer.port) as meter:
        with pytest.raises(RefusedError):
            await meter.read_last_record()
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        assert reasons(await cycle.begin(CHARGE), simulated) == ["B", "B"]


# --- the journal --------------------------------------------------------------------------------


class Notes(Journal):
    """Notes what it is told, with how many records the meter had signed by then."""

    def __init__(self, simulated: SimulatedMeter) -> None:
        self._simulated = simulated
        self.told: list[tuple[str, str, int]] = []
        self.records: list[bytes] = []

    @override
    async def before(self, command: MeterCommand, last: bytes) -> None:
        await self._note("before", command, last)

    @override
    async def after(self, command: MeterCommand, record: bytes) -> bytes:
        await self._note("after", command, record)
        return record

    async def _note(self, when: str, command: MeterCommand, record: bytes) -> None:
        await asyncio.sleep(0.02)  # the step waits for it
        self.told.append((when, command, len(self._simulated.records)))
        self.records.append(record)


async def test_the_journal_has_every_command_before_it_is_given_and_every_record(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    await prepare(simulated)
    cycle.journal = notes = Notes(simulated)
    await cycle.begin(CHARGE)
    await cycle.read()
    await cycle.end()
    # Of the prepared cycle that was discarded, too.
    assert notes.told == [
        (when, command, count + (when == "after"))
        for count, command in enumerate("BEBCE")
        for when in ("before", "after")
    ]
    signed = [text.encode() for text in simulated.records]
    assert notes.records[1::2] == signed
    assert notes.records[::2] == [b"", *signed[:-1]]


async def test_the_journal_is_given_the_record_that_somebody_else_made(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    await begin_elsewhere(simulated)
    cycle.journal = notes = Notes(simulated)
    await cycle.end()
    assert notes.records == [text.encode() for text in simulated.records]


async def test_the_journal_has_a_command_that_was_lost_and_no_record_of_it(
    simulated: SimulatedMeter, transport: str
) -> None:
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        cycle.journal = notes = Notes(simulated)
        proxy.decide = lambda request: Fate.SWALLOW if gives("B")(request) else Fate.PASS
        with pytest.raises(CommandFailedError):
            await cycle.begin(CHARGE)
        assert notes.told == [("before", "B", 0)]


# --- before and after the prototype ---------------------------------------------------------------


def refusing(simulated: SimulatedMeter, *refused: Command) -> Callable[[Command], None]:
    """Make a meter's check of a command that refuses some."""
    check = simulated.check_command

    def refuse(command: Command) -> None:
        if command in refused:
            raise NotValidError(command)
        check(command)

    return refuse


async def test_what_can_fail_comes_before_the_prototype(
    simulated: SimulatedMeter, transport: str
) -> None:
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        await cycle.begin(CHARGE)
        proxy.passed.clear()
        await cycle.end()
        await cycle.begin(CHARGE)
    handed_over = [hands_over(request) for request in proxy.passed]
    after = proxy.passed[handed_over.index(True) + 1 :]
    begin = next(number for number, request in enumerate(after) if gives("B")(request))
    assert begin > 0
    for request in after[:begin]:
        # Nothing but looks at the status, and those are repeated.
        assert b"/charge_status" in request or request[7:9] in (b"\x04\x3f", b"\x04\x41"), request


async def test_a_failed_begin_leaves_nobodys_prototype_and_the_clearing_is_marked(
    simulated: SimulatedMeter, transport: str
) -> None:
    async with proxied(simulated, transport) as (meter, proxy):
        with pytest.MonkeyPatch.context() as patch:
            drive_time(patch)
            cycle = ChargeCycle(meter, await meter.identify(), HASTY)
            proxy.decide = lambda request: Fate.SWALLOW if gives("B")(request) else Fate.PASS
            with pytest.raises(CommandFailedError):
                await cycle.begin(CHARGE)
            proxy.decide = lambda _: Fate.PASS
        assert simulated.measurement_status == 1
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        cycle.journal = notes = Clearings(cycle)
        record = await cycle.begin(CHARGE)
    texts = [text.encode() for text in simulated.records]
    assert [verified(text, simulated)["ID"] for text in texts] == ["", "", CHARGE.data]
    assert [verified(text, simulated)["TT"] for text in texts[:2]] == ["", ""]
    assert notes.cleared == texts[:2]
    assert texts[2] == record


async def test_a_prototype_whose_acceptance_could_not_be_seen_is_taken_back(
    simulated: SimulatedMeter, cycle: ChargeCycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = cycle.watch.until

    async def lose(*args: Any, **kwargs: Any) -> Status:
        if PrototypeRefusedError not in args:
            return await wait(*args, **kwargs)
        monkeypatch.setattr(cycle.watch, "until", wait)
        await until(lambda: simulated.measurement_status == 1)
        raise SilentError("lost for as long as it was waited for")

    monkeypatch.setattr(cycle.watch, "until", lose)
    with pytest.raises(SilentError):
        await cycle.begin(CHARGE)
    assert simulated.measurement_status == 1
    simulated.command(Command.BEGIN)
    await until(lambda: bool(simulated.records))
    assert verified(simulated.records[0].encode(), simulated)["ID"] == ""


async def test_a_prepared_cycle_is_cleared_also_where_the_record_of_its_begin_gets_lost(
    simulated: SimulatedMeter, cycle: ChargeCycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A charge that nobody has started must not go on."""
    await prepare(simulated)
    fetch = cycle._await_record

    async def lose(*args: Any) -> bytes:
        record = await fetch(*args)
        if len(simulated.records) == 1:
            raise RecordUnavailableError("lost")
        return record

    monkeypatch.setattr(cycle, "_await_record", lose)
    cycle.journal = notes = Clearings(cycle)
    assert reasons(await cycle.begin(CHARGE), simulated) == ["B", "B"]
    texts = [text.encode() for text in simulated.records]
    assert [reasons(text, simulated)[1] for text in texts] == ["B", "E", "B"]
    assert notes.cleared == [texts[1]]
    assert notes.before_end == [texts[0]]


async def test_a_clearing_that_another_client_has_ended_begins_no_charge(
    simulated: SimulatedMeter, cycle: ChargeCycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prepare(simulated)

    async def end(*_: object) -> bytes:
        await until(lambda: len(simulated.records) == 1)
        simulated.command(Command.END)
        await until(lambda: len(simulated.records) == 2)
        raise CommandFailedError("somebody else has ended it")

    monkeypatch.setattr(cycle, "_await_record", end)
    with pytest.raises(CommandFailedError, match="somebody else"):
        await cycle.begin(CHARGE)
    assert (simulated.measurement_status, len(simulated.records)) == (0, 2)


class Clearings(Journal):
    """Notes the records that were made only to clear a prepared cycle."""

    def __init__(self, cycle: ChargeCycle) -> None:
        self._cycle = cycle
        self.cleared: list[bytes] = []
        self.before_end: list[bytes] = []

    @override
    async def before(self, command: MeterCommand, last: bytes) -> None:
        if command is MeterCommand.END:
            self.before_end.append(last)

    @override
    async def after(self, command: MeterCommand, record: bytes) -> bytes:
        if self._cycle.clearing:
            self.cleared.append(record)
        return record


async def test_a_prototype_that_can_not_be_taken_back_is_discarded_all_the_same(
    simulated: SimulatedMeter, cycle: ChargeCycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prepare(simulated)
    taken = iter([False])

    def take(text: bytes | None, readings: Readings) -> dict[str, str]:
        if not next(taken, True):
            raise PrototypeError(JsonError.SEQUENCE)
        return check_prototype(text, readings)

    monkeypatch.setattr("simulator.meter.check_prototype", take)
    assert reasons(await cycle.begin(CHARGE), simulated) == ["B", "B"]
    assert [reasons(text.encode(), simulated)[1] for text in simulated.records] == ["B", "E", "B"]
    assert simulated.errors_1 == 0


async def test_a_form_that_was_accepted_is_not_doubted_and_forgotten_when_it_is_refused(
    simulated: SimulatedMeter, cycle: ChargeCycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cycle.begin(CHARGE)
    await cycle.end()
    form = cycle.preparation.form
    assert form == DEFAULT_FORM
    tries = []

    def refuse(text: bytes | None, readings: Readings) -> dict[str, str]:
        tries.append(text)
        raise PrototypeError(JsonError.VALUE)

    with monkeypatch.context() as patch:
        patch.setattr("simulator.meter.check_prototype", refuse)
        with pytest.raises(PrototypeRefusedError):
            await cycle.begin(CHARGE)
    assert len(tries) == 1
    assert cycle.preparation.form is None
    await cycle.begin(CHARGE)


async def test_no_other_form_is_tried_while_the_errors_of_the_last_one_stand(
    simulated: SimulatedMeter, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse(text: bytes | None, readings: Readings) -> dict[str, str]:
        tries.append(text)
        raise PrototypeError(JsonError.VALUE)

    monkeypatch.setattr("simulator.meter.check_prototype", refuse)
    monkeypatch.setattr(simulated, "reset_errors", lambda: None)
    async with reached(simulated, transport) as meter:
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        with pytest.raises(PrototypeRefusedError) as caught:
            await cycle.begin(CHARGE)
    assert caught.value.errors == ("JSON_VALUE",)
    assert len(tries) == 1


async def test_a_meter_that_is_ill_is_not_asked_for_another_form(
    simulated: SimulatedMeter, cycle: ChargeCycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Manual: error dword 2, bit 0 EEPROM_READ.
    tries = []

    def fail(text: bytes | None) -> None:
        tries.append(text)
        simulated.set_error(2, 0)

    monkeypatch.setattr(simulated, "submit_prototype", fail)
    with pytest.raises(PrototypeRefusedError) as caught:
        await cycle.begin(CHARGE)
    assert caught.value.errors == ("EEPROM_READ",)
    assert len(tries) == 1


@pytest.mark.parametrize("transport", ["modbus"])
@pytest.mark.parametrize("heard", [True, False])
async def test_a_form_that_is_taken_and_ignored_is_noticed_and_another_one_used(
    simulated: SimulatedMeter,
    cycle: ChargeCycle,
    monkeypatch: pytest.MonkeyPatch,
    *,
    heard: bool,
) -> None:
    def take(text: bytes | None, readings: Readings) -> dict[str, str]:
        _, _, framed = (text or b"").partition(b"|")
        if framed and heard:
            return check_prototype(framed.split(b"|")[0], readings)
        return check_prototype(b'{"FV":"1.0","PG":"T1","IS":false,"IT":"NONE","ID":""}', readings)

    monkeypatch.setattr("simulator.meter.check_prototype", take)
    with pytest.raises(IdentityNotSignedError):
        await cycle.begin(CHARGE)
    assert simulated.measurement_status == 2
    await cycle.end()
    assert cycle.preparation.form is None
    if heard:
        record = await cycle.begin(CHARGE)
        assert verified(record, simulated)["ID"] == CHARGE.data
        assert cycle.preparation.form == PrototypeForm(container="file", closing="signature")
        return
    for _ in range(3):
        with pytest.raises(IdentityNotSignedError):
            await cycle.begin(CHARGE)
        await cycle.end()


async def test_the_offset_is_set_with_the_clock_before_a_begin(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    record = await cycle.begin(CHARGE, time_offset=-210)
    assert "-0330" in verified(record, simulated)["RD"][0]["TM"]
    await cycle.end()
    # Manual: -900 to 900 minutes in steps of 15. What is no step is not sent, and what the meter
    # refuses does not keep a charge from starting.
    for offset in (7, 915):
        await cycle.begin(CHARGE, time_offset=offset)
        await cycle.end()
    codes = [event.code for event in simulated.event_log.entries]
    assert (simulated.time_offset, codes.count(EventCode.OFFSET_SET)) == (-210, 1)


async def test_a_cycle_knows_whether_it_is_busy_and_can_be_waited_for(
    simulated: SimulatedMeter, cycle: ChargeCycle
) -> None:
    step = asyncio.create_task(cycle.begin(CHARGE))
    await asyncio.sleep(0)
    assert cycle.busy
    await cycle.finish()
    assert step.done()
    assert not cycle.busy


# --- an end that the meter does not carry out -----------------------------------------------------


@pytest.mark.parametrize("combined", [False, True])
async def test_an_end_that_is_refused_is_refused_and_leaves_no_errors(
    simulated: SimulatedMeter,
    cycle: ChargeCycle,
    monkeypatch: pytest.MonkeyPatch,
    *,
    combined: bool,
) -> None:
    await cycle.begin(CHARGE)
    refused = refusing(simulated, Command.END, Command.BEGIN_AND_END)
    monkeypatch.setattr(simulated, "check_command", refused)
    with pytest.raises(RefusedError):
        await cycle.end(combined=combined)
    assert (simulated.measurement_status, len(simulated.records), simulated.errors_1) == (2, 1, 0)


async def test_an_end_that_gets_lost_each_time_leaves_the_charge_running(
    simulated: SimulatedMeter, transport: str
) -> None:
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify(), HASTY)
        await cycle.begin(CHARGE)
        proxy.decide = lambda request: Fate.SWALLOW if gives("E")(request) else Fate.PASS
        with pytest.raises(CommandFailedError):
            await cycle.end()
        assert not any(map(gives("E"), proxy.passed))
        assert simulated.measurement_status == 2


async def test_after_a_power_failure_everything_but_a_begin_is_tried(
    transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated = SimulatedMeter(
        signing_time=0, checking_time=0, readings={"power_failure": "prepare"}
    )
    async with proxied(simulated, transport) as (meter, proxy):
        cycle = ChargeCycle(meter, await meter.identify())
        await cycle.begin(CHARGE)
        simulated.power_failure()
        monkeypatch.setattr(simulated, "check_command", refusing(simulated, Command.END))
        with suppress(MeterError):
            await meter.read_status()
        # After a restart, what was kept of the charge is handed in.
        prototype = cycle.preparation.prototype
        cycle = ChargeCycle(meter, await meter.identify())
        cycle.preparation.prototype = prototype
        proxy.passed.clear()
        record = await cycle.end(time_offset=60)
    assert reasons(record, simulated) == ["B", "P"]
    payload = verified(record, simulated)
    assert (payload["ID"], payload["RD"][3]["TM"][-7:]) == (CHARGE.data, "+0100 S")
    given = [[sum(map(gives(letter), proxy.passed))] for letter in "BEr"]
    assert given == [[0], [2], [1]]
    assert cycle.preparation.prototype == b""


async def test_a_charge_of_somebody_else_is_ended_with_nobodys_prototype(transport: str) -> None:
    simulated = SimulatedMeter(
        signing_time=0, checking_time=0, readings={"power_failure": "prepare"}
    )
    await begin_elsewhere(simulated)
    simulated.power_failure()
    async with reached(simulated, transport) as meter:
        cycle = ChargeCycle(meter, await meter.identify())
        record = await cycle.end()
    assert (reasons(record, simulated), verified(record, simulated)["ID"]) == (["B", "P"], "")
