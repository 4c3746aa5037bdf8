"""Whole charges on meters that follow other readings of the manual than ours, each exclusively."""

from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import json
from random import Random
from typing import Any, override

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
import pytest

from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle
from custom_components.lovato_dmed4.dmed4.errors import MeterError, NoCycleError
from custom_components.lovato_dmed4.dmed4.logbook import read_events, read_records
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.prototype import DEFAULT_FORM, PrototypeForm
from simulator import OPEN_PLACES, ManualClock, SimulatedMeter
from simulator.record import raw_signature
from tests.logbooks import find_entries_at_once

from .helpers import CHARGE, TRANSPORTS, reached

# What can be noticed in a charge, its records and the logbook.
PLACES = list(OPEN_PLACES)[: list(OPEN_PLACES).index("names")]

CASES = [
    pytest.param({name: value}, transport, id=f"{name}={value}-{transport}")
    for name in PLACES
    for value in OPEN_PLACES[name].readings
    if value != OPEN_PLACES[name].default
    for transport in OPEN_PLACES[name].transports
]

COMBINATIONS = 12


def combination(number: int) -> dict[str, str]:
    """Draw a reading of each open place."""
    random = Random(number)  # noqa: S311
    return {name: random.choice(list(OPEN_PLACES[name].readings)) for name in PLACES}


def genuine(record: bytes, simulated: SimulatedMeter) -> dict[str, Any]:
    """Check a record's signature over its payload, however it is written; return the payload."""
    head, payload, section = (line.strip() for line in record.split(b"|"))
    assert head == b"OCMF"
    data = json.loads(section)["SD"]
    try:
        der = bytes.fromhex(data)
    except ValueError:
        der = b64decode(data)
    raw = raw_signature(der)
    proper = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    simulated.public_key.verify(proper, payload, ec.ECDSA(hashes.SHA256()))
    content: dict[str, Any] = json.loads(payload)
    return content


class MovingClock(ManualClock):
    """A clock that never shows the same time twice, so that no two records are the same."""

    @override
    def now(self) -> float:
        self.advance(0.001)
        return super().now()


@dataclass
class Stand:
    """A meter, and what reaches it."""

    simulated: SimulatedMeter
    meter: Meter
    clock: ManualClock
    prototypes: int = 0

    async def cycle(self, form: PrototypeForm | None = None) -> ChargeCycle:
        """Make a charge cycle, as after a restart that has remembered the form."""
        cycle = ChargeCycle(self.meter, await self.meter.identify())
        cycle.preparation.form = form
        return cycle

    async def power_failure(self) -> None:
        """Take the meter's power away; the link breaks off with it."""
        self.simulated.power_failure()
        with suppress(MeterError):
            await self.meter.read_status()

    def signed(self) -> list[dict[str, Any]]:
        """Return the payloads of all records, oldest first."""
        return [genuine(text.encode(), self.simulated) for text in self.simulated.records]


@asynccontextmanager
async def standing(
    readings: Mapping[str, str], transport: str, patch: pytest.MonkeyPatch
) -> AsyncIterator[Stand]:
    """Plug in a meter that follows some readings."""
    find_entries_at_once(patch)
    clock = MovingClock(1_760_000_000.0)
    simulated = SimulatedMeter(
        seed=7, clock=clock, signing_time=0, checking_time=0, readings=readings
    )
    async with reached(simulated, transport) as meter:
        stand = Stand(simulated, meter, clock)
        submit = simulated.submit_prototype

        def count(text: bytes | None) -> None:
            stand.prototypes += 1
            submit(text)

        patch.setattr(simulated, "submit_prototype", count)
        yield stand


async def check(stand: Stand) -> None:
    """Charge, charge again, lose the power while charging, and fetch all that was signed."""
    cycle = await stand.cycle()
    records = []
    for step in (cycle.begin(CHARGE), cycle.read(), cycle.end()):
        records.append(genuine(await step, stand.simulated))
        stand.clock.advance(60)
    assert records == stand.signed()
    assert all(
        (record["ID"], record["TT"]) == (CHARGE.data, CHARGE.tariff_text) for record in records
    )
    assert [record["RD"][-3]["TX"] for record in records[1:]] == ["C", "E"]
    assert stand.simulated.measurement_status == 0
    form = cycle.preparation.form
    assert form is not None

    # What was found out is used from then on.
    needed = stand.simulated.readings.follows("prototype_needed", "each")
    stand.prototypes = 0
    cycle = await stand.cycle(PrototypeForm.parse(str(form)))
    await cycle.begin(CHARGE)
    assert stand.prototypes == 1
    stand.clock.advance(60)
    last = genuine(await cycle.end(combined=True), stand.simulated)
    assert last["RD"][-3]["TX"] == "E"
    assert stand.prototypes == 1 + needed

    cycle = await stand.cycle(form)
    await cycle.begin(CHARGE)
    stand.clock.advance(60)
    await stand.power_failure()
    if stand.simulated.measurement_status:
        end = genuine(await cycle.end(), stand.simulated)
        assert (end["RD"][-3]["TX"], end["ID"]) == ("P", CHARGE.data)
    else:
        with pytest.raises(NoCycleError):
            await cycle.end()
    assert stand.simulated.measurement_status == 0
    assert genuine(await cycle.last_record(), stand.simulated) == stand.signed()[-1]

    found = [record async for _, record in read_records(stand.meter.logbook, 0, 100)]
    assert [genuine(record, stand.simulated) for record in reversed(found)] == stand.signed()
    assert len(await read_events(stand.meter.logbook, 0, 3)) == 3
    assert stand.simulated.errors_1 == 0


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("readings", "transport"), CASES)
async def test_a_meter_that_reads_one_place_otherwise(
    readings: dict[str, str], transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing(readings, transport, monkeypatch) as stand:
        await check(stand)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("number", range(COMBINATIONS))
async def test_a_meter_that_reads_everything_in_its_own_way(
    number: int, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = combination(number)
    async with standing(readings, transport, monkeypatch) as stand:
        await check(stand)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_meter_that_reads_the_manual_as_we_do(
    transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing({}, transport, monkeypatch) as stand:
        await check(stand)
        cycle = await stand.cycle()
        stand.prototypes = 0
        await cycle.begin(CHARGE)
        assert (stand.prototypes, cycle.preparation.form) == (1, DEFAULT_FORM)
