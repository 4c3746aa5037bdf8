"""What the browser side asks for, over a real connection."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
import json
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import Source
from custom_components.lovato_dmed4.connection.identity import (
    Match,
    async_key_settled,
    async_recognise,
)
from custom_components.lovato_dmed4.const import CONF_DATABASE_URL, DOMAIN
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE
from custom_components.lovato_dmed4.ocmf import load_public_key, signature as signature_module
from custom_components.lovato_dmed4.reports import billing_shapes, shapes
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.web import commands as websocket_api
from simulator import RestServer, SimulatedMeter
from tests.integration.helpers import device_id, entry_data, fingerprint, unplug
from tests.integration.plugin import (
    ClientSessionGenerator,
    MockConfigEntry,
    MockUser,
    WebSocketGenerator,
)
from tests.integration.records import START, archive, broken, charge_of, tampered
from tests.integration.turns import as_one, in_turn
from tests.ocmf.helpers import spki

OTHER = ec.derive_private_key(0xBAD, ec.SECP256R1())
MANIFEST = Path(websocket_api.__file__).parents[1] / "manifest.json"

type Ask = Callable[..., Awaitable[Any]]

# The command, a message that is answered, and the shape of its answer.
COMMANDS: dict[str, tuple[dict[str, Any], Any]] = {
    "sessions/list": ({}, shapes.SessionPageShape),
    "sessions/get": ({"session_id": 1}, shapes.SessionDetailShape),
    "sessions/energy": ({}, shapes.EnergyShape),
    "records/list": ({}, shapes.UnassignedPageShape),
    "records/get": ({"record_id": 1}, shapes.RecordShape),
    "records/verify": ({"record": "OCMF|{}|{}"}, shapes.VerificationsShape),
    "drivers/list": ({}, billing_shapes.DriversShape),
    "drivers/save": ({"name": "Anna", "identifications": ["04A2"]}, billing_shapes.DriverShape),
    "prices/save": ({"since": "2025-01-01", "energy": "0.49"}, billing_shapes.PriceShape),
    "prices/list": ({}, billing_shapes.PricesShape),
    "prices/apply": ({}, billing_shapes.AppliedShape),
    "costs/sum": ({}, billing_shapes.CostsShape),
    "prices/delete": ({"price_id": 1}, billing_shapes.DeletedShape),
    "drivers/delete": ({"driver_id": 1}, billing_shapes.DeletedShape),
    "issuer/get": ({}, billing_shapes.IssuerShape),
    "issuer/save": ({"name": "Garage"}, billing_shapes.IssuerShape),
    "archive/info": ({}, shapes.ArchiveInfoShape),
    "archive/verify": ({}, shapes.CountsShape),
}


@pytest.fixture
async def filled(rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter) -> Dmed4ConfigEntry:
    """A meter with four sessions of two people, and a record that tells of none."""
    for number in range(1, 5):
        who = "05B0" if number == 4 else "04A2"
        await archive(rest_entry, charge_of(simulated, number, ID=who).records)
    await archive(rest_entry, [b"nonsense"], Source.METER)
    return rest_entry


@pytest.fixture
async def answers(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Ask:
    """Ask as an administrator; return the whole answer."""
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_ws_client(hass)

    async def ask(command: str, **fields: Any) -> Any:
        await client.send_json_auto_id({"type": f"{DOMAIN}/{command}", **fields})
        return await client.receive_json()

    return ask


@pytest.fixture
def ask(answers: Ask) -> Ask:
    """Ask as an administrator; return the result."""

    async def result(command: str, **fields: Any) -> Any:
        answer = await answers(command, **fields)
        assert answer["success"], answer
        return answer["result"]

    return result


@pytest.fixture
def refused(answers: Ask) -> Ask:
    """Ask as an administrator what is refused; return the error."""

    async def error(command: str, **fields: Any) -> Any:
        answer = await answers(command, **fields)
        assert not answer["success"], answer
        assert "{" not in answer["error"]["message"] or fields
        return answer["error"]["code"]

    return error


def check_shape(value: Any, shape: Any) -> None:
    """See that a value has exactly the shape that the browser side was promised."""
    if is_typeddict(shape):
        hints = get_type_hints(shape)
        assert set(value) == set(hints), shape
        for key, kind in hints.items():
            check_shape(value[key], kind)
    elif get_origin(shape) is list:
        (kind,) = get_args(shape)
        for item in value:
            check_shape(item, kind)
    else:
        kinds = get_args(shape) or (shape,)
        fitting = [kind for kind in kinds if kind is type(value) or is_typeddict(kind)]
        assert fitting, (value, shape)


async def test_all_shapes(filled: Dmed4ConfigEntry, ask: Ask) -> None:
    assert set(COMMANDS) == set(websocket_api._COMMANDS)
    for command, (fields, shape) in COMMANDS.items():
        check_shape(await ask(command, **fields), shape)


def test_every_shape_is_of_use() -> None:
    used: set[Any] = set()

    def walk(shape: Any) -> None:
        for part in get_args(shape):
            walk(part)
        if is_typeddict(shape) and shape not in used:
            used.add(shape)
            used.update(shape.__orig_bases__)
            for kind in get_type_hints(shape).values():
                walk(kind)

    for _, shape in COMMANDS.values():
        walk(shape)
    declared = {value for value in vars(shapes).values() if is_typeddict(value)}
    assert declared <= used | {shapes.ReportShape}


# --- Sessions -----------------------------------------------------------------------------------


async def check_list(hass: HomeAssistant, filled: Dmed4ConfigEntry, ask: Ask) -> None:
    page = await ask("sessions/list")
    assert [session["session_id"] for session in page["sessions"]] == [4, 3, 2, 1]
    assert (page["total"], page["offset"], page["limit"]) == (4, 0, 50)
    page = await ask("sessions/list", offset=1, limit=2, search="04a2")
    assert [session["session_id"] for session in page["sessions"]] == [2, 1]
    assert (page["total"], page["offset"], page["limit"]) == (3, 1, 2)
    page = await ask(
        "sessions/list",
        device_id=[device_id(hass, filled)],
        since="2025-11-02T05:30:00Z",
        until="2025-11-03T05:30:00Z",
        verdict=["valid"],
        outcome=["ended"],
    )
    assert [session["session_id"] for session in page["sessions"]] == [2]


async def check_get(filled: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask) -> None:
    session = await ask("sessions/get", session_id=2)
    raws = [record["raw"].encode() for record in session["record_reports"]]
    assert raws == charge_of(simulated, 2, ID="04A2").records
    (listed,) = (await ask("sessions/list", search="T6"))["sessions"]
    assert listed.items() <= session.items()
    record = session["record_reports"][1]
    assert await ask("records/get", record_id=record["record_id"]) == record


async def check_links_are_for_the_panel_to_sign(
    filled: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    ask: Ask,
    hass_client_no_auth: ClientSessionGenerator,
    hass_client: ClientSessionGenerator,
) -> None:
    link = (await ask("records/get", record_id=3))["links"]["ocmf"]
    assert "authSig" not in link
    browser = await hass_client_no_auth()
    assert (await browser.get(link)).status == HTTPStatus.UNAUTHORIZED
    response = await (await hass_client()).get(link)
    assert await response.read() == charge_of(simulated, ID="04A2").end


async def check_unassigned(filled: Dmed4ConfigEntry, ask: Ask) -> None:
    page = await ask("records/list")
    (record,) = page["records"]
    assert page["total"] == 1
    assert (record["signature"], record["key"]) == ("malformed", "none")
    assert record["links"]["xml"] is None
    assert (await ask("records/get", record_id=record["record_id"]))["raw"] == "nonsense"


# --- Energy -------------------------------------------------------------------------------------


def bucket(start: str, sessions: int, imported: str) -> dict[str, Any]:
    return {"start": start, "sessions": sessions, "imported": imported, "exported": "0.000"}


async def check_energy_by_day(filled: Dmed4ConfigEntry, ask: Ask) -> None:
    # The first one began on the last evening of October, where Home Assistant is.
    assert await ask("sessions/energy") == {
        "period": "day",
        "time_zone": "US/Pacific",
        "imported": "8.000",
        "exported": "0.000",
        "sessions": 4,
        "series": [
            {
                "identification": "04A2",
                "driver_id": None,
                "driver": None,
                "imported": "6.000",
                "exported": "0.000",
                "sessions": 3,
                "buckets": [
                    bucket("2025-10-31", 1, "2.000"),
                    bucket("2025-11-01", 1, "2.000"),
                    bucket("2025-11-02", 1, "2.000"),
                ],
            },
            {
                "identification": "05B0",
                "driver_id": None,
                "driver": None,
                "imported": "2.000",
                "exported": "0.000",
                "sessions": 1,
                "buckets": [bucket("2025-11-03", 1, "2.000")],
            },
        ],
    }


async def check_energy_by_month(filled: Dmed4ConfigEntry, ask: Ask) -> None:
    energy = await ask("sessions/energy", period="month")
    assert [each["buckets"] for each in energy["series"]] == [
        [bucket("2025-10-01", 1, "2.000"), bucket("2025-11-01", 2, "4.000")],
        [bucket("2025-11-01", 1, "2.000")],
    ]


async def test_energy_where_the_clocks_change(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    """A charge belongs to the day that its clock shows: 00:30 on a day of 25 hours."""
    await hass.config.async_set_time_zone("Europe/Rome")
    charge = charge_of(simulated)
    # The begin at 05:30 UTC less the 7 hours makes 22:30 UTC: 00:30 in the summer time of Rome.
    shifted = [
        raw.replace(b"2025-11-01T06:30", b"2025-10-25T23:30").replace(
            b"2025-11-01T07:00", b"2025-10-26T00:00"
        )
        for raw in (charge.begin, charge.end)
    ]
    await archive(rest_entry, shifted, Source.METER)
    energy = await ask("sessions/energy")
    assert energy["time_zone"] == "Europe/Rome"
    (series,) = energy["series"]
    assert [each["start"] for each in series["buckets"]] == ["2025-10-26"]


async def test_energy_is_exact(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    """As decimals add up, not as floats do."""
    for number, text in enumerate(("0.100", "0.200", "123456789012345678901234567.0001"), 1):
        charge = charge_of(simulated, number, ID=None)
        begin = f'"RV":{100 + 10 * number}.000'.encode()
        end = f'"RV":{102 + 10 * number}.000'.encode()
        raw = charge.end.replace(begin, b'"RV":0').replace(end, f'"RV":{text}'.encode())
        await archive(rest_entry, [raw], Source.METER)
    energy = await ask("sessions/energy")
    assert energy["imported"] == "123456789012345678901234567.3001"
    (series,) = energy["series"]
    assert series["identification"] is None


async def check_energy_with_filters(filled: Dmed4ConfigEntry, ask: Ask) -> None:
    async def count(**fields: Any) -> int:
        sessions: int = (await ask("sessions/energy", **fields))["sessions"]
        return sessions

    assert await count(search="05b") == 1
    assert await count(since=(START + timedelta(days=2)).isoformat()) == 2
    assert await count(until=START.isoformat()) == 0
    assert await count(verdict=["invalid"]) == 0


async def test_who_charged_most_comes_first(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    for number, who in enumerate(("A", "B", "B", None), 1):
        await archive(rest_entry, charge_of(simulated, number, ID=who).records)
    series = (await ask("sessions/energy"))["series"]
    assert [each["identification"] for each in series] == ["B", None, "A"]


async def test_energy_that_is_not_known(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    raw = charge_of(simulated).end.replace(b'"RU":"kWh"', b'"RU":"mOhm"')
    await archive(rest_entry, [raw], Source.METER)
    energy = await ask("sessions/energy")
    assert (energy["imported"], energy["sessions"]) == ("0", 1)


async def test_energy_without_a_time(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    """It counts for the day on which it came."""
    raw = charge_of(simulated).end.replace(b"2025-11-01T", b"nonsense")
    await archive(rest_entry, [raw], Source.METER)
    assert (await ask("sessions/list"))["total"] == 1
    energy = await ask("sessions/energy")
    (bucket,) = energy["series"][0]["buckets"]
    today = dt_util.as_local(dt_util.utcnow()).date()
    assert (energy["sessions"], bucket["start"]) == (1, today.isoformat())
    (session,) = (await ask("sessions/list"))["sessions"]
    assert (session["begin"], session["by_arrival"]) == (None, True)


async def test_opening_a_session_calculates_each_signature_once(
    filled: Dmed4ConfigEntry, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    calculated: list[bytes] = []
    matches = signature_module._matches

    def count(key: Any, signature: bytes, payload: bytes) -> bool:
        calculated.append(payload)
        return bool(matches(key, signature, payload))

    monkeypatch.setattr(signature_module, "_matches", count)
    session = await ask("sessions/get", session_id=2)
    assert session["verdict"] == "valid"
    assert len(calculated) == len(set(calculated)) == session["records"] == 3


# --- Verification -------------------------------------------------------------------------------


async def check_verify(
    hass: HomeAssistant, filled: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    raw = charge_of(simulated, ID="04A2").end
    report = await ask("records/verify", record=raw.decode())
    assert (report["verdict"], report["record_id"], report["session_id"]) == ("valid", 3, 1)
    assert report["device_id"] == device_id(hass, filled)
    report = await ask("records/verify", record=tampered(raw).hex())
    assert report["verdict"] == "invalid"
    report = await ask("records/verify", record=raw.decode(), public_key=spki(OTHER).hex())
    assert (report["verdict"], report["key"]["verdict"]) == ("invalid", "given")


async def test_verify_all(filled: Dmed4ConfigEntry, ask: Ask) -> None:
    assert await ask("archive/verify") == {"records": 13, "suspicious": 1, "failed": 0}


async def test_hostile_texts(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    who = "\u202e<script>\x00" + "A" * 60_000
    await archive(rest_entry, charge_of(simulated, ID=who).records)
    for command, (fields, _) in COMMANDS.items():
        answer = json.dumps(await ask(command, **fields), ensure_ascii=False)
        assert "\u202e" not in answer
        assert "\\u0000" not in answer or command.endswith("get")
    (series,) = (await ask("sessions/energy"))["series"]
    assert len(series["identification"]) <= 300


# --- The archive --------------------------------------------------------------------------------


async def check_info(
    hass: HomeAssistant, filled: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    info = await ask("archive/info")
    assert info["version"] == json.loads(MANIFEST.read_text())["version"]
    (meter,) = info["meters"]
    (key,) = meter.pop("keys")
    sync = meter.pop("sync")
    assert meter == {
        "device_id": device_id(hass, filled),
        "entry_id": filled.entry_id,
        "name": filled.title,
        "archive": 0,
        "loaded": True,
        "available": True,
        "waiting": 0,
        "records": 13,
        "suspicious": 1,
        "failed": 0,
        "alarm": None,
    }
    assert set(sync) == {
        "running",
        "fetched",
        "missing",
        "lost",
        "failed",
        "overwrites_soon",
        "unreadable",
    }
    assert key.pop("first_seen") <= key.pop("last_seen")
    assert key == {
        "fingerprint": sha256(simulated.public_key_ocmf).digest().hex(":").upper(),
        "public_key": simulated.public_key_ocmf.hex(),
        "state": "pinned",
        "replaced": None,
    }


test_what_only_reads = as_one(
    check_list,
    check_get,
    check_links_are_for_the_panel_to_sign,
    check_unassigned,
    check_energy_by_day,
    check_energy_by_month,
    check_energy_with_filters,
    check_verify,
    check_info,
)


async def test_info_says_that_the_key_has_changed(
    hass: HomeAssistant, filled: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    """The page of the archive shows the alarm with the fingerprints that the repair shows."""
    identity = filled.runtime_data.identity
    other = SimulatedMeter(seed=99)
    key = other.public_key_ocmf
    found = replace(identity, public_key=load_public_key(key).point[1:], public_key_ocmf=key)
    assert async_recognise(hass, filled, found, ConfigEntryNotReady) is Match.KEY_CHANGED
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"key_changed_{filled.entry_id}")
    assert issue is not None
    assert issue.translation_placeholders is not None
    (meter,) = (await ask("archive/info"))["meters"]
    assert meter["alarm"] == {
        "expected": sha256(simulated.public_key_ocmf).digest().hex(":").upper(),
        "found": sha256(other.public_key_ocmf).digest().hex(":").upper(),
    }
    assert meter["alarm"].items() <= issue.translation_placeholders.items()
    async_key_settled(hass, filled)
    (meter,) = (await ask("archive/info"))["meters"]
    assert meter["alarm"] is None


async def test_info_while_the_archive_is_away(
    hass: HomeAssistant, filled: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    file = Path(hass.config.path(DEFAULT_FILE))
    with broken(file):
        await archive(filled, charge_of(simulated, 9).records[:1])
        (meter,) = (await ask("archive/info"))["meters"]
        assert (meter["available"], meter["waiting"]) == (False, 1)
        assert meter["keys"] == []
    await archive(filled, charge_of(simulated, 9).records[1:])
    (meter,) = (await ask("archive/info"))["meters"]
    assert (meter["available"], meter["waiting"], meter["records"]) == (True, 0, 16)


async def test_info_of_two_archives(
    hass: HomeAssistant, filled: Dmed4ConfigEntry, ask: Ask, refused: Ask, tmp_path: Path
) -> None:
    other = SimulatedMeter(seed=2, signing_time=0, checking_time=0)
    async with RestServer(other, response_time=0) as server:
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Second",
            unique_id=fingerprint(other),
            data=entry_data(server),
            options={CONF_DATABASE_URL: f"sqlite:///{tmp_path / 'other.db'}"},
        )
        await hass.config_entries.async_add(entry)
        await hass.async_block_till_done()
        meters = (await ask("archive/info"))["meters"]
        assert [meter["archive"] for meter in meters] == [0, 1]
        assert [meter["name"] for meter in meters] == [filled.title, "Second"]
        assert await refused("sessions/list") == "several_archives"
        for meter in meters:
            page = await ask("sessions/list", device_id=meter["device_id"])
            assert page["total"] == (4 if meter["archive"] == 0 else 0)
        await hass.config_entries.async_remove(entry.entry_id)
    assert len((await ask("archive/info"))["meters"]) == 1
    assert (await ask("sessions/list"))["total"] == 4


async def test_archive_that_was_never_reached(
    hass: HomeAssistant,
    simulated: SimulatedMeter,
    rest_server: RestServer,
    *,
    ask: Ask,
    refused: Ask,
    tmp_path: Path,
) -> None:
    """The meter works without it, and what needs no archive does, too."""
    folder = tmp_path / "later"
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Meter",
        unique_id=fingerprint(simulated),
        data=entry_data(rest_server),
        options={CONF_DATABASE_URL: f"sqlite:///{folder / 'records.db'}"},
    )
    await hass.config_entries.async_add(entry)
    await hass.async_block_till_done()
    (meter,) = (await ask("archive/info"))["meters"]
    assert (meter["available"], meter["records"], meter["keys"]) == (False, 0, [])
    raw = charge_of(simulated).end.decode()
    for command in ("sessions/list", "records/list", "sessions/energy", "archive/verify"):
        assert await refused(command) == "archive_unavailable"
    assert (await ask("records/verify", record=raw))["verdict"] == "unverifiable"
    folder.mkdir()
    await archive(entry, charge_of(simulated).records)
    (meter,) = (await ask("archive/info"))["meters"]
    assert (meter["available"], meter["records"], len(meter["keys"])) == (True, 3, 1)
    assert (await ask("records/verify", record=raw))["verdict"] == "valid"


async def test_meter_is_gone(filled: Dmed4ConfigEntry, rest_server: RestServer, ask: Ask) -> None:
    await unplug(rest_server)
    for command, (fields, _) in COMMANDS.items():
        await ask(command, **fields)
    await rest_server.start()


# --- Errors -------------------------------------------------------------------------------------


async def test_codes_of_errors(
    hass: HomeAssistant,
    filled: Dmed4ConfigEntry,
    ask: Ask,
    refused: Ask,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await refused("sessions/get", session_id=99) == "session_not_found"
    assert await refused("records/get", record_id=99) == "archived_record_not_found"
    assert await refused("records/verify", record="x", public_key="y") == "malformed_key"
    assert await refused("sessions/list", device_id="x") == "service_device_not_found"
    with broken(Path(hass.config.path(DEFAULT_FILE))):
        assert await refused("sessions/get", session_id=1) == "archive_unavailable"
    assert (await ask("sessions/get", session_id=1))["records"] == 3
    (known,) = (await ask("archive/info"))["meters"]
    assert known["loaded"]
    assert await hass.config_entries.async_unload(filled.entry_id)
    assert (await ask("sessions/list"))["total"] == 4
    (meter,) = (await ask("archive/info"))["meters"]
    assert meter == known | {"loaded": False, "sync": meter["sync"]}
    await hass.config_entries.async_remove(filled.entry_id)
    assert await refused("sessions/list") == "no_archive"
    assert (await ask("archive/info"))["meters"] == []
    # An answer is no error of ours.
    assert "Error handling message" not in caplog.text


@in_turn(
    ("command", "fields"),
    [
        ("sessions/list", {"limit": 101}),
        ("sessions/list", {"offset": -1}),
        ("sessions/list", {"verdict": ["good"]}),
        ("sessions/list", {"since": "yesterday"}),
        ("sessions/list", {"who": 1}),
        ("sessions/get", {}),
        ("sessions/get", {"session_id": 2**31}),
        ("sessions/energy", {"period": "year"}),
        ("records/get", {"record_id": "x"}),
        ("records/verify", {"record": 1}),
        ("archive/info", {"device_id": "x"}),
    ],
)
async def test_wrong_fields(
    filled: Dmed4ConfigEntry, refused: Ask, command: str, fields: dict[str, Any]
) -> None:
    assert await refused(command, **fields) == "invalid_format"


async def test_only_for_administrators(
    hass: HomeAssistant, filled: Dmed4ConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    user = MockUser(groups=[await hass.auth.async_get_group(GROUP_ID_USER)]).add_to_hass(hass)
    token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
    client = await hass_ws_client(hass, hass.auth.async_create_access_token(token))
    for command, (fields, _) in COMMANDS.items():
        await client.send_json_auto_id({"type": f"{DOMAIN}/{command}", **fields})
        answer = await client.receive_json()
        assert answer["error"]["code"] == "unauthorized"
        assert "result" not in answer or answer["result"] is None
