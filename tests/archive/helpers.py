"""What meters sign, for the archive's tests."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import json
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.lovato_dmed4.archive import Archive, MeterInfo, Source
from tests.ocmf.helpers import KEY, record, sign, spki

NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER: Final = NOW + timedelta(hours=1)
OTHER_KEY: Final = ec.derive_private_key(0xBAD, ec.SECP256R1())
OTHER_CURVE: Final = ec.derive_private_key(0xBAD, ec.SECP384R1())
SPKI: Final = spki()
OTHER_SPKI: Final = spki(OTHER_KEY)


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A charge: each record of it tells of the begin and of its own moment, as a DMED4's do.

    Attributes:
        page: number of the record of the begin.
        start: when it began.
        imported: total then, in kWh.
        exported: as imported.
        texts: of the payload.
        key: that signs.
    """

    page: int = 1
    start: datetime = datetime(2026, 5, 1, 10, tzinfo=UTC)
    imported: Decimal = Decimal("129.500")
    exported: Decimal = Decimal("3.250")
    texts: dict[str, Any] = field(default_factory=dict)
    key: ec.EllipticCurvePrivateKey = KEY

    def begin(self) -> bytes:
        """Sign the begin."""
        return self.sign("B", 0, 0)

    def read(self, step: int) -> bytes:
        """Sign the moment so many quarters of an hour and kWh later."""
        return self.sign("C", step, step)

    def end(self, step: int, reason: str = "E", **changes: Any) -> bytes:
        """Sign the end so many quarters of an hour and kWh later."""
        return self.sign(reason, step, step, **changes)

    def sign(self, reason: str, pages: int, steps: int, **changes: Any) -> bytes:
        """Sign a record, so many pages and steps after the begin."""
        payload = self.payload(reason, pages, steps, **changes)
        return record(sign(payload, self.key), payload).encode()

    def payload(self, reason: str, pages: int, steps: int, **changes: Any) -> str:
        """Write what is signed."""
        texts = {
            "FV": "1.3",
            "PG": f"T{self.page + pages}",
            "MS": "M-4711",
            "IS": True,
            "IL": "VERIFIED",
            "IT": "ISO14443",
            "ID": "04A1B2C3",
            "TT": "0.49 EUR/kWh",
            "CI": "IT*XYZ*E1",
            **self.texts,
            **changes,
        }
        readings = ",".join((self._moment("B", 0), self._moment(reason, steps)))
        return f'{json.dumps(texts)[:-1]}, "RD":[{readings}]}}'

    def _moment(self, reason: str, steps: int) -> str:
        time = f"{self.start + steps * timedelta(minutes=15):%Y-%m-%dT%H:%M:%S,000+0000} S"
        return (
            f'{{"TM":"{time}","TX":"{reason}","RV":{self.imported + steps},"RI":"1.8.0","RU":"kWh",'
            f'"RT":"DC","EF":"","ST":"G"}},'
            f'{{"RV":{self.exported},"RI":"2.8.0","RU":"kWh","ST":"G"}},'
            f'{{"RV":{steps}.000,"RI":"1.9.0","RU":"kWh","ST":"G"}}'
        )


def tampered(raw: bytes) -> bytes:
    """Change a digit of the payload."""
    changed = raw.replace(b"04A1B2C3", b"04A1B2C4")
    assert changed != raw
    return changed


def add_meter(archive: Archive, unique_id: str = "meter", key: bytes | None = SPKI) -> int:
    """Register a meter, by default with a key."""
    meter = archive.register_meter(MeterInfo(unique_id=unique_id, name=f"The {unique_id}"))
    if key:
        archive.see_key(meter, key, NOW)
    return meter


def store(archive: Archive, meter: int, *records: bytes, source: Source = Source.METER) -> None:
    """Store records."""
    for raw in records:
        archive.store(meter, raw, source, NOW)
