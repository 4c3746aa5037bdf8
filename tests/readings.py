"""What the integration says of a meter that follows another reading of the manual (simulator/readings.py)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

# What no HTTP client gets to see: the form says that the answers can't be understood.
UNREADABLE: Final = {
    ("answer_end", "line_feeds"),
    ("answer_length", "both"),
    ("answer_length", "short"),
}

# What the log and the diagnostics say of a meter that follows a reading.
FOUND: Final = {
    ("answer_end", "line"): "does not end its answers",
    ("answer_end", "none"): "does not end its answers",
    ("answer_form", "comma"): "a comma after the last value",
    ("answer_form", "list"): "puts its answers into a list",
    ("answer_length", "long"): "does not end its answers",
    ("answer_padding", "bom"): "byte order mark",
    ("answer_padding", "nul"): "NUL after its answers",
    ("begin_and_end", "fetches"): "goes on charging after 'begin and end'",
    ("charge_cycle_numbers", "from_0"): "charge cycle management from 0",
    ("clock_set", "local"): "takes the time that it is set to as local time",
    ("clock_set", "wall"): "takes the time that it is set to as local time",
    ("cycle_at_begin", "previous"): "the energy of the charge before",
    ("end_command", "combined"): "takes 'begin and end' where it refuses 'end'",
    ("error_bit", "always"): "sets its error bit without an error",
    ("event_ready", "count"): "with another value than 1 (0x4E03)",
    ("frame", "spaces"): "spaces around the lines",
    ("key_text", "base64"): "its key in hexadecimal digits alone",
    ("key_text", "colons"): "its key in hexadecimal digits alone",
    ("key_text", "nul"): "its key in hexadecimal digits alone",
    ("key_text", "point"): "puts 04 before its key",
    ("key_text", "prefixed"): "its key in hexadecimal digits alone",
    ("keys", "ocmf"): "its key in one form only",
    ("keys", "raw"): "its key in one form only",
    ("logbook_index", "1"): "gives its last entry the index 1",
    ("logbook_last", "elsewhere"): "gives its last record no index",
    ("logbook_length", "even"): "The meter counts padding in the length of a record (0x4C01)",
    ("logbook_length", "with_nul"): "The meter counts padding in the length of a record (0x4C01)",
    ("logbook_length", "words"): "The meter's records are longer than their length (0x4C01)",
    ("logbook_ready", "bit_1"): "does not mark a saved record as ready",
    ("logbook_ready", "both"): "does not mark a saved record as ready",
    (
        "measure_scale",
        "mixed",
    ): "The meter gives its measures with other decimals, as its energy shows: V with 1, A with 3, kW with 4",
    ("measure_scale", "physical"): "with a decimal point",
    (
        "measure_scale",
        "tenths",
    ): "The meter gives its measures with other decimals, as its energy shows: V with 1, A with 1, kW with 1",
    ("meter_fields", "meter"): "writes its serial number into its records",
    ("names", "dashes"): "with spaces or dashes",
    ("names", "spaces"): "with spaces or dashes",
    ("not_initialised", "signature"): "calls its signature not initialised",
    ("nothing_yet", "blank"): "no record before this one",
    ("nothing_yet", "broken"): "no record before this one",
    ("nothing_yet", "refused"): "no record before this one",
    ("numbers", "strings"): "writes numbers in quotes",
    ("ocmf_text", "line_break"): "does not escape line breaks",
    ("ocmf_text", "unescaped"): "does not escape the quotes",
    ("output", "payload"): "without their signature",
    ("output_after_power_down", "empty"): "no longer shows its last record",
    ("output_length", "even"): "The meter counts padding in the length of a record (0x4202)",
    ("output_length", "window"): "The meter counts padding in the length of a record (0x4202)",
    ("output_length", "with_nul"): "The meter counts padding in the length of a record (0x4202)",
    ("output_length", "words"): "The meter's records are longer than their length (0x4202)",
    ("pagination", "copied"): "does not count its records",
    ("pagination", "empty"): "the number of its records (PG) empty",
    ("pagination", "transaction"): "counts charges, not records",
    ("paths", "no_logbook_info"): "The meter refuses v1/logbook/info",
    ("paths", "no_system"): "The meter refuses v1/system_status",
    ("payload_spaces", "colons"): "with spaces after the names",
    ("power_failure", "prepare"): "given clock and prototype again",
    ("prototype_container", "file"): "in the form container=file",
    ("prototype_container", "payload"): "in the form container=payload",
    ("prototype_end", "nothing"): "closing=none",
    ("prototype_end", "signature"): "closing=signature",
    ("prototype_keys", "all"): "keys=all",
    ("prototype_keys", "minimal"): "keys=minimal",
    ("prototype_level", "refused"): "level=omitted",
    ("prototype_meter_fields", "empty"): "meter=empty",
    ("prototype_needed", "each"): "given clock and prototype again",
    ("prototype_version", "1.0"): "version=1.0",
    ("readings_of_begin", "none"): "leaves out the readings of the end",
    ("readings_of_begin", "stale"): "repeats readings of the record before",
    ("readings_of_begin", "zeros"): "writes zeros for the readings of the end",
    ("registers", "no_checksum"): "The meter refuses register 0x4004",
    ("registers", "no_counts"): "the oldest is searched for",
    ("registers", "no_exchanged"): "The meter refuses register 0x001E",
    ("registers", "no_fast"): "its clock is read (0x4080)",
    ("registers", "no_hours"): "The meter refuses register 0x0030",
    ("registers", "no_temperatures"): "The meter refuses register 0x0012",
    ("sample_time", "local"): "local time",
    ("setting_time", "local"): "gives its clock as local time",
    ("signature_der", "bare"): "leaves out the leading zeros",
    ("signature_der", "padded"): "puts leading zeros into its signatures",
    (
        "signature_section",
        "base64",
    ): "The meter does not say how its signatures are written (SE): they are in base64",
    (
        "signature_section",
        "data",
    ): "The meter does not say how its signatures are written (SE): they are in hexadecimal",
    ("status_words", "hex"): "as hexadecimal texts",
    ("status_words", "no_errors"): "leaves out its error words",
    ("success", "201"): "The meter answers what it has carried out with HTTP 201",
    ("success", "204"): "The meter answers what it has carried out with HTTP 204",
    ("system_names", "tables"): "as the manual's tables do",
    ("write_answer", "one_byte"): "with a byte too few",
    ("write_method", "put"): "takes PUT and no POST at v1/charge_settings",
    ("write_method", "whole_post"): "takes PUT and no POST at v1/charge_settings",
}

# Over the other transport the same looks like the default.
ONLY_OVER: Final = {
    ("meter_fields", "meter"): "modbus",
    ("nothing_yet", "blank"): "rest",
    ("nothing_yet", "broken"): "rest",
    ("prototype_container", "payload"): "rest",
}

# Nothing is done in another way for these, so that there is nothing to say.
NO_FALLBACK: Final = {
    ("clock_writes", "silent"),  # events are looked for when their number changes
    ("closing", "kept"),  # each request has a connection of its own in any case
    ("closing", "unannounced"),
    ("energy_form", "text"),  # a figure is one, with or without quotes
    ("node_answer", "own"),  # asked by its own number; the form finds it by another one
    ("nothing_yet", "null"),  # no record is none, however it is written
    ("power_failure", "ended"),  # the session's outcome says so
    ("prototype_end", "rd"),  # as it is sent first
    ("refusal", "result"),  # nothing is refused in a charge; see below
    ("register_codes", "plain"),  # the order of the readings says what they are
    ("register_codes", "short"),
    ("serial_number", "text"),  # is taken as it is
    ("serial_number", "zeros"),
    ("signature_ok", "signature"),  # is not waited for
    ("status_change", "last"),  # both words are waited for
    ("success", "result"),
    ("time_letter", "I"),  # stands in the record; nothing depends on it
    ("time_letter", "R"),
    ("time_letter", "U"),
    ("time_letter", "none"),
    ("unknown_paths", "channel"),  # only known paths are asked
    ("unknown_paths", "closed"),
    ("unknown_paths", "silent"),
    ("write_method", "post"),  # is what is tried first
}

# Said in tests of their own, beside those of the other readings.
SAID_BELOW: Final = (
    "The meter counts its hours in units of ",
    "refuses its clock for a moment",
    "signs another time than",
    "does not get through Home Assistant's Modbus",
    "gives its clock as local time",
    "has its custom page as page 2",
    "those of every second are taken",
    "IP addresses are",
    "byte by byte",
    "first byte at the low end",
    "refuses with 'result' 0",
    "writes IP addresses among its parameters with dots",
    "writes its own model and serial number",
)

INTEGRATION = Path(__file__).parent.parent / "custom_components" / "lovato_dmed4"
HABITS = {"rest_habits.py", "record_habits.py"}


def sentences() -> list[str]:
    """All sentences that go to `Found.note`; of one with a value in it, the part before that."""
    return sorted({text for path in INTEGRATION.rglob("*.py") for text in _sentences_in(path)})


def _sentences_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) == "note":
            yield from _texts_in(node.args)
        elif path.name in HABITS and isinstance(node, ast.Yield | ast.AnnAssign):
            yield from _texts_in([node.value])


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _texts_in(values: list[ast.expr] | list[ast.expr | None]) -> Iterator[str]:
    for value in values:
        first = value.values[0] if isinstance(value, ast.JoinedStr) else value
        if isinstance(first, ast.Constant) and str(first.value).startswith(
            ("The meter", "The display")
        ):
            yield str(first.value)
