"""The tables that version 2 added: drivers, their identifications, prices, applied rates, settings.

They are written down as they were then, and never change again.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import mysql

_OPTIONS: Final[dict[str, Any]] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
_METADATA = MetaData()


def _time(name: str, *, nullable: bool) -> Column[datetime]:
    exact = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    return Column(name, exact, nullable=nullable)


def _rates() -> list[Column[str]]:
    amounts = ("energy", "exported", "minute", "session", "vat")
    return [
        *(Column(name, String(300), nullable=True) for name in amounts),
        Column("currency", String(3), nullable=False),
    ]


# Only what is referred to: they are there already.
_METERS = Table("dmed4_meters", _METADATA, Column("id", Integer, primary_key=True))
_SESSIONS = Table("dmed4_sessions", _METADATA, Column("id", Integer, primary_key=True))

_DRIVERS = Table(
    "dmed4_drivers",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("address", Text, nullable=False),
    Column("email", String(255), nullable=False),
    Column("person", String(255), nullable=False),
    Column("note", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("search", Text, nullable=False),
    **_OPTIONS,
)
_IDENTIFICATIONS = Table(
    "dmed4_identifications",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("driver_id", ForeignKey(_DRIVERS.c.id, ondelete="CASCADE"), nullable=False),
    Column("value", String(255), nullable=False),
    Column("match", String(255), nullable=False, unique=True),
    Column("type", String(255), nullable=True),
    Index("dmed4_identifications_by_driver", "driver_id"),
    **_OPTIONS,
)
_PRICES = Table(
    "dmed4_prices",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("meter_id", ForeignKey(_METERS.c.id, ondelete="CASCADE"), nullable=True),
    Column("driver_id", ForeignKey(_DRIVERS.c.id, ondelete="CASCADE"), nullable=True),
    _time("since", nullable=False),
    _time("until", nullable=True),
    Column("time_from", String(5), nullable=True),
    Column("time_until", String(5), nullable=True),
    Column("entity_id", String(255), nullable=True),
    *_rates(),
    **_OPTIONS,
)
_APPLIED = Table(
    "dmed4_applied_rates",
    _METADATA,
    Column(
        "session_id",
        ForeignKey(_SESSIONS.c.id, ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    *_rates(),
    **_OPTIONS,
)
_SETTINGS = Table(
    "dmed4_settings",
    _METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    **_OPTIONS,
)


def add_billing(connection: Connection) -> None:
    """Add the tables; those that a step broken off has left are there already."""
    for table in (_DRIVERS, _IDENTIFICATIONS, _PRICES, _APPLIED, _SETTINGS):
        table.create(connection, checkfirst=True)
