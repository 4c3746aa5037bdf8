"""Statements and receipts: what is in the files, and who gets them."""

from hashlib import sha256
from http import HTTPStatus
import io
from itertools import permutations
import json
from pathlib import Path
import re
from typing import Any
from zipfile import ZipFile

from aiohttp.test_utils import TestClient
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest
import zxingcpp

from custom_components.lovato_dmed4.connection.formats import LANGUAGES
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.ocmf import Verdict, parse, verify
from custom_components.lovato_dmed4.reports.archives import async_meter_archive
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.statements import files
from simulator import SimulatedMeter
from tests.integration.plugin import ClientSessionGenerator
from tests.integration.records import archive, charge_of
from tests.integration.reports.opened import open_pdf
from tests.integration.turns import as_one, in_turn
from tests.integration.web.test_billing import SECRET, ZOE
from tests.integration.web.test_commands import Ask, answers, ask

__all__ = ["answers", "ask"]


@pytest.fixture
async def billed(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> Dmed4ConfigEntry:
    """A meter with three sessions that have a cost, of two drivers, and one that has none."""
    for number in range(1, 4):
        who = "05B0" if number == 3 else "04A2"
        await archive(rest_entry, charge_of(simulated, number, ID=who).records)
    bad = charge_of(simulated, 4, ID="04A2")
    await archive(rest_entry, [bad.begin, bad.end.replace(b"04A2", b"04A3")])
    # The sessions are over before there is a price: none is stored with them.
    await rest_entry.runtime_data.pricing.costs.async_refresh()
    await ask("drivers/save", **ZOE)
    await ask("prices/save", since="2025-01-01", energy="0.455", minute="0.01", vat="22")
    await ask("issuer/save", name="Parkhaus Süd GmbH", address="Via 1\nRoma", note="14 Tage")
    return rest_entry


@pytest.fixture
async def client(
    hass: HomeAssistant, billed: Dmed4ConfigEntry, hass_client: ClientSessionGenerator
) -> TestClient[Any, Any]:
    made: TestClient[Any, Any] = await hass_client()
    return made


def address(entry: Dmed4ConfigEntry, rest: str) -> str:
    return f"/api/{DOMAIN}/{entry.entry_id}/{rest}"


def text_of(content: bytes) -> str:
    text = "\n".join(page.extract_text() for page in open_pdf(io.BytesIO(content)).pages)
    return re.sub(r"[ \xa0]+", " ", text)


async def check_a_statement_as_pdf(client: TestClient[Any, Any], billed: Dmed4ConfigEntry) -> None:
    url = address(billed, "statement.pdf?language=de&since=2025-10-31&until=2025-11-30")
    answer = await client.get(url)
    content = await answer.read()
    assert answer.status == HTTPStatus.OK
    assert answer.content_type == "application/pdf"
    document = open_pdf(io.BytesIO(content))
    assert str(document.root_object["/Lang"]) == "de"
    number = re.search(r"Dokumentnummer: ([0-9A-F]{16})", text_of(content))
    assert number
    name = f"statement_2025-10-31_2025-11-30_{number[1]}.pdf"
    assert name in answer.headers["Content-Disposition"]
    text = text_of(content)
    for part in (
        "Ladeabrechnung",
        "Parkhaus Süd GmbH",
        "31.10.2025 \N{EN DASH} 29.11.2025",
        SECRET,
        "Identifikation ohne Fahrer: 05B0",
        # Two of hers: 0.91 + 0.30 each.
        "Zwischensumme: Ladevorgänge 2, 4,000 kWh, 2,42 EUR",
        "31.10.2025 22:30:00",
        "Netto 2,98 EUR",
        "USt. 22 % 0,65 EUR",
        "Brutto 3,63 EUR",
        "Ladevorgänge ohne Kosten",
        "Eine Signatur ist ungültig.",
        "Preis je Minute: 0,01 EUR",
        "14 Tage",
        "SHA-256-Fingerabdruck",
    ):
        assert part in text.replace("\n", " "), part
    # Nobody is recipient of a statement about several.
    assert "zoe@example.org" not in text
    again = await (await client.get(url)).read()
    assert again == content


async def check_a_statement_of_one_driver(
    client: TestClient[Any, Any], billed: Dmed4ConfigEntry
) -> None:
    answer = await client.get(address(billed, "statement.pdf?language=en&driver_id=1"))
    text = text_of(await answer.read()).replace("\n", " ")
    assert "To" in text
    assert f"{SECRET} Via Roma 1 00100 Roma zoe@example.org" in text
    assert "05B0" not in text
    assert "2.42 EUR" in text
    # The note is the owner's own.
    assert "pays cash" not in text


@in_turn("language", LANGUAGES)
async def test_a_statement_in_each_language(
    client: TestClient[Any, Any], billed: Dmed4ConfigEntry, language: str
) -> None:
    folder = Path(files.__file__).parents[1] / "translations"
    words = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    document = words["config_panel"]["document"]
    for path in ("statement.pdf", "sessions/1/receipt.pdf"):
        answer = await client.get(address(billed, f"{path}?language={language}"))
        text = text_of(await answer.read())
        title = document["receipt" if "receipt" in path else "statement"]
        for key in (document["sender"], title, document["gross"], document["check_title"]):
            assert key in text
        # Every character has a glyph.
        assert "\ufffd" not in text
        assert "{" not in text


async def check_a_statement_of_nothing(
    client: TestClient[Any, Any], billed: Dmed4ConfigEntry
) -> None:
    for form in ("pdf", "xlsx"):
        url = address(billed, f"statement.{form}?until=2020-01-01&language=en")
        content = await (await client.get(url)).read()
        if form == "pdf":
            assert "No sessions in this period." in text_of(content)


async def test_a_workbook(client: TestClient[Any, Any], billed: Dmed4ConfigEntry, ask: Ask) -> None:
    await ask("drivers/save", name="=1+1", identifications=["05B0"])
    url = address(billed, "statement.xlsx?language=en")
    content = await (await client.get(url)).read()
    with ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        shared = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "<t>=1+1</t>" in shared
    assert SECRET in shared
    assert "A signature is invalid." in shared
    assert re.findall(r'<c r="M\d+"[^>]*><v>([\d.]+)</v>', sheet)[1:] == ["1.21"] * 3
    assert await (await client.get(url)).read() == content


async def check_a_receipt_can_be_verified_elsewhere(
    client: TestClient[Any, Any], billed: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    answer = await client.get(address(billed, "sessions/1/receipt.pdf?language=it"))
    content = await answer.read()
    text = text_of(content)
    assert SECRET in text
    assert "1,21 EUR" in text.replace("\n", " ")
    codes = read_codes(content)
    key, record = sorted(codes, key=len)
    assert record == charge_of(simulated, 1, ID="04A2").end
    from custom_components.lovato_dmed4.ocmf import load_public_key  # noqa: PLC0415

    found = verify(parse(record), load_public_key(bytes.fromhex(key.decode())))
    assert found.verdict is Verdict.VALID


async def test_a_record_that_fits_into_no_single_code(
    client: TestClient[Any, Any], billed: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """It is split into codes that belong together: joined, they are the record."""
    long = charge_of(simulated, 5, ID="04A2", TT="x" * 900)
    await archive(billed, long.records)
    content = await (await client.get(address(billed, "sessions/5/receipt.pdf"))).read()
    codes = read_codes(content)
    key = next(code for code in codes if re.fullmatch(rb"[0-9a-f]+", code))
    codes.remove(key)
    assert len(codes) > 1
    assert all(len(code) < len(long.end) for code in codes)
    assert long.end in {b"".join(parts) for parts in permutations(codes)}


def read_codes(content: bytes) -> list[bytes]:
    """Read all QR codes as a camera does, from rectangles that the document draws."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    found: list[bytes] = []
    for page in open_pdf(io.BytesIO(content)).pages:
        scale = 4
        size = (int(float(page.mediabox.width) * scale), int(float(page.mediabox.height) * scale))
        image = Image.new("L", size, 255)
        draw = ImageDraw.Draw(image)
        contents = page.get_contents()
        assert contents is not None
        for match in re.finditer(
            rb"([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re f", contents.get_data()
        ):
            x, y, width, height = (float(number) * scale for number in match.groups())
            top, bottom = sorted((size[1] - y, size[1] - y - height))
            draw.rectangle((x, top, x + width - 0.5, bottom - 0.5), fill=0)
        found += [bytes(code.bytes) for code in zxingcpp.read_barcodes(image)]
    return found


async def check_what_there_is_not(client: TestClient[Any, Any], billed: Dmed4ConfigEntry) -> None:
    for path, status in (
        ("sessions/99/receipt.pdf", HTTPStatus.NOT_FOUND),
        ("statement.pdf?language=xx", HTTPStatus.BAD_REQUEST),
        ("statement.pdf?since=yesterday", HTTPStatus.BAD_REQUEST),
        ("statement.pdf?driver_id=me", HTTPStatus.BAD_REQUEST),
        ("statement.doc", HTTPStatus.NOT_FOUND),
    ):
        assert (await client.get(address(billed, path))).status == status, path


async def check_only_administrators_get_documents(
    hass: HomeAssistant,
    billed: Dmed4ConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    client = await hass_client(hass_read_only_access_token)
    for path in ("statement.pdf", "statement.xlsx", "sessions/1/receipt.pdf"):
        assert (await client.get(address(billed, path))).status == HTTPStatus.FORBIDDEN


async def test_a_missing_library_is_named(
    client: TestClient[Any, Any], billed: Dmed4ConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fpdf", None)
    answer = await client.get(address(billed, "statement.pdf"))
    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert (await answer.json())["code"] == "library_missing"


# --- Actions ------------------------------------------------------------------------------------


async def call(
    hass: HomeAssistant, action: str, context: Context | None = None, **data: Any
) -> Any:
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )


async def test_an_action_writes_a_statement(
    hass: HomeAssistant, billed: Dmed4ConfigEntry, tmp_path: Path, admin: Context
) -> None:
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    file = tmp_path / "october.pdf"
    response = await call(
        hass, "create_statement", admin, filename=str(file), until="2025-11-01", language="en"
    )
    content = file.read_bytes()
    assert response["sha256"] == sha256(content).hexdigest()
    assert (response["size"], response["sessions"]) == (len(content), 1)
    assert response["filename"] == str(file)
    assert "statement.pdf?until=2025-11-01" in response["url"]
    assert "1.21 EUR" in text_of(content).replace("\n", " ")
    for name in (tmp_path / "x.xlsx", Path("/elsewhere/x.pdf"), Path("x.pdf")):
        with pytest.raises(ServiceValidationError):
            await call(hass, "create_statement", admin, filename=str(name))
    with pytest.raises(HomeAssistantError, match="could not be written"):
        await call(hass, "create_statement", admin, filename=str(tmp_path / "no" / "x.pdf"))


async def check_an_action_makes_a_receipt_and_a_link_to_it(
    hass: HomeAssistant, billed: Dmed4ConfigEntry, client: TestClient[Any, Any]
) -> None:
    response = await call(hass, "create_statement", session_id=1, language="fr")
    assert response["filename"] is None
    assert response["url"] == address(billed, "sessions/1/receipt.pdf?language=fr")
    content = await (await client.get(response["url"])).read()
    assert sha256(content).hexdigest() == response["sha256"]


test_what_only_reads = as_one(
    check_a_statement_as_pdf,
    check_a_statement_of_one_driver,
    check_a_statement_of_nothing,
    check_a_receipt_can_be_verified_elsewhere,
    check_what_there_is_not,
    check_only_administrators_get_documents,
    check_an_action_makes_a_receipt_and_a_link_to_it,
)


async def test_actions_on_drivers_and_prices(
    hass: HomeAssistant, billed: Dmed4ConfigEntry, user: Context
) -> None:
    bert = await call(hass, "save_driver", name="Bert", identifications="05B0")
    assert bert["driver_id"] == 2
    listed = await call(hass, "list_drivers")
    assert [each["name"] for each in listed["drivers"]] == ["Bert", SECRET]
    assert [each["identification"] for each in listed["unnamed"]] == ["04A3"]
    archived = async_meter_archive(hass)
    (device_id,) = {device.id for device in archived.devices.values()}
    price = await call(
        hass,
        "save_price",
        since="2025-01-01",
        energy="1",
        driver_id=2,
        price_entity="sensor.price",
        device_id=device_id,
    )
    assert (price["driver"], price["price_entity"]) == ("Bert", "sensor.price")
    assert price["device_id"] == device_id
    assert await call(hass, "apply_prices") == {"changed": 4}
    sessions = await call(hass, "list_sessions", driver_id=[2])
    assert [each["cost"]["amount"] for each in sessions["sessions"]] == ["2.00"]
    prices = await call(hass, "list_prices")
    assert len(prices["prices"]) == 2
    assert await call(hass, "delete_price", price_id=price["price_id"]) == {"deleted": 2}
    assert await call(hass, "delete_driver", driver_id=2) == {"deleted": 2}
    for action, data in (
        ("list_drivers", {}),
        ("save_driver", {"name": "x"}),
        ("delete_driver", {"driver_id": 1}),
        ("list_prices", {}),
        ("save_price", {"since": "2025-01-01", "energy": 1}),
        ("delete_price", {"price_id": 1}),
        ("apply_prices", {}),
        ("create_statement", {}),
    ):
        with pytest.raises(Unauthorized):
            await call(hass, action, user, **data)
    with pytest.raises(ServiceValidationError, match="one meter"):
        await call(hass, "save_price", since="2025-01-01", energy=1, device_id=[device_id, "other"])
