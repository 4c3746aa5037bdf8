"""The tables, in the shape of the newest version; `migrations` brings older ones there."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
import re
from typing import Any, Final, override

from sqlalchemy import (
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from ..ocmf import RecordKind, Verdict
from .model import KeyState, KeyVerdict, Outcome, SessionVerdict, Source

NEVER: Final = datetime(1000, 1, 1, tzinfo=UTC)
"""Stands for an unknown time where sessions are in order: databases disagree where NULL comes.

MariaDB has no earlier time.
"""

# What no database stores alike, or is invisible: control characters, and halves of a pair.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

# Of the longest difference of two numbers that a record can hold.
_DECIMAL_LENGTH: Final = 300
# More than the format allows for any text; only for finding and showing, the record has it all.
_TEXT_LENGTH: Final = 255
# As `TEXT` of MariaDB takes, when each character has four bytes.
SEARCH_LENGTH: Final = 16_000


def printable(text: str, length: int = _TEXT_LENGTH) -> str:
    """Return a text as it can be stored in any database and be found again."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text[:length])


class _Printable(TypeDecorator[str]):
    """A text from a meter, made harmless. The record itself stays as it is."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else printable(value, self.length)


class _UtcTime(TypeDecorator[datetime]):
    """A time, in UTC: not all databases keep an offset."""

    impl = DateTime
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> Any:
        # MariaDB would round to seconds.
        return dialect.type_descriptor(
            mysql.DATETIME(fsp=6) if dialect.name in {"mysql", "mariadb"} else DateTime()
        )

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class _ExactDecimal(TypeDecorator[Decimal]):
    """A number as text: a database's own would be rounded, or a float in SQLite."""

    impl = String(_DECIMAL_LENGTH)
    cache_ok = True

    @override
    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value:f}"

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def _enum(kind: type[StrEnum]) -> Enum:
    """Keep an enumeration by its values, as text that a new member needs no migration for."""
    return Enum(
        kind,
        native_enum=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


_TYPES: Final[dict[Any, Any]] = {
    bytes: LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb"),
    datetime: _UtcTime(),
    Decimal: _ExactDecimal(),
    str: _Printable(_TEXT_LENGTH),
} | {
    kind: _enum(kind)
    for kind in (KeyState, KeyVerdict, Outcome, RecordKind, SessionVerdict, Source, Verdict)
}


class Base(DeclarativeBase):
    """All tables; the prefix keeps them apart from others in a database that is shared."""

    type_annotation_map = _TYPES


# Of MariaDB: compares byte by byte, as the other databases do.
_OPTIONS: Final = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


class MeterRow(Base):
    """A meter."""

    __tablename__ = "dmed4_meters"
    __table_args__ = _OPTIONS

    id: Mapped[int] = mapped_column(primary_key=True)
    unique_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    model: Mapped[str | None]
    serial_number: Mapped[str | None]


class KeyRow(Base):
    """A key that a meter was seen with; `StoredKey` explains it."""

    __tablename__ = "dmed4_keys"
    __table_args__ = (UniqueConstraint("meter_id", "fingerprint"), _OPTIONS)

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey(MeterRow.id, ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(_Printable(64))
    spki: Mapped[bytes]
    state: Mapped[KeyState]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    replaced: Mapped[datetime | None]


class SessionRow(Base):
    """A charge session, derived from its records.

    Attributes:
        key: names it within the meter (`Outline.session`).
        begin: NEVER if unknown.
        arrived: when the first of its records came here.
        counted: what sessions are in order by, see `Session`.
        search: what is searched, in one case.
    """

    __tablename__ = "dmed4_sessions"
    __table_args__ = (
        UniqueConstraint("meter_id", "key"),
        Index("dmed4_sessions_counted", "counted", "id"),
        Index("dmed4_sessions_of_meter", "meter_id", "counted", "id"),
        _OPTIONS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey(MeterRow.id, ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(_Printable(64))
    begin: Mapped[datetime] = mapped_column(default=NEVER)
    end: Mapped[datetime | None]
    imported: Mapped[Decimal | None]
    exported: Mapped[Decimal | None]
    identification_type: Mapped[str | None]
    identification: Mapped[str | None]
    identification_level: Mapped[str | None]
    tariff_text: Mapped[str | None]
    charge_point: Mapped[str | None]
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.OPEN)
    verdict: Mapped[SessionVerdict] = mapped_column(default=SessionVerdict.UNVERIFIABLE)
    records: Mapped[int] = mapped_column(default=0)
    arrived: Mapped[datetime]
    counted: Mapped[datetime]
    search: Mapped[str] = mapped_column(Text, default="")

    meter: Mapped[MeterRow] = relationship(lazy="raise")


class RecordRow(Base):
    """A record.

    Attributes:
        chained: whether every older record of the meter's logbook is here as well.
    """

    __tablename__ = "dmed4_records"
    __table_args__ = (
        UniqueConstraint("meter_id", "digest"),
        Index("dmed4_records_by_digest", "digest"),
        Index("dmed4_records_of_session", "session_id", "kind", "time"),
        Index("dmed4_records_by_verdict", "meter_id", "verdict", "key_verdict"),
        _OPTIONS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey(MeterRow.id, ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey(SessionRow.id, ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(_Printable(64))
    raw: Mapped[bytes]
    source: Mapped[Source]
    arrived: Mapped[datetime]
    kind: Mapped[RecordKind]
    pagination: Mapped[str | None]
    time: Mapped[datetime | None]
    verdict: Mapped[Verdict]
    key_verdict: Mapped[KeyVerdict]
    key_id: Mapped[int | None] = mapped_column(ForeignKey(KeyRow.id))
    verified: Mapped[datetime]
    chained: Mapped[bool]


class DriverRow(Base):
    """A person who charges.

    Attributes:
        search: name and e-mail address in one case, for finding.
    """

    __tablename__ = "dmed4_drivers"
    __table_args__ = _OPTIONS

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str] = mapped_column(Text)
    email: Mapped[str]
    person: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    search: Mapped[str] = mapped_column(Text)


class IdentificationRow(Base):
    """What a driver identifies with; two drivers never share one.

    Attributes:
        match: the value in one case.
    """

    __tablename__ = "dmed4_identifications"
    __table_args__ = (Index("dmed4_identifications_by_driver", "driver_id"), _OPTIONS)

    id: Mapped[int] = mapped_column(primary_key=True)
    driver_id: Mapped[int] = mapped_column(ForeignKey(DriverRow.id, ondelete="CASCADE"))
    value: Mapped[str]
    match: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str | None]


class _RatesColumns:
    """What is charged for."""

    energy: Mapped[Decimal | None]
    exported: Mapped[Decimal | None]
    minute: Mapped[Decimal | None]
    session: Mapped[Decimal | None]
    vat: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(_Printable(3))


class PriceRow(_RatesColumns, Base):
    """From when on, where, for whom and at what time of day certain rates hold."""

    __tablename__ = "dmed4_prices"
    __table_args__ = _OPTIONS

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int | None] = mapped_column(ForeignKey(MeterRow.id, ondelete="CASCADE"))
    driver_id: Mapped[int | None] = mapped_column(ForeignKey(DriverRow.id, ondelete="CASCADE"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    time_from: Mapped[str | None] = mapped_column(_Printable(5))
    time_until: Mapped[str | None] = mapped_column(_Printable(5))
    entity_id: Mapped[str | None]


class AppliedRow(_RatesColumns, Base):
    """The rates that were applied to a session: later prices leave them as they are."""

    __tablename__ = "dmed4_applied_rates"
    __table_args__ = _OPTIONS

    session_id: Mapped[int] = mapped_column(
        ForeignKey(SessionRow.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class SettingRow(Base):
    """A fact about the sender of statements."""

    __tablename__ = "dmed4_settings"
    __table_args__ = _OPTIONS

    name: Mapped[str] = mapped_column(_Printable(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
