"""A charge on one meter from beginning to end, and what Home Assistant logged meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
import re
import time
from typing import Any

from .client import DOMAIN, Client
from .console import DemoError, progress
from .record import Record, verify
from .simulators import Meter

STATE_SECONDS = 30
# A log entry starts with its date; what follows without one, such as a traceback, belongs to it.
LOG_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \S+ (?P<level>[A-Z]+) \(", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was seen on one meter."""

    meter: Meter
    power: str
    cycle_energy: str
    record: Record
    session: dict[str, Any]
    seconds: float

    def __str__(self) -> str:
        """Return the report in the words of a person."""
        meter, record, session = self.meter, self.record, self.session
        return "\n".join(
            (
                f"{meter} {meter.name}",
                f"  set up       config flow, {meter.transport} at {meter.host}:{meter.port}",
                f"  power        {self.power}",
                f"  energy       {self.cycle_energy} seen in the states, {record.energy} {record.unit} signed",
                f"  record       {len(record.readings)} readings, downloaded byte for byte",
                "  signature    verified with the meter's public key: begin, intermediate, end",
                f"  archive      {session['records']} records, {session['verdict']}, {session['imported']} kWh, downloaded byte for byte",
                f"  time taken   {self.seconds:.1f} s",
            )
        )


def _number(state: str) -> Decimal:
    try:
        return Decimal(state)
    except InvalidOperation:
        return Decimal(0)  # unavailable or unknown


def _positive(state: str) -> bool:
    return _number(state) > 0


def _rising() -> Callable[[str], bool]:
    """Accept a value that is greater than the one before; a new cycle may first go back to 0."""
    seen: list[Decimal] = []

    def accept(state: str) -> bool:
        seen.append(_number(state))
        return len(seen) > 1 and seen[-1] > seen[-2]

    return accept


async def check_charge(client: Client, meter: Meter, entry_id: str) -> Report:
    """Charge on one meter and verify the records that come of it."""
    started = time.monotonic()
    device_id, entities = await client.find_meter(entry_id)

    async def watch(key: str, accept: Callable[[str], bool]) -> str:
        if not (entity_id := entities.get(key)):
            raise DemoError(f"{meter} has no enabled entity {key!r}, only {sorted(entities)}")
        return await client.wait_for_state(entity_id, accept, STATE_SECONDS)

    await watch("charging", lambda state: state not in ("unavailable", "unknown"))
    begun = await client.act(
        "start_charge_cycle",
        device_id,
        identification_type="ISO14443",
        identification_data="04A2B3C4D5",
        charge_point_id="DEMO-1",
    )
    _verify(meter, begun)
    progress(f"{meter}: charge cycle started, record verified")
    await watch("charging", "on".__eq__)
    power = await watch("power", _positive)
    progress(f"{meter}: {power}")
    cycle_energy = await watch("cycle_energy_imported", _rising())
    progress(f"{meter}: {cycle_energy} and rising")

    intermediate = await client.act("read_charge_cycle", device_id)
    _verify(meter, intermediate)
    progress(f"{meter}: intermediate record verified")

    ended = await client.act("end_charge_cycle", device_id)
    record = _verify(meter, ended)
    progress(f"{meter}: final record verified")
    if ended["record"] == intermediate["record"]:
        raise DemoError(f"{meter}: the final record is the intermediate one.")
    if record.energy <= 0:
        raise DemoError(f"{meter}: the record says {record.energy} {record.unit}.")
    await watch("charging", "off".__eq__)
    await _check_download(client, ended["record_url"], ended["record"])
    session = await _check_archive(client, meter, device_id, [begun, intermediate, ended])
    progress(f"{meter}: session found in the archive, records downloaded")
    if Decimal(session["imported"]) != record.energy:
        raise DemoError(f"{meter}: the archive says {session['imported']}, not {record.energy}.")
    return Report(
        meter=meter,
        power=power,
        cycle_energy=cycle_energy,
        record=record,
        session=session,
        seconds=time.monotonic() - started,
    )


def _verify(meter: Meter, response: dict[str, Any]) -> Record:
    """Verify an action's record, and compare what the integration makes of it."""
    record = verify(response["record"], meter.public_key)
    if (verdict := response["signature"]) != "valid":
        raise DemoError(f"{meter}: the integration calls a genuine record {verdict!r}.")
    if len(response["readings"]) != len(record.readings):
        raise DemoError(f"{meter}: not all readings are in the response: {response['readings']}")
    return record


async def _check_download(client: Client, address: str, record: str) -> None:
    """Fetch a record by its address and compare it with what an action returned."""
    content = await client.request("GET", address)
    if content != record.encode():
        raise DemoError(f"The download differs from the record: {content!r}")


async def _check_archive(
    client: Client, meter: Meter, device_id: str, responses: list[dict[str, Any]]
) -> dict[str, Any]:
    """Find the charge in the archive, and in it all that the actions returned."""
    page = await client.act("list_sessions", device_id, search=responses[-1]["pagination"])
    numbers = {response["session_id"] for response in responses}
    found = {session["session_id"] for session in page["sessions"]}
    if len(numbers) != 1 or not numbers <= found:
        raise DemoError(f"{meter}: the records are of the sessions {numbers}, listed are {found}.")
    session = await client.act("get_session", device_id, session_id=numbers.pop())
    archived = {report["digest"]: report for report in session["record_reports"]}
    if session["verdict"] != "valid" or len(archived) != len(responses):
        raise DemoError(f"{meter}: the archive's session is not as it should be: {session}")
    for response in responses:
        links = archived[response["digest"]]["links"]
        await _check_download(client, links["ocmf"], response["record"])
    return session


def find_log_errors(log: str) -> tuple[list[str], list[str]]:
    """Return errors and tracebacks of ours, then what is worth a note: others' errors, our warnings."""
    starts = [0, *(found.start() for found in LOG_ENTRY.finditer(log))]
    entries = [log[a:b].strip() for a, b in zip(starts, [*starts[1:], len(log)], strict=True)]
    ours = [entry for entry in entries if _is_error(entry) and _is_ours(entry)]
    return ours, [entry for entry in entries if entry not in ours and _is_noteworthy(entry)]


def _level(entry: str) -> str:
    found = LOG_ENTRY.match(entry)
    return found["level"] if found else ""


def _is_error(entry: str) -> bool:
    return _level(entry) in ("ERROR", "CRITICAL") or "Traceback" in entry


def _is_ours(entry: str) -> bool:
    return DOMAIN in entry or "custom_components" in entry


def _is_noteworthy(entry: str) -> bool:
    # The loader warns of every custom integration.
    warning = _level(entry) == "WARNING" and "[homeassistant.loader]" not in entry
    return _is_error(entry) or (warning and _is_ours(entry))
