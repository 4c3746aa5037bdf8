"""Archives with something in them, for the tests of what looks into them."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import sqlite3
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.lovato_dmed4.archive import Source, StoredRecord
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter
from simulator.record import Reading, payload_text, signature_text, time_text
from tests.ocmf.helpers import sign

# In the time zone of the tests' Home Assistant, US/Pacific, still the last evening of October.
START = datetime(2025, 11, 1, 5, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A charge as the simulated meter would sign it, without the time that takes.

    Attributes:
        number: the first charge is 1; each begins a day after the one before and has three records.
        key: that signs.
        fields: of the prototype, beside the usual ones.
        synchronised: whether the clock is.
        exported: Wh that are fed back in a quarter of an hour.
    """

    number: int = 1
    key: ec.EllipticCurvePrivateKey
    fields: dict[str, Any] = field(default_factory=dict)
    synchronised: bool = True
    exported: int = 0

    def sign(
        self, reason: str, step: int, *, imported: int | None = None, page: int | None = None
    ) -> bytes:
        """Sign what was made for a reason, so many quarters of an hour and kWh after the begin.

        With `imported`, so many Wh instead; with `page`, as a later record of the charge than the step says.
        """
        fields = {
            "FV": "1.1",
            "MS": "M-4711",
            "IS": True,
            "IL": "VERIFIED",
            "IT": "ISO14443",
            "ID": "04A2B3C4",
            "TT": "0.45 EUR/kWh",
            "CT": "EVSEID",
            "CI": "IT*XYZ*E1",
            **self.fields,
        }
        texts = {key: json.dumps(value) for key, value in fields.items() if value is not None}
        page = 3 * self.number - 2 + (min(step, 2) if page is None else page)
        texts["PG"] = f'"T{page}"'
        energy = 1000 * step if imported is None else imported
        payload = payload_text(texts, self._reading("B", 0, 0), self._reading(reason, step, energy))
        return f"OCMF|{payload}|{signature_text(sign(payload, self.key), 0)}".encode()

    def _reading(self, reason: str, step: int, energy: int) -> Reading:
        begin = START + timedelta(days=self.number - 1)
        return Reading(
            time=time_text(
                (begin + step * timedelta(minutes=15)).timestamp(),
                60,
                synchronised=self.synchronised,
            ),
            reason=reason,
            imported=100_000 + 10_000 * self.number + energy,
            exported=3_250 + (step * self.exported),
            cycle=energy,
        )

    @property
    def begin(self) -> bytes:
        """The record of the begin."""
        return self.sign("B", 0)

    @property
    def end(self) -> bytes:
        """The record of the end, half an hour and 2 kWh later."""
        return self.sign("E", 2)

    @property
    def records(self) -> list[bytes]:
        """The records of the whole charge."""
        return [self.begin, self.sign("C", 1), self.end]


def charge_of(meter: SimulatedMeter, number: int = 1, **fields: Any) -> Charge:
    """Describe a charge of a meter."""
    return Charge(number=number, key=meter._private_key, fields=fields)


async def archive(
    entry: Dmed4ConfigEntry, raws: Iterable[bytes], source: Source = Source.COMMAND
) -> list[StoredRecord]:
    """Put records into the archive of a meter."""
    stored = [await entry.runtime_data.records.async_store(raw, source) for raw in raws]
    return [record for record in stored if record is not None]


def tampered(raw: bytes) -> bytes:
    """Change the energy of a record."""
    changed = raw.replace(b'"RV":112.000', b'"RV":111.000')
    assert changed != raw
    return changed


@contextmanager
def broken(file: Path, table: str = "dmed4_records") -> Iterator[None]:
    """Let every use of the records, or of another table, in an archive fail."""
    with closing(sqlite3.connect(file, autocommit=True)) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
        yield
        database.execute(f"ALTER TABLE elsewhere RENAME TO {table}")
