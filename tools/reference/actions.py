"""The page of actions."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.core import SupportsResponse
import yaml

from custom_components.lovato_dmed4 import services
from custom_components.lovato_dmed4.dmed4.parameters import NAMES, meaning
from custom_components.lovato_dmed4.reports import billing_shapes, shapes

from .markdown import WRITTEN_BY, codes, table

_FILE: Final = (
    Path(__file__).resolve().parents[2] / "custom_components" / "lovato_dmed4" / "services.yaml"
)

_INTRODUCTION: Final = """\
Actions for a meter, a remote display or the archive, for automations, scripts and **Settings → Tools → Actions**. All names
start with `lovato_dmed4.`. [Examples](examples.md) show how to use them.

- **Permissions.** `start_charge_cycle`, `read_charge_cycle` and `end_charge_cycle`: everyone who
  [may charge](security.md#who-may-do-what). The others: administrators and automations. A script acts as the user who runs it.
- **Target.** The meter's device, one of its entities, or its area, floor or label. A `device_id` among the other fields works as
  well. A command to several meters goes to each of them, but a response is only possible from one. An action for the archive
  without a target applies to all meters.
- **Responses.** With `response_variable` you get what the action returns. Where the response is *required*, the action
  only returns information.
- **Errors.** An action that fails reports the reason and stops the automation. [Troubleshooting](troubleshooting.md) lists the
  remedies."""

_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Charging": ("start_charge_cycle", "read_charge_cycle", "end_charge_cycle"),
    "The archive": (
        "list_sessions",
        "get_session",
        "list_unassigned_records",
        "export_records",
        "verify_record",
        "verify_records",
    ),
    "Billing": (
        "list_drivers",
        "save_driver",
        "delete_driver",
        "list_prices",
        "save_price",
        "delete_price",
        "apply_prices",
        "create_statement",
    ),
    "The meter's logbooks": (
        "synchronise_records",
        "get_last_record",
        "get_record",
        "list_records",
        "get_events",
    ),
    "The meter itself": (
        "synchronise_clock",
        "reset_errors",
        "set_display",
        "get_parameters",
        "set_parameters",
        "set_operating",
        "examine_meter",
    ),
    "Remote displays": ("set_custom_page",),
}

_RECORD: Final = (
    *("record", "record_url", "public_key", "archived", "record_id", "session_id", "digest"),
    *("verdict", "signature", "key", "driver", "pagination", "meter_serial", "readings"),
)
"""What `charge.record_response` returns for a record. A test compares it."""

# What comes back: a shape of `reports/shapes.py`, or the names of the fields.
RETURNS: Final[Mapping[str, type | tuple[str, ...]]] = {
    "start_charge_cycle": _RECORD,
    "read_charge_cycle": _RECORD,
    "end_charge_cycle": _RECORD,
    "get_last_record": _RECORD,
    "get_record": _RECORD,
    "list_records": ("saved", "maximum", "records"),
    "synchronise_records": ("fetched", "missing", "lost"),
    "get_events": ("saved", "maximum", "events"),
    "reset_errors": ("errors",),
    "synchronise_clock": ("clock_drift",),
    "examine_meter": (
        *("readings", "open", "warnings", "steps", "addresses", "last_record"),
        *("missing", "file_url", "file_size"),
    ),
    "get_parameters": ("parameters",),
    "set_parameters": ("parameters",),
    "set_operating": ("operative_status",),
    "set_display": ("display_on", "page"),
    "set_custom_page": (*("meter", "title_1", "text_1", "title_2", "text_2", "title_3", "text_3"),),
    "list_sessions": shapes.SessionPageShape,
    "list_unassigned_records": shapes.UnassignedPageShape,
    "get_session": shapes.SessionDetailShape,
    "export_records": (
        *(
            "name",
            "size",
            "sha256",
            "sessions",
            "records",
            "by_arrival",
            "left_out",
            "refusals",
            "filename",
            "text",
            "url",
        ),
    ),
    "list_drivers": billing_shapes.DriversShape,
    "save_driver": billing_shapes.DriverShape,
    "delete_driver": billing_shapes.DeletedShape,
    "list_prices": billing_shapes.PricesShape,
    "save_price": billing_shapes.PriceShape,
    "delete_price": billing_shapes.DeletedShape,
    "apply_prices": billing_shapes.AppliedShape,
    "create_statement": ("name", "size", "sha256", "sessions", "filename", "url"),
    "verify_record": shapes.VerificationsShape,
    "verify_records": shapes.CountsShape,
}

_ABOUT_RETURNS: Final[Mapping[str, str]] = {
    "list_records": "Each of `records` has `position`, `verdict`, `digest`, `signature`, `key`, `pagination`, `identification_type`, `begin` and `end`. The driver's identification is not included.",
    "get_events": "Each of `events` has `position`, `at`, `code`, `arguments` and `raw`.",
    "examine_meter": "All of it is in the language of the person who asks, for an automation in that of Home Assistant. `readings`, `open`, `warnings` and `addresses` are sentences. `steps` has the outcome of each step. `file_url` can be opened for 30 minutes by the administrator who asked. [More about it](explorer.md).",
    "get_parameters": "Each of `parameters` has `value` and, where the manual gives one, `meaning`.",
    "set_parameters": "All parameters, as the meter has them afterwards.",
    "list_sessions": f"Each of `sessions` has {codes(shapes.SessionShape.__annotations__)}.",
    "list_unassigned_records": f"Each of `records` has {codes(shapes.UnassignedRecordShape.__annotations__)}.",
    "get_session": f"With `explanation`. Each of `record_reports` has {codes(shapes.RecordShape.__annotations__)} and `explanation`.",
    "list_drivers": f"Each of `drivers` has {codes(billing_shapes.DriverShape.__annotations__)}; each of `unnamed` has {codes(billing_shapes.UnnamedShape.__annotations__)}.",
    "list_prices": f"Each of `prices` has {codes(billing_shapes.PriceShape.__annotations__)}; `rates` has {codes(billing_shapes.RatesShape.__annotations__)}.",
    "create_statement": "`filename` is empty without one. `url` can be opened for 30 minutes by the administrator who asked.",
    "verify_record": "With `explanation`. `records` has the assessment of each record that was found in the text, and the rest is that of the worst. For a record in the archive also `source`, `arrived`, `verified` and `links`.",
    "export_records": "`text` contains a short file that was not written to disk. `refusals` counts what the transparency software will probably reject, by reason. `left_out` counts the sessions that cannot be in a file of this format.",
    "set_display": "The values that were set.",
}

_SIGNED_RECORD: Final = """\
## A signed record in a response

| field | what it is |
|---|---|
| `record` | the record as the meter signed it: `OCMF\\|…\\|…` |
| `verdict` | the overall verdict: only `valid` is a verified signature by a key that is accepted for the meter |
| `signature` | `valid` if it fits the key that `key` is about, which need not be accepted; `invalid`; or why it could not be checked: `reformatted`, `no_key`, `key_mismatch`, `unsupported`, `malformed` ([what they mean](records.md#how-to-read-the-verdict)) |
| `key` | whose key it was checked with: `own` (pinned in the archive), `former`, `changed`, `replaced`, `rejected` or `none` |
| `driver` | for administrators, the name of the driver who has the identification, if one has it |
| `readings` | the readings at the start and now, each with `time`, `clock`, `transaction`, `value`, `unit`, `register`, `current_type`, `error_flags` and `status` |
| `pagination`, `meter_serial` | the record number (PG) and the meter's serial number (MS) from the record |
| `digest` | SHA-256 of the signed text |
| `public_key` | the key it was checked with, as SubjectPublicKeyInfo in hex |
| `archived` | whether it is in the archive; if not, it is stored as soon as the archive can be reached |
| `record_id`, `session_id` | its IDs in the archive |
| `record_url` | where an administrator can download it, byte for byte |"""


def actions_page(texts: Mapping[str, Any]) -> str:
    """Write the page."""
    described = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    grouped = [name for names in _GROUPS.values() for name in names]
    if {*grouped} != {*described}:
        raise ValueError(f"to be grouped: {sorted({*grouped} ^ {*described})}")
    parts = ["# Actions", WRITTEN_BY, _INTRODUCTION, _overview(texts), _SIGNED_RECORD]
    for group, names in _GROUPS.items():
        parts.append(f"## {group}")
        for name in names:
            parts += _action(name, described[name].get("fields", {}), texts)
    parts += ["## The meter's parameters", *_parameters()]
    return "\n\n".join(parts) + "\n"


def _overview(texts: Mapping[str, Any]) -> str:
    return table(
        ["Action", "In the editor", "About"],
        [
            [f"[`{name}`](#{name})", texts["services"][name]["name"], group]
            for group, names in _GROUPS.items()
            for name in names
        ],
    )


def _action(name: str, fields: Mapping[str, Any], texts: Mapping[str, Any]) -> Iterator[str]:
    words = texts["services"][name]
    yield f"### {name}"
    yield f"**{words['name']}.** {words['description']}"
    if fields:
        yield table(
            ["Field", "Name", "What it is", "Values", "Default"],
            [
                [
                    f"`{field}`" + (" (required)" if details.get("required") else ""),
                    words["fields"][field]["name"],
                    words["fields"][field]["description"],
                    _values(details["selector"]),
                    codes([str(details["default"]).lower()]) if "default" in details else "",
                ]
                for field, details in fields.items()
            ],
        )
    yield f"Response ({_response(name)}): {_returned(name)}"


def _values(selector: Mapping[str, Any]) -> str:
    (kind, config), *_ = selector.items()
    config = config or {}
    several = config.get("multiple", False)
    values = {
        "boolean": codes(["true", "false"]),
        "constant": codes([str(config.get("value")).lower()]),
        "datetime": "a day or a time",
        "device": "several devices" if several else "a device",
        "number": f"{config.get('min')} to {config.get('max')}",
        "object": "names and values",
        "select": ("any of " if several else "") + codes(config.get("options", ())),
        "text": "text",
        "entity": "entity ID",
        "language": codes(config.get("languages", ())) if kind == "language" else "",
        "time": "time of day",
    }
    return values[kind]


def _response(name: str) -> str:
    only = services.ACTIONS[name].response is SupportsResponse.ONLY
    return "required" if only else "optional"


def _returned(name: str) -> str:
    shape = RETURNS[name]
    if shape is _RECORD:
        return "[a signed record](#a-signed-record-in-a-response)."
    names = shape if isinstance(shape, tuple) else shape.__annotations__
    return f"{codes(names)}. {_ABOUT_RETURNS.get(name, '')}".strip()


def _parameters() -> Iterator[str]:
    yield """\
`get_parameters` and `set_parameters` know them by these names. The communication manual lists them, and says of some what their values
mean. What the others are for is in the installation manual of your meter, under the same number."""
    yield table(
        ["Parameter", "Values that the manual explains"],
        [
            [f"`{name}`", ", ".join(f"{value}: {words}" for value, words in _meanings(name))]
            for name in NAMES
        ],
    )


def _meanings(name: str) -> Iterator[tuple[int, str]]:
    value = 0
    while (words := meaning(name, value)) is not None:
        yield value, words
        value += 1
