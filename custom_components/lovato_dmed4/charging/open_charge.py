"""The charge that is open, as it is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from homeassistant.util import dt as dt_util


class Origin(StrEnum):
    """Who gave a command."""

    HERE = "here"
    # Another master: the charger's own controller, another Home Assistant.
    ELSEWHERE = "elsewhere"


class Phase(StrEnum):
    """How far a charge is. Of a command about to be given, only the meter knows whether it came."""

    BEGINNING = "beginning"
    CHARGING = "charging"
    ENDING = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCharge:
    """The charge that is open. Who charges is in its signed records and, until it ends, in its prototype.

    Attributes:
        phase: how far it is.
        origin: who began it.
        since: when it began, or was first seen, by Home Assistant's clock.
        last: digest of the charge's last record before its end, while it is being ended.
        power_failed: whether the power of the meter failed meanwhile.
    """

    phase: Phase
    origin: Origin
    since: datetime
    last: str | None = None
    power_failed: bool = False


def begun(origin: Origin, phase: Phase) -> OpenCharge:
    """Describe a charge that begins now."""
    return OpenCharge(phase=phase, origin=origin, since=dt_util.utcnow())


def stored_charge(stored: Mapping[str, Any] | None) -> OpenCharge | None:
    """Read a charge as it was saved."""
    if stored is None:
        return None
    since = datetime.fromisoformat(stored["since"])
    phase, origin = Phase(stored["phase"]), Origin(stored["origin"])
    return OpenCharge(**{**stored, "phase": phase, "origin": origin, "since": since})
