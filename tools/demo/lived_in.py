"""What a house has after some weeks: drivers, a price, and automations made of the blueprints."""

import asyncio
from pathlib import Path
import re
import shutil
from typing import Any, Final

from .client import DOMAIN, Client
from .home_assistant import CONFIGURATION, REPOSITORY
from .meter import DRIVERS

CONFIGURATION_OF_A_HOUSE: Final = f"{CONFIGURATION}\nautomation: !include automations.yaml\n"
METERS: Final = ("Carport", "Courtyard")
_PAUSE: Final = 0.1
_PRICE: Final = {"since": "2020-01-01", "energy": "0.45", "session": "0.50", "vat": "22"}


def unpack_blueprints(config: Path) -> None:
    """Put the blueprints where an import puts them, and make room for automations."""
    folder = Path("automation", "lovato_dmed4")
    shutil.copytree(REPOSITORY / "blueprints" / folder, config / "blueprints" / folder)
    (config / "automations.yaml").write_text("[]\n")


async def fill_energy_dashboard(client: Client) -> None:
    """Show the energy that was signed, once it has been added up."""
    signed: list[str] = []
    while len(signed) < len(METERS):
        await asyncio.sleep(_PAUSE)
        (statistics,) = await client.commands("recorder/list_statistic_ids")
        ids = (each["statistic_id"] for each in statistics)
        signed = [each for each in ids if re.fullmatch(rf"{DOMAIN}:\w+_imported", each)]
    devices = [{"stat_consumption": each} for each in signed]
    await client.commands({"type": "energy/save_prefs", "device_consumption": devices})


async def furnish(client: Client, entry_ids: list[str]) -> None:
    """Name meters and drivers, set a price, fetch what was charged, and automate."""
    meters = [await client.find_meter(entry_id) for entry_id in entry_ids]
    named: list[dict[str, object]] = [
        {"type": "config/device_registry/update", "device_id": device_id, "name_by_user": name}
        for (device_id, _), name in zip(meters, METERS, strict=True)
    ]
    drivers: list[dict[str, object]] = [
        {
            "type": f"{DOMAIN}/drivers/save",
            "name": name,
            "identifications": [{"value": card}] if card else [],
        }
        for name, card in DRIVERS.items()
    ]
    await client.commands(*named, *drivers, {"type": f"{DOMAIN}/prices/save", **_PRICE})
    await asyncio.gather(*(client.act("synchronise_records", device_id) for device_id, _ in meters))
    await client.commands({"type": f"{DOMAIN}/prices/apply"})
    await fill_energy_dashboard(client)
    meter, entities = meters[0]
    inputs: dict[str, dict[str, Any]] = {
        "warn_of_trouble": {"meter": meter},
        "send_signed_record": {"meter": meter},
        "limit_charge": {"cycle_energy": entities["cycle_energy_imported"], "energy_limit": 60},
    }
    for name, given in inputs.items():
        blueprint = {"path": f"lovato_dmed4/{name}.yaml", "input": given}
        alias = name.replace("_", " ").capitalize()
        await client.post(
            f"/api/config/automation/config/demo_{name}",
            {"alias": alias, "use_blueprint": blueprint},
        )
