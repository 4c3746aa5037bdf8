"""A meter of the demo that has been charging for weeks: `python -m tools.demo.meter rest 1`."""

import asyncio
from collections.abc import Iterator
import hashlib
import random
import sys
from typing import Final

from simulator import ModbusTcpServer, RestServer
from simulator.past import PastCharge, meter_with_past

# Of the first meter. The other one came later: its records are fetched one after the other, over Modbus,
# and the demo waits for all of them.
WEEKS: Final = 4
DRIVERS: Final = {"Anna Bianchi": "04A2B3C4D5E680", "Marco Rossi": "04F1E2D3C4B5A6", "Guest": ""}
_DAYS_BETWEEN: Final = 1.4
_LAST_HOURS: Final = 12
_TARIFF: Final = "0.45 EUR/kWh"
# Begun by the controller of a charger some minutes ago.
RUNNING: Final = PastCharge(
    hours_ago=0.2, minutes=60, fields={"ID": DRIVERS["Anna Bianchi"], "TT": _TARIFF}
)


def charges(seed: int) -> Iterator[PastCharge]:
    """Make the charges of some weeks, the same for the same seed; the first meter is charging now."""
    chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
    ago = 24.0 * 7 * WEEKS / seed
    while ago > _LAST_HOURS:
        # Not the guest: those who have a card.
        card = chance.choice([number for number in DRIVERS.values() if number])
        fields = {"ID": card, "TT": _TARIFF, "CI": f"DE*DMO*E{seed:06d}"}
        yield PastCharge(hours_ago=ago, minutes=chance.randint(12, 40), fields=fields)
        ago -= 24 * _DAYS_BETWEEN * chance.uniform(0.4, 1.6)
    if seed == 1:
        yield RUNNING


async def serve(transport: str, seed: int) -> None:
    """Serve a meter until the program is ended."""
    meter, _ = meter_with_past(seed, list(charges(seed)))
    async with RestServer(meter) if transport == "rest" else ModbusTcpServer(meter) as server:
        key = meter.public_key_ocmf
        sys.stdout.write(
            f"{meter.model.name} serial {meter.serial_number} {transport}://{server.host}:{server.port}"
            f" fingerprint {hashlib.sha256(key).hexdigest()[:16]} public key {key.hex()}\n"
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
    except KeyboardInterrupt:
        sys.exit(0)
