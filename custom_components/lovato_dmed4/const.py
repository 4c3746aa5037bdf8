"""Names and figures that more than one module of the integration needs."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
import logging
from typing import Final

from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT

DOMAIN: Final = "lovato_dmed4"
MANUFACTURER: Final = "LOVATO Electric"
LOGGER: Final = logging.getLogger(__package__)

RELEASED: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""When this version was made, to the month: a machine whose time is earlier has a wrong clock."""

# Where the panel is; repairs link to its pages.
PANEL_PATH: Final = "lovato-dmed4"

CONF_BAUDRATE: Final = "baudrate"
CONF_CERTIFICATE: Final = "certificate"
CONF_CHANNEL: Final = "channel"
CONF_DATA_FORMAT: Final = "data_format"
CONF_FRAMING: Final = "framing"
CONF_KIND: Final = "kind"
CONF_STOP_BITS: Final = "stop_bits"
CONF_TLS: Final = "tls"
CONF_TRANSPORT: Final = "transport"
CONF_UNIT_ID: Final = "unit_id"
CONF_SCALE: Final = "scale"
CONF_SERIAL_NUMBER: Final = "serial_number"
CONF_TIMEOUT: Final = "timeout"

# What an entry's data say of the way to the meter; all of it is replaced when that changes.
CONNECTION_KEYS: Final = {
    CONF_BAUDRATE,
    CONF_CERTIFICATE,
    CONF_CHANNEL,
    CONF_DATA_FORMAT,
    CONF_DEVICE,
    CONF_FRAMING,
    CONF_HOST,
    CONF_PORT,
    CONF_SERIAL_NUMBER,
    CONF_STOP_BITS,
    CONF_TIMEOUT,
    CONF_TLS,
    CONF_TRANSPORT,
    CONF_UNIT_ID,
}

# Options, and fields of the action that starts a charge.
CONF_CHARGE_POINT_ID: Final = "charge_point_id"
CONF_IDENTIFICATION_DATA: Final = "identification_data"
CONF_IDENTIFICATION_FLAGS: Final = "identification_flags"
CONF_IDENTIFICATION_LEVEL: Final = "identification_level"
CONF_IDENTIFICATION_TYPE: Final = "identification_type"
CONF_TARIFF_TEXT: Final = "tariff_text"
CONF_INTERVAL_CHARGING: Final = "interval_charging"
CONF_INTERVAL_IDLE: Final = "interval_idle"
CONF_KEEP_CLOCK: Final = "keep_clock"
CONF_DATABASE_URL: Final = "database_url"
CONF_WHO_MAY_CHARGE: Final = "who_may_charge"

# In an entry's data: what its meter was known by until lately, as long as the archive has not been
# told of the change; how many invalid records have been reviewed.
CONF_FORMER_IDS: Final = "former_ids"
CONF_FORMER_KEY: Final = "former_key"
CONF_KNOWN_KEY: Final = "known_key"
CONF_FAILED_SEEN: Final = "failed_seen"
# Seconds by which a meter's clock appears to be off although a person has just set it.
CONF_APPARENT_DRIFT: Final = "apparent_drift"
# Up to when records state a time that a person has called wrong, or that is known to be wrong.
CONF_WRONG_UNTIL: Final = "wrong_until"
# What the statistics of signed sessions are called.
CONF_STATISTICS: Final = "statistics"
# The form of a prototype that the meter takes, found out at the first charge.
CONF_PROTOTYPE_FORM: Final = "prototype_form"
# What has been found out about how the meter's clock is set and shown.
CONF_CLOCK: Final = "clock"
# Seconds that a count of the meter's hour counters stands for, found out from how fast they count.
CONF_HOUR_UNIT: Final = "hour_unit"

# Seconds. A charge is worth watching closely; a parked meter shows only its temperature.
DEFAULT_INTERVAL_CHARGING: Final = 2
DEFAULT_INTERVAL_IDLE: Final = 10

# Counters, clock drift and the number of records change with a charge, not by the second.
HOUSEKEEPING_INTERVAL: Final = timedelta(minutes=1)

# Sent with the percentage while a meter's logbook is read, with None when that is over.
SIGNAL_LOGBOOK_PROGRESS: Final = f"{DOMAIN}_logbook_progress_{{}}"

# Sent when drivers, prices or applied rates have changed.
SIGNAL_PRICES_CHANGED: Final = f"{DOMAIN}_prices_changed"

DEFAULT_HTTP_PORT: Final = 80
DEFAULT_HTTPS_PORT: Final = 443
DEFAULT_MODBUS_PORT: Final = 502
DEFAULT_BAUDRATE: Final = 9600
DEFAULT_UNIT_ID: Final = 1


class Transport(StrEnum):
    """The ways to a meter that an entry can use."""

    REST = "rest"
    MODBUS_TCP = "modbus_tcp"
    MODBUS_SERIAL = "modbus_serial"


class Kind(StrEnum):
    """What an entry is; entries from before there were displays do not say."""

    METER = "meter"
    DISPLAY = "display"
