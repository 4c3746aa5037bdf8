"""Downloads: of the last record, and of what is in the archive."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
import io
from pathlib import Path
from typing import Any
import zipfile

from aiohttp import ClientResponse
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from jsonschema import Draft7Validator
import pytest

from custom_components.lovato_dmed4.archive import Source
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE
from custom_components.lovato_dmed4.reports.links import (
    last_record_path,
    period_path,
    record_path,
    session_path,
)
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.web import downloads as http
from simulator import SimulatedMeter
from tests.integration.helpers import Server, act, device_id, unplug, writes
from tests.integration.plugin import ClientSessionGenerator, MockConfigEntry, MockUser
from tests.integration.records import START, archive, broken, charge_of
from tests.integration.reports.schemas import CDR, TRANSACTION_EVENT
from tests.integration.turns import as_one, in_turn

type Path_ = Callable[[str], str]


def name_in(response: ClientResponse) -> str:
    """Read the file's name as a browser does, and see that it is the only one."""
    disposition = response.headers["Content-Disposition"]
    name = disposition.split('"')[1]
    assert disposition == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    return name


def check_headers(response: ClientResponse) -> None:
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


# --- The last record ----------------------------------------------------------------------------


async def test_last_record(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    await act(hass, entry, "start_charge_cycle")
    before = len(writes(server))
    client = await hass_client()
    response = await client.get(last_record_path(entry.entry_id))
    assert response.status == HTTPStatus.OK
    assert await response.read() == simulated.records[-1].encode()
    assert response.content_type == "text/plain"
    assert name_in(response) == "last_record.ocmf"
    check_headers(response)
    assert len(writes(server)) == before


async def test_last_record_is_archived(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    simulated.fill_logbook(1)
    records = rest_entry.runtime_data.records
    before = (await records.async_run(lambda archive: archive.summary(1))).records
    client = await hass_client()
    response = await client.get(last_record_path(rest_entry.entry_id))
    assert response.status == HTTPStatus.OK
    after = await records.async_run(lambda archive: archive.summary(1))
    assert (before, after.records) == (0, 1)


async def test_nothing_to_download(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    for entry_id, message in (
        (entry.entry_id, "The meter has no record yet"),
        ("unknown", "No such meter"),
        (other.entry_id, "No such meter"),
    ):
        response = await client.get(last_record_path(entry_id))
        assert response.status == HTTPStatus.NOT_FOUND
        assert await response.json() == {"message": message}

    await act(hass, entry, "start_charge_cycle")
    assert (await client.get(last_record_path(entry.entry_id))).status == HTTPStatus.OK


@pytest.mark.parametrize("known", [False, True])
async def test_meter_is_gone(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    hass_client: ClientSessionGenerator,
    *,
    known: bool,
) -> None:
    started = await act(hass, entry, "start_charge_cycle")
    client = await hass_client()
    url = last_record_path(entry.entry_id)
    await unplug(server)
    if known:
        await entry.runtime_data.live.async_refresh()
    response = await client.get(url)
    assert response.status == HTTPStatus.BAD_GATEWAY
    message = (await response.json())["message"]
    assert message.startswith("The device cannot be reached.")
    assert message.count("{") == 0
    # What the archive has is there nevertheless.
    response = await client.get(started["record_url"])
    assert await response.text() == started["record"]

    await server.start()
    assert (await client.get(url)).status == HTTPStatus.OK


# --- Who may ------------------------------------------------------------------------------------


@pytest.fixture
async def paths(rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter) -> list[str]:
    """All downloads, of a meter that has a session of three records."""
    simulated.fill_logbook(1)
    await archive(rest_entry, charge_of(simulated).records)
    entry_id = rest_entry.entry_id
    return [
        last_record_path(entry_id),
        *(record_path(entry_id, 1, form) for form in ("ocmf", "xml", "ocpp")),
        *(session_path(entry_id, 1, form) for form in ("ocmf", "xml", "csv", "zip", "ocpp")),
        *(period_path(entry_id, form, {"since": START}) for form in ("csv", "zip", "ocpi")),
    ]


async def test_only_for_administrators(
    hass: HomeAssistant,
    paths: list[str],
    rest_server: Server,
    *,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    user = MockUser(groups=[await hass.auth.async_get_group(GROUP_ID_USER)]).add_to_hass(hass)
    token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
    ordinary = hass.auth.async_create_access_token(token)
    rest_server.requests.clear()
    nobody, admin = await hass_client_no_auth(), await hass_client()
    users = [await hass_client(hass_read_only_access_token), await hass_client(ordinary)]
    for path in paths:
        response = await nobody.get(path)
        assert response.status == HTTPStatus.UNAUTHORIZED
        assert "OCMF" not in await response.text()
        for client in users:
            response = await client.get(path)
            assert response.status == HTTPStatus.FORBIDDEN
            assert await response.json() == {"message": "Only administrators may read records"}
    assert rest_server.requests == []
    for path in paths:
        assert (await admin.get(path)).status == HTTPStatus.OK


async def check_other_methods(paths: list[str], hass_client: ClientSessionGenerator) -> None:
    client = await hass_client()
    for path in paths:
        for method in ("POST", "PUT", "DELETE"):
            response = await client.request(method, path)
            assert response.status == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.fixture
def sign(hass: HomeAssistant) -> Callable[..., str]:
    """Sign paths in the name of somebody."""

    async def signed(path: str, user: Any, seconds: float = 60) -> str:
        token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
        return async_sign_path(hass, path, timedelta(seconds=seconds), refresh_token_id=token.id)

    return signed  # type: ignore[return-value]


async def check_signed_paths(
    hass: HomeAssistant,
    paths: list[str],
    sign: Any,
    hass_admin_user: MockUser,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    client = await hass_client_no_auth()
    for path in paths:
        signed = await sign(path, hass_admin_user)
        assert (await client.get(signed)).status == HTTPStatus.OK, path


async def check_signatures_that_open_nothing(
    hass: HomeAssistant,
    paths: list[str],
    sign: Any,
    *,
    hass_admin_user: MockUser,
    hass_read_only_user: MockUser,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    client = await hass_client_no_auth()
    for number, path in enumerate(paths):
        signed = await sign(path, hass_admin_user)
        signature = signed.partition("authSig=")[2]
        other = paths[number - 1]
        joint = "&" if "?" in other else "?"
        of_a_user = await sign(path, hass_read_only_user)
        # In whose name pictures and sounds are signed, for media players and anybody.
        of_content = async_sign_path(hass, path, timedelta(minutes=1), use_content_user=True)
        expired = await sign(path, hass_admin_user, -1)
        for wrong, status in (
            (f"{other}{joint}authSig={signature}", HTTPStatus.UNAUTHORIZED),
            (f"{signed}x", HTTPStatus.UNAUTHORIZED),
            (f"{signed}&search=x", HTTPStatus.UNAUTHORIZED),
            (expired, HTTPStatus.UNAUTHORIZED),
            (of_a_user, HTTPStatus.FORBIDDEN),
            (of_content, HTTPStatus.FORBIDDEN),
        ):
            response = await client.get(wrong)
            assert response.status == status, wrong
            assert "OCMF" not in await response.text()


async def check_signature_of_a_login_that_is_over(
    hass: HomeAssistant,
    paths: list[str],
    hass_admin_user: MockUser,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    token = await hass.auth.async_create_refresh_token(hass_admin_user, "https://example.com/")
    signed = async_sign_path(hass, paths[1], timedelta(minutes=1), refresh_token_id=token.id)
    client = await hass_client_no_auth()
    assert (await client.get(signed)).status == HTTPStatus.OK
    hass.auth.async_remove_refresh_token(token)
    assert (await client.get(signed)).status == HTTPStatus.UNAUTHORIZED


# --- The archive --------------------------------------------------------------------------------


async def test_record(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    """Byte for byte, and without asking the meter."""
    charge = charge_of(simulated)
    stored = await archive(entry, charge.records)
    client = await hass_client()
    await unplug(server)
    for record, raw in zip(stored, charge.records, strict=True):
        response = await client.get(record_path(entry.entry_id, record.id, "ocmf"))
        assert response.status == HTTPStatus.OK
        assert await response.read() == raw
        assert response.content_type == "text/plain"
        assert name_in(response) == f"M-4711_{record.pagination}_2025-10-31.ocmf"
        check_headers(response)
        response = await client.get(record_path(entry.entry_id, record.id, "xml"))
        assert response.content_type == "application/xml"
        assert name_in(response) == f"M-4711_{record.pagination}_2025-10-31.xml"
        assert b"<signedData" in await response.read()
        check_headers(response)
    await server.start()


async def test_session(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, hass_client: ClientSessionGenerator
) -> None:
    charge = charge_of(simulated)
    await archive(rest_entry, charge.records)
    client = await hass_client()
    content = {}
    for form, content_type in (
        ("ocmf", "text/plain"),
        ("xml", "application/xml"),
        ("csv", "text/csv"),
        ("zip", "application/zip"),
    ):
        response = await client.get(session_path(rest_entry.entry_id, 1, form))
        assert response.status == HTTPStatus.OK
        assert response.content_type == content_type
        assert name_in(response) == f"M-4711_T3_2025-10-31.{form}"
        check_headers(response)
        content[form] = await response.read()
        assert response.content_length == len(content[form])
    assert content["ocmf"] == b"".join(raw + b"\n" for raw in charge.records)
    with zipfile.ZipFile(io.BytesIO(content["zip"])) as archived:
        assert archived.read("sessions.csv") == content["csv"]
        (xml,) = [name for name in archived.namelist() if name.endswith(".xml")]
        assert archived.read(xml) == content["xml"]


async def test_period(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    for number in range(1, 5):
        who = "05" if number == 4 else "04"
        await archive(rest_entry, charge_of(simulated, number, ID=who).records)
    client = await hass_client()
    device = device_id(hass, rest_entry)

    async def pages(**query: Any) -> list[str]:
        response = await client.get(period_path(rest_entry.entry_id, "csv", query))
        assert response.status == HTTPStatus.OK, await response.text()
        lines = (await response.text()).splitlines()
        return [line.split(",")[3].strip('"') for line in lines[1:]]

    assert await pages() == ["T3", "T6", "T9", "T12"]
    assert await pages(since=START + timedelta(days=1)) == ["T6", "T9", "T12"]
    # The first charge began on the last day of October where Home Assistant is.
    assert await pages(since="2025-11-01", until="2025-11-02") == ["T6"]
    assert await pages(search="05") == ["T12"]
    assert await pages(verdict=["invalid", "inconsistent"]) == []
    assert await pages(verdict="valid", outcome=["ended", "open"], device_id=[device]) == [
        "T3",
        "T6",
        "T9",
        "T12",
    ]
    response = await client.get(period_path(rest_entry.entry_id, "zip", {"until": START}))
    assert name_in(response) == "charge-records_before-2025-10-31.zip"
    with zipfile.ZipFile(io.BytesIO(await response.read())) as archived:
        assert archived.namelist() == ["sessions.xlsx", "sessions.csv", "README.txt"]


@in_turn(
    ("query", "hint"),
    [
        ("since=yesterday", "since"),
        ("verdict=good", "verdict"),
        ("outcome=ended&outcome=x", "outcome"),
        ("limit=3", "limit"),
        ("since=2025-11-01&since=2025-11-02", None),
        ("device_id=unknown", "unknown"),
    ],
)
async def test_bad_query(
    rest_entry: Dmed4ConfigEntry,
    hass_client: ClientSessionGenerator,
    *,
    query: str,
    hint: str | None,
) -> None:
    client = await hass_client()
    response = await client.get(f"{period_path(rest_entry.entry_id, 'csv', {})}?{query}")
    if hint is None:
        assert response.status == HTTPStatus.OK
        return
    assert response.status == HTTPStatus.BAD_REQUEST
    assert hint in (await response.json())["message"]


async def check_not_there(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    paths: list[str],
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client()
    entry_id = rest_entry.entry_id
    for path, code in (
        (record_path(entry_id, 99, "ocmf"), "archived_record_not_found"),
        (record_path(entry_id, 9_999_999_999, "xml"), "archived_record_not_found"),
        (session_path(entry_id, 0, "zip"), "session_not_found"),
    ):
        response = await client.get(path)
        assert response.status == HTTPStatus.NOT_FOUND
        assert (await response.json())["code"] == code
    for path in (
        record_path(entry_id, 1, "csv"),
        record_path(entry_id, 1, "exe"),
        record_path(entry_id, -1, "ocmf"),
        record_path(entry_id, 10**10, "ocmf"),
        period_path(entry_id, "ocmf", {}),
        f"/api/lovato_dmed4/{entry_id}/records/\u0661.ocmf",
        record_path("unknown", 1, "ocmf"),
        session_path("unknown", 1, "ocmf"),
        period_path("unknown", "csv", {}),
    ):
        assert (await client.get(path)).status == HTTPStatus.NOT_FOUND, path


test_what_only_reads = as_one(
    check_other_methods,
    check_signed_paths,
    check_signatures_that_open_nothing,
    check_signature_of_a_login_that_is_over,
    check_not_there,
)


async def test_for_other_systems(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    await archive(rest_entry, charge_of(simulated).records)
    client = await hass_client()
    url = session_path(rest_entry.entry_id, 1, "ocpi")
    response = await client.get(url)
    assert response.status == HTTPStatus.CONFLICT
    assert (await response.json())["code"] == "no_cdr"
    price = {"since": "2025-01-01", "energy": "0.50"}
    await hass.services.async_call(DOMAIN, "save_price", price, blocking=True)
    for form, schema in (("ocpi", CDR), ("ocpp", TRANSACTION_EVENT)):
        response = await client.get(session_path(rest_entry.entry_id, 1, form))
        assert response.content_type == "application/json"
        assert name_in(response) == f"M-4711_T3_2025-10-31.{form}.json"
        check_headers(response)
        Draft7Validator(schema).validate(await response.json())


async def test_no_xml(rest_entry: Dmed4ConfigEntry, hass_client: ClientSessionGenerator) -> None:
    raw = b"\x00<script>\xff"
    (stored,) = await archive(rest_entry, [raw], Source.METER)
    client = await hass_client()
    response = await client.get(record_path(rest_entry.entry_id, stored.id, "xml"))
    assert response.status == HTTPStatus.CONFLICT
    assert (await response.json())["code"] == "no_xml"
    response = await client.get(record_path(rest_entry.entry_id, stored.id, "ocmf"))
    assert await response.read() == raw
    assert name_in(response) == "record.ocmf"
    check_headers(response)


async def test_names_made_of_hostile_texts(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, hass_client: ClientSessionGenerator
) -> None:
    serial = '../"; filename="x.exe\r\nSet-Cookie: a=b\u202e' + "A" * 50_000
    charge = charge_of(simulated, MS=serial)
    await archive(rest_entry, charge.records)
    client = await hass_client()
    for form in ("ocmf", "xml", "csv", "zip"):
        response = await client.get(session_path(rest_entry.entry_id, 1, form))
        assert response.status == HTTPStatus.OK
        name = name_in(response)
        assert name == f"filenamexexeSet-CookieabAAAAAAAAAAAAAAAA_T3_2025-10-31.{form}"
        assert "Set-Cookie" not in response.headers
        check_headers(response)


async def test_unloaded_entry(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    paths: list[str],
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client()
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    last, *archived = paths
    response = await client.get(last)
    assert response.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert "meter itself is needed" in (await response.json())["message"]
    for path in archived:
        assert (await client.get(path)).status == HTTPStatus.OK
    assert await hass.config_entries.async_setup(rest_entry.entry_id)
    for path in paths:
        assert (await client.get(path)).status == HTTPStatus.OK


async def test_database_that_fails(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    paths: list[str],
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client()
    file = Path(hass.config.path(DEFAULT_FILE))
    with broken(file):
        for path in paths[1:]:
            response = await client.get(path)
            assert response.status == HTTPStatus.SERVICE_UNAVAILABLE, path
            answer = await response.json()
            assert answer["code"] == "archive_unavailable"
            assert "{" not in answer["message"]
    for path in paths[1:]:
        assert (await client.get(path)).status == HTTPStatus.OK


async def test_no_room_for_the_file(
    paths: list[str],
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = await hass_client()

    def full() -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(http, "TemporaryFile", full)
        response = await client.get(paths[-1])
        assert response.status == HTTPStatus.INSUFFICIENT_STORAGE
    assert "No space left on device" in caplog.text
    assert (await client.get(paths[-1])).status == HTTPStatus.OK
