"""What a user says and gets of a charge: the identity to start with, the record that comes back."""

from collections.abc import Mapping
from typing import Any

from ..const import (
    CONF_CHARGE_POINT_ID,
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_FLAGS,
    CONF_IDENTIFICATION_LEVEL,
    CONF_IDENTIFICATION_TYPE,
    CONF_TARIFF_TEXT,
)
from ..dmed4.prototype import (
    ChargeIdentity,
    IdentificationFlag,
    IdentificationLevel,
    IdentificationType,
)


def charge_identity(values: Mapping[str, Any]) -> ChargeIdentity:
    """Read a charge's identity from an action's fields or an entry's options."""
    return ChargeIdentity(
        type=IdentificationType(values.get(CONF_IDENTIFICATION_TYPE, IdentificationType.NONE)),
        level=IdentificationLevel(values.get(CONF_IDENTIFICATION_LEVEL, IdentificationLevel.NONE)),
        flags=tuple(IdentificationFlag(flag) for flag in values.get(CONF_IDENTIFICATION_FLAGS, ())),
        data=values.get(CONF_IDENTIFICATION_DATA, ""),
        tariff_text=values.get(CONF_TARIFF_TEXT, ""),
        charge_point_id=values.get(CONF_CHARGE_POINT_ID, ""),
    )
