"""What Home Assistant's recorder would know of a meter's power if it had been there."""

from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Final

from simulator.past import Powers

_DATABASE: Final = "home-assistant_v2.db"
# How many W one of the unit is that the sensor's states have.
_FACTORS: Final = {"W": 1, "kW": 1000}


def record_powers(folder: Path, entity_id: str, unit: str, powers: Powers) -> None:
    """Write powers into the database of a Home Assistant that does not run."""
    factor = _FACTORS[unit]
    with closing(sqlite3.connect(folder / "config" / _DATABASE)) as database, database:
        (number,) = database.execute(
            "SELECT metadata_id FROM states_meta WHERE entity_id = ?", (entity_id,)
        ).fetchone()
        database.executemany(
            "INSERT INTO states (metadata_id, state, last_updated_ts) VALUES (?, ?, ?)",
            ((number, f"{power / factor}", moment) for moment, power in powers),
        )
