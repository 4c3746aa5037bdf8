"""One session has one energy: wherever it stands, it is what other software reads in the records."""

import csv
from decimal import Decimal
import io
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from custom_components.lovato_dmed4.reports.links import period_path, session_path
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter
from tests.integration.plugin import ClientSessionGenerator
from tests.integration.records import archive, charge_of
from tests.integration.reports.opened import open_workbook
from tests.integration.web.test_commands import Ask, answers, ask
from tests.integration.web.test_statements import address, text_of

__all__ = ["answers", "ask"]

# Few and many digits, zeros at the end, and what no binary fraction holds.
WATT_HOURS = (1, 10, 300, 1_000, 44_267, 57_270, 1_234_567)


def energy_read_elsewhere(xml: bytes) -> Decimal:
    """Read a file for the official software as it does: the stop of a register less its start."""
    (signed,) = [node.text or "" for node in ET.fromstring(xml).iter("signedData")]  # noqa: S314 - made here
    payload = json.loads(signed.split("|")[1], parse_float=Decimal)
    # Fields that a reading leaves out are those of the reading before it.
    known: dict[str, Any] = {}
    values = {}
    for reading in payload["RD"]:
        known |= reading
        if known["RI"] == "01-00:01.08.00*FF":
            values[known["TX"]] = known["RV"]
    return Decimal(values["E"] - values["B"])


@pytest.mark.parametrize("language", ["en", "de"])
async def test_the_same_energy_everywhere(
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
    ask: Ask,
    language: str,
) -> None:
    for number, energy in enumerate(WATT_HOURS, 1):
        charge = charge_of(simulated, number)
        await archive(rest_entry, [charge.begin, charge.sign("E", 2, imported=energy)])
    await rest_entry.runtime_data.pricing.costs.async_refresh()
    await ask("prices/save", since="2025-01-01", energy="0.455")
    client = await hass_client()

    async def get(path: str) -> bytes:
        content: bytes = await (await client.get(path)).read()
        return content

    entry_id = rest_entry.entry_id
    table = (await get(period_path(entry_id, "csv", {}))).decode("utf-8-sig")
    rows = {row["pagination"]: row for row in csv.DictReader(io.StringIO(table, newline=""))}
    book = open_workbook(io.BytesIO(await get(period_path(entry_id, "xlsx", {}))))
    statement = open_workbook(
        io.BytesIO(await get(address(rest_entry, f"statement.xlsx?language={language}")))
    )
    printed = text_of(await get(address(rest_entry, f"statement.pdf?language={language}")))
    cells = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    billed = [row for sheet in statement for row in sheet.iter_rows(values_only=True)]
    for number, energy in enumerate(WATT_HOURS, 1):
        kwh = energy_read_elsewhere(await get(session_path(entry_id, number, "xml")))
        assert kwh == Decimal(energy).scaleb(-3)
        row = rows[f"T{3 * number}"]
        assert row["transparency_software"] == "accepted"
        assert (row["imported_kwh"], row["imported_wh"]) == (str(kwh), str(energy))
        assert any(f"T{3 * number}" in each and float(kwh) in each for each in cells), kwh
        assert any(f"T{3 * number}" in each and float(kwh) in each for each in billed), kwh
        answer = await ask("sessions/get", session_id=number)
        assert answer["imported"] == str(kwh)
        text = f"{kwh:,f}"
        if language == "de":
            text = text.translate(str.maketrans(",.", ".,"))
        receipt = text_of(
            await get(address(rest_entry, f"sessions/{number}/receipt.pdf?language={language}"))
        )
        # So has the key one fingerprint, in one notation.
        fingerprint = answer["record_reports"][0]["key"]["fingerprint"]
        assert fingerprint == row["public_key_sha256"]
        assert any(fingerprint in each for each in cells)
        assert any(fingerprint in each for each in billed)
        for document in (receipt, printed):
            assert fingerprint in re.sub(r"\s", "", document)
            assert re.search(rf"(?<![\d.,]){re.escape(text)}(?![\d.,])", document), document
