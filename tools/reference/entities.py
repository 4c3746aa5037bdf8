"""The page of entities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from homeassistant.const import EntityCategory, Platform
from homeassistant.helpers.entity import EntityDescription

from custom_components.lovato_dmed4 import (
    binary_sensor,
    button,
    event,
    number,
    select,
    switch,
    text,
)
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.model import Feature
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from custom_components.lovato_dmed4.sensors import descriptions

from .markdown import WRITTEN_BY, codes, table

_LIVE: Final = "live"
_MINUTE: Final = "minute"
_ARCHIVE: Final = "archive"
_PUSHED: Final = "when it happens"
_WRITTEN: Final = "when it is set"

_INTRODUCTION: Final = """\
All entities of a meter and of a remote display. Names are in English; Home Assistant shows them in your language. An entity ID
consists of the names of the device and the entity, such as `sensor.charger_power` for a
meter that you call *Charger*. The *key* never changes: bug reports and the code use it.

- **Updated** shows when a value is updated; [how data is updated](data-update.md) explains the terms.
- **Available via** is empty if both REST and Modbus provide the entity.
- Entities marked *off* in the column **Default** exist, but are disabled: enable the ones that you need.
- *Diagnostic* and *configuration* entities are listed separately on the page of the device.

A value that a meter does not send is *unknown*, never 0. The entities of a meter are *unavailable* while it cannot be reached,
except those from the archive (the last session, the records) and the event *Charging session*."""

# What the name alone does not say. A test keeps this complete.
NOTES: Final[Mapping[str, str]] = {
    "sensor.voltage": "Voltage between plus and minus.",
    "sensor.current": "Current through the meter.",
    "sensor.power": "Negative while energy flows back from the vehicle, on a meter for both directions.",
    "sensor.temperature_i1": "Temperature sensor I1 of the meter.",
    "sensor.temperature_i2": "Temperature sensor I2 of the meter.",
    "sensor.measurement_status": "Whether a charging session is prepared or running, as the meter reports it.",
    "sensor.signature_status": "Progress of the meter's last signature.",
    "sensor.last_sample": "When the meter measured the values that are shown, by its own clock.",
    "sensor.energy_imported": "Counter of the meter, over its whole life. For the energy dashboard.",
    "sensor.energy_exported": "Counter of the energy fed back. For the energy dashboard.",
    "sensor.energy_exchanged": "Counter of both directions together.",
    "sensor.cycle_energy_imported": "Energy of the running session, or of the last one. Starts at 0 with each session.",
    "sensor.cycle_energy_exported": "Energy fed back in the running session, or in the last one.",
    "sensor.clock_drift": "By how much the meter's clock is ahead of Home Assistant's; negative if it is behind.",
    "sensor.hours_total": "The manual names no unit; hours are assumed.",
    "sensor.hours_working": "The manual names no unit; hours are assumed.",
    "sensor.records_saved": "Signed records in the meter's own logbook.",
    "sensor.records_maximum": "Capacity of the logbook; when it is full, the oldest are overwritten.",
    "sensor.sync_timeout": "The meter's setting for the timeout of a synchronisation.",
    "sensor.signature_format": "How the meter writes signatures (P06.01).",
    "sensor.operative_status": "*Ready*: parameters and clock can be changed. *Charging*: neither can. *In operation*: the meter is commissioned and its parameters are locked.",
    "sensor.system_status": "The meter's own assessment of its boards.",
    "sensor.measure_firmware": "Version.",
    "sensor.measure_checksum": "Of the firmware that measures.",
    "sensor.power_firmware": "Version.",
    "sensor.power_checksum": "Checksum.",
    "sensor.events_saved": "Events in the meter's logbook.",
    "sensor.events_maximum": "Capacity of that logbook.",
    "sensor.first_progressive": "The meter's internal number (internal progressive) of the oldest record in its logbook.",
    "sensor.last_progressive": "The meter's internal number (internal progressive) of the newest record in its logbook.",
    "sensor.search_status": "Raw value, for support.",
    "sensor.search_position": "Raw value, for support.",
    "sensor.last_session_energy": "Energy of the last session in the archive. It has no statistics: use the counters for those.",
    "sensor.last_session_end": "When the last session in the archive ended, by the meter's clock.",
    "sensor.last_session_verdict": "The worst verdict that applies to the last session: [how to read it](records.md#how-to-read-the-verdict).",
    "sensor.records_archived": "Signed records of this meter in the archive.",
    "sensor.records_failed": "Archived records whose signature is invalid. Should be 0.",
    "sensor.logbook_progress": "While records are fetched from the logbook; unknown otherwise.",
    "sensor.records_missing": "Records in the meter's logbook that the archive has not fetched yet. Should go back to 0 soon.",
    "sensor.session_cost": "What the running session costs so far, by what the meter measures. Only there once there is a [price](billing.md).",
    "sensor.last_session_cost": "What the last session costs; unknown if it [has no cost](billing.md#what-a-session-costs). Only there once there is a price.",
    "binary_sensor.charging": "On during a charging session, even if no current flows.",
    "binary_sensor.clock_synchronised": "No session is started without it.",
    "binary_sensor.roll_over": "A counter has passed its maximum of 99999999.999 kWh in this session.",
    "binary_sensor.problem": "The meter reports errors of sessions and signatures. The attribute `errors` lists them.",
    "binary_sensor.hardware": "The meter reports errors of its boards. The attributes `board_1`, `board_2` and `fatal` list them.",
    "binary_sensor.cable_resistance_locked": "Locked: the cable resistance can no longer be set.",
    "button.start": "Starts a session with the identification from the [options](setup.md#options).",
    "button.read": "Makes the meter sign an intermediate reading of the running session.",
    "button.end": "Ends the session; its record is fetched and archived.",
    "button.reset_errors": "Clears the errors of *Problem*.",
    "button.synchronise_clock": "Sets the meter's clock; not possible during a session.",
    "number.time_offset": "Time zone with daylight saving, in minutes from UTC. Set automatically unless *Keep the meter's clock in sync* is off.",
    "number.tariff": "A number stored in the meter. It is not the tariff in a record.",
    "number.cable_resistance": "A number stored in the meter for the cable; the manual gives no unit. Cannot be set during a session.",
    "select.display_page": "Page of the meter's own display. The meter does not report which one it shows.",
    "select.viewer_page": "Page that the remote display shows. Requires its parameter P01.05 to be DISABLE.",
    "switch.display": "The meter's own display. The meter does not report whether it is on.",
    "event.charge_cycle": "Start, intermediate reading, end, power failure or failure of a session: [the events and their attributes](charges.md#events).",
    "event.metrological_event": "Each new entry of the meter's logbook of events, with `at`, `code`, `arguments` and `raw`. The manual does not explain the codes.",
    "event.record": "Each record that is new in the archive, with `record_id`, `session_id`, `kind`, `verdict` and `key_verdict`. `suspicious`: its signature is invalid or cannot be checked, or its key was not accepted.",
    "text.custom_title_1": "First title of the custom page, at most 32 characters.",
    "text.custom_text_1": "First text of the custom page, at most 20 characters.",
    "text.custom_title_2": "Second title, at most 32 characters.",
    "text.custom_text_2": "Second text, at most 20 characters.",
    "text.custom_title_3": "Third title, at most 32 characters.",
    "text.custom_text_3": "Third text, at most 20 characters.",
}


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity with what its description does not say itself."""

    platform: Platform
    description: EntityDescription
    updated: str

    @property
    def text_key(self) -> str:
        """The name of its texts; several entities may share them."""
        return f"{self.platform}.{self.description.translation_key}"


def _all(
    platform: Platform, descriptions: Sequence[EntityDescription], updated: str
) -> Iterator[Entity]:
    return (Entity(platform, description, updated) for description in descriptions)


METER: Final = (
    *_all(Platform.SENSOR, descriptions.LIVE_SENSORS, _LIVE),
    *_all(Platform.SENSOR, descriptions.TOTAL_SENSORS, _LIVE),
    *_all(Platform.SENSOR, descriptions.CYCLE_SENSORS, _LIVE),
    *_all(Platform.SENSOR, descriptions.ARCHIVE_SENSORS, _ARCHIVE),
    *_all(Platform.SENSOR, (descriptions.RECORDS_MISSING, descriptions.LOGBOOK_PROGRESS), _PUSHED),
    *_all(Platform.SENSOR, (descriptions.SESSION_COST, descriptions.LAST_SESSION_COST), _PUSHED),
    *_all(Platform.SENSOR, descriptions.HOUSEKEEPING_SENSORS, _MINUTE),
    *_all(Platform.BINARY_SENSOR, binary_sensor.BINARY_SENSORS, _LIVE),
    *_all(Platform.BINARY_SENSOR, binary_sensor.SYSTEM_BINARY_SENSORS, _MINUTE),
    *_all(Platform.EVENT, (event.CHARGE_CYCLE, event.RECORD, event.METROLOGICAL_EVENT), _PUSHED),
    *_all(Platform.BUTTON, button.BUTTONS, ""),
    *_all(Platform.NUMBER, number.NUMBERS, _MINUTE),
    *_all(Platform.SELECT, (select.DISPLAY_PAGE,), _WRITTEN),
    *_all(Platform.SWITCH, (switch.DISPLAY,), _WRITTEN),
)
DISPLAY: Final = (
    *_all(Platform.SELECT, (select.VIEWER_PAGE,), _WRITTEN),
    *_all(Platform.TEXT, text.PAGE_TEXTS, _MINUTE),
)

_HEADINGS: Final = {
    Platform.SENSOR: "Sensors",
    Platform.BINARY_SENSOR: "Binary sensors",
    Platform.EVENT: "Events",
    Platform.BUTTON: "Buttons",
    Platform.NUMBER: "Numbers",
    Platform.SELECT: "Selects",
    Platform.SWITCH: "Switches",
    Platform.TEXT: "Texts",
}
_COLUMNS: Final = (
    *("Name", "Key", "Meaning", "Unit", "Kind", "Default", "Available via", "Updated"),
)
_CATEGORIES: Final = {
    None: "",
    EntityCategory.DIAGNOSTIC: "diagnostic",
    EntityCategory.CONFIG: "configuration",
}


def entities_page(texts: Mapping[str, Any]) -> str:
    """Write the page."""
    parts = ["# Entities", WRITTEN_BY, _INTRODUCTION, "## A meter"]
    parts += _platforms(METER, texts)
    parts += ["## A remote display"]
    parts += [
        "A DMED4DC2 has the texts of one meter, a DMED4DC1 those of four. Those of meters 2 to 4 are off by default.",
        *_platforms(DISPLAY, texts),
        "## States",
        "Values for automations, and how they are shown.",
        *_states(texts),
    ]
    return "\n\n".join(parts) + "\n"


def name_of(entity: Entity, texts: Mapping[str, Any]) -> str:
    """Get the English name, as it is shown."""
    platform, _, key = entity.text_key.partition(".")
    name: str = texts["entity"][platform][key]["name"]
    return name.format(**(entity.description.translation_placeholders or {}))


def _platforms(entities: Sequence[Entity], texts: Mapping[str, Any]) -> Iterator[str]:
    for platform, heading in _HEADINGS.items():
        rows = [_row(entity, texts) for entity in entities if entity.platform is platform]
        if rows:
            yield f"### {heading}"
            yield table(_COLUMNS, rows)


def _row(entity: Entity, texts: Mapping[str, Any]) -> list[str]:
    description = entity.description
    return [
        f"**{name_of(entity, texts)}**",
        f"`{description.key}`",
        NOTES[entity.text_key],
        _unit(entity, texts),
        _CATEGORIES[description.entity_category],
        "" if description.entity_registry_enabled_default else "off",
        only_over(description),
        entity.updated,
    ]


def _unit(entity: Entity, texts: Mapping[str, Any]) -> str:
    unit = getattr(entity.description, "native_unit_of_measurement", None)
    if unit is None:
        words = texts["entity"][entity.platform][entity.description.translation_key]
        unit = words.get("unit_of_measurement", "")
    return str(getattr(unit, "value", unit))


def only_over(description: EntityDescription) -> str:
    """Get the one connection that an entity exists over; nothing if there is no such limit."""
    if isinstance(description, number.Dmed4NumberDescription):
        return "" if description.write_fn(cast("Meter", ModbusMeter)) else "REST"
    feature = getattr(description, "feature", None)
    if description in binary_sensor.SYSTEM_BINARY_SENSORS:
        feature = Feature.SYSTEM_STATUS
    if feature is None:
        return ""
    ways = {"REST": RestMeter.features, "Modbus": ModbusMeter.features}
    return ", ".join(way for way, features in ways.items() if feature in features)


def _states(texts: Mapping[str, Any]) -> Iterator[str]:
    for entity in (*METER, DISPLAY[0]):
        words = texts["entity"][entity.platform][entity.description.translation_key]
        attributes = words.get("state_attributes", {})
        # An attribute without texts for its values has a row for its name.
        described = {"": words.get("state", {})} | {
            name: attribute.get("state", {"": attribute["name"]})
            for name, attribute in attributes.items()
        }
        if any(described.values()):
            yield f"### {name_of(entity, texts)} (`{entity.platform}`)"
            yield table(
                ["Attribute", "Value", "Shown as"],
                [
                    [
                        f"`{attribute}`" if attribute else "state",
                        codes([value] if value else []),
                        shown,
                    ]
                    for attribute, values in described.items()
                    for value, shown in values.items()
                ],
            )
