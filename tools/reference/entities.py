"""The page of entities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import EntityCategory, Platform
from homeassistant.helpers.entity import EntityDescription

from custom_components.lovato_dmed4 import (
    binary_sensor,
    button,
    event,
    number,
    select,
    sensor,
    switch,
    text,
)
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.model import Feature
from custom_components.lovato_dmed4.dmed4.rest import RestMeter

from .markdown import WRITTEN_BY, codes, table

_LIVE: Final = "live"
_MINUTE: Final = "minute"
_ARCHIVE: Final = "archive"
_PUSHED: Final = "when it happens"
_WRITTEN: Final = "when it is set"

_INTRODUCTION: Final = """\
Everything that a meter or a remote display becomes in Home Assistant. Names are the English ones; Home Assistant shows them
in your language. An entity ID is made of the name of the device and that of the entity, such as `sensor.charger_power` for a
meter that you call *Charger*. The *key* never changes: bug reports and the code use it.

- **Updated** says what brings a new value; [how data is updated](data-update.md) explains the words.
- **Only over** is empty where REST and Modbus both have it.
- Entities marked *off* in the column **At first** are there, but disabled: switch those on that you want.
- *Diagnostic* and *configuration* entities stand apart on the page of the device.

A value that a meter leaves out is *unknown*, never 0. The entities of a meter are *unavailable* while it cannot be reached, except
what the archive knows (the last session, the records) and the event *Charge cycle*."""

# What the name alone does not say. A test keeps this complete.
NOTES: Final[Mapping[str, str]] = {
    "sensor.voltage": "Voltage between plus and minus.",
    "sensor.current": "Current through the meter.",
    "sensor.power": "Negative while energy flows back from the vehicle, on a meter for both directions.",
    "sensor.temperature_i1": "What the meter calls its temperature I1.",
    "sensor.temperature_i2": "What the meter calls its temperature I2.",
    "sensor.measurement_status": "Whether a charge cycle is prepared or running, in the meter's words.",
    "sensor.signature_status": "How far the meter is with its last signature.",
    "sensor.last_sample": "When the meter took the values that are shown, by its own clock.",
    "sensor.energy_imported": "Counter of the meter, over its whole life. For the energy dashboard.",
    "sensor.energy_exported": "Counter of what flowed back. For the energy dashboard.",
    "sensor.energy_exchanged": "Counter of both directions together.",
    "sensor.cycle_energy_imported": "Of the running charge, or of the last one. Starts at 0 with each charge.",
    "sensor.cycle_energy_exported": "What flowed back in the running charge, or in the last one.",
    "sensor.clock_drift": "By how much the meter's clock is ahead of Home Assistant's; negative if it is behind.",
    "sensor.hours_total": "The manual names no unit; hours are assumed.",
    "sensor.hours_working": "The manual names no unit; hours are assumed.",
    "sensor.records_saved": "Signed records in the meter's own logbook.",
    "sensor.records_maximum": "How many the logbook has room for; then it overwrites the oldest.",
    "sensor.sync_timeout": "What the meter has set as the timeout of a synchronisation.",
    "sensor.signature_format": "How the meter writes signatures (P06.01).",
    "sensor.operative_status": "*Ready*: parameters and clock can be changed. *Charging*: neither can. *Operating*: the meter is commissioned and its parameters are locked.",
    "sensor.system_status": "The meter's own verdict on its boards.",
    "sensor.measure_firmware": "Version.",
    "sensor.measure_checksum": "Of the firmware that measures.",
    "sensor.power_firmware": "Version.",
    "sensor.power_checksum": "Checksum.",
    "sensor.events_saved": "Events in the meter's logbook.",
    "sensor.events_maximum": "How many that logbook has room for.",
    "sensor.first_progressive": "The meter's own count of records: the oldest in the logbook.",
    "sensor.last_progressive": "The meter's own count of records: the newest in the logbook.",
    "sensor.search_status": "Raw value, for support.",
    "sensor.search_position": "Raw value, for support.",
    "sensor.last_session_energy": "Of the last charge in the archive. No statistics are made of it: use the counters for those.",
    "sensor.last_session_end": "When the last charge in the archive ended, by the meter's clock.",
    "sensor.last_session_verdict": "The worst that there is to say of the last charge: [how to read it](records.md#how-to-read-the-verdict).",
    "sensor.records_archived": "Signed records of this meter in the archive.",
    "sensor.records_failed": "Those of them whose signature is wrong. Should be 0.",
    "sensor.logbook_progress": "While records are fetched from the logbook; unknown otherwise.",
    "sensor.records_missing": "Records in the meter's logbook that the archive has not fetched yet. Should go back to 0 soon.",
    "binary_sensor.charging": "On while a charge cycle runs, also if no current flows.",
    "binary_sensor.clock_synchronised": "No charge is started without it.",
    "binary_sensor.roll_over": "A counter has passed its maximum of 99999999.999 kWh in this charge.",
    "binary_sensor.problem": "The meter reports errors about charges and signatures. The attribute `errors` names them.",
    "binary_sensor.hardware": "The meter reports errors of its boards. The attributes `board_1`, `board_2` and `fatal` name them.",
    "binary_sensor.cable_resistance_locked": "Whether the cable resistance can still be set.",
    "button.start": "Starts a charge with the identification from the [options](setup.md#options).",
    "button.read": "Lets the meter sign an intermediate record of the running charge.",
    "button.end": "Ends the charge; its record is fetched and archived.",
    "button.reset_errors": "Clears the errors of *Problem*.",
    "button.synchronise_clock": "Sets the meter's clock; not while a charge is running.",
    "number.time_offset": "Time zone with daylight saving, in minutes from UTC. Set by itself unless you switch *Keep the clock right* off.",
    "number.tariff": "A number that the meter keeps. It is not the tariff text of a record.",
    "number.cable_resistance": "A number that the meter keeps for the cable; the manual names no unit. Not while a charge is running.",
    "select.display_page": "Page of the meter's own display. The meter does not tell which one it shows.",
    "select.viewer_page": "Page that the remote display shows. Needs its parameter P01.05 to be DISABLE.",
    "switch.display": "The meter's own display. The meter does not tell whether it is on.",
    "event.charge_cycle": "What happens to charges: [the events and their attributes](charges.md#the-event-entity).",
    "event.metrological_event": "Each new entry of the meter's logbook of events, with `at`, `code`, `arguments` and `raw`. What a code means, the manual does not say.",
    "event.record": "Each record that is new in the archive, with `record_id`, `session_id`, `digest`, `kind`, `verdict` and `key_verdict`. `suspicious`: its signature is not good, cannot be checked, or its key was never accepted.",
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
    *_all(Platform.SENSOR, sensor.LIVE_SENSORS, _LIVE),
    *_all(Platform.SENSOR, sensor.TOTAL_SENSORS, _LIVE),
    *_all(Platform.SENSOR, sensor.CYCLE_SENSORS, _LIVE),
    *_all(Platform.SENSOR, sensor.ARCHIVE_SENSORS, _ARCHIVE),
    *_all(Platform.SENSOR, (sensor.RECORDS_MISSING, sensor.LOGBOOK_PROGRESS), _PUSHED),
    *_all(Platform.SENSOR, sensor.HOUSEKEEPING_SENSORS, _MINUTE),
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
    *("Name", "Key", "What it tells", "Unit", "Kind", "At first", "Only over", "Updated"),
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
        "A DMED4DC2 has the texts of one meter, a DMED4DC1 those of four. Those of the meters 2 to 4 are off at first.",
        *_platforms(DISPLAY, texts),
        "## States",
        "What automations compare with, and how it is shown.",
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
        described = {"": words.get("state", {})} | {
            name: attribute.get("state", {}) for name, attribute in attributes.items()
        }
        if any(described.values()):
            yield f"### {name_of(entity, texts)} (`{entity.platform}`)"
            yield table(
                ["Attribute", "Value", "Shown as"],
                [
                    [f"`{attribute}`" if attribute else "state", codes([value]), shown]
                    for attribute, values in described.items()
                    for value, shown in values.items()
                ],
            )
