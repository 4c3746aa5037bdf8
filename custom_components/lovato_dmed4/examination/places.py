"""The open places of the manual, and the readings that each of them has.

Their names are those of the simulator's own table (`simulator/readings.py`), so that what was found
can be given to it with ``--reading NAME=VALUE``. What a person reads about them is in the
translations: see `words.py`.
"""

from collections.abc import Mapping
from typing import Final

from .place import Needs, Place, Transport

_MODBUS: Final = (Transport.MODBUS,)
_REST: Final = (Transport.REST,)

PLACES: Final[Mapping[str, Place]] = {
    # What a prototype and a command look like.
    "prototype_container": Place(Needs.CHARGE, ("bare", "file", "payload")),
    "prototype_end": Place(Needs.CHARGE, ("any", "nothing", "rd", "signature")),
    "prototype_keys": Place(Needs.CHARGE, ("some", "all", "minimal")),
    "prototype_version": Place(Needs.CHARGE, ("any", "1.0")),
    "prototype_meter_fields": Place(Needs.CHARGE, ("any", "empty")),
    "prototype_level": Place(Needs.CHARGE, ("any", "refused")),
    "prototype_needed": Place(Needs.CHARGE, ("once", "each")),
    "power_failure": Place(Needs.POWER, ("end", "prepare", "ended")),
    "end_command": Place(Needs.CHARGE, ("either", "combined")),
    "begin_and_end": Place(Needs.CHARGE, ("ends", "fetches")),
    "status_change": Place(Needs.CHARGE, ("first", "last")),
    "after_boot": Place(Needs.POWER, ("ready", "settling")),
    "event_log_full": Place(Needs.FULL, ("oldest", "fatal")),
    "command_word": Place(Needs.CHARGE, ("low", "high"), transports=_MODBUS),
    "save_answer": Place(Needs.RESTART, ("none", "sent"), transports=_MODBUS),
    "custom_page": Place(Needs.DISPLAY, ("5", "2"), transports=_MODBUS),
    "custom_texts": Place(Needs.DISPLAY, ("kept", "lost")),
    # What records look like.
    "pagination": Place(Needs.RECORDS, ("signature", "transaction", "copied", "empty")),
    "meter_fields": Place(Needs.CHARGE, ("copied", "meter")),
    "readings_of_begin": Place(Needs.RECORDS, ("begin", "zeros", "stale", "none")),
    "cycle_at_begin": Place(Needs.RECORDS, ("zero", "previous")),
    "frame": Place(Needs.RECORDS, ("tight", "spaces")),
    "payload_spaces": Place(Needs.RECORDS, ("none", "colons")),
    "energy_form": Place(Needs.RECORDS, ("number", "text")),
    "register_codes": Place(Needs.RECORDS, ("padded", "plain", "short")),
    "time_letter": Place(Needs.RECORDS, ("S", "R", "I", "U", "none")),
    "signature_section": Place(Needs.RECORDS, ("full", "data", "base64")),
    "signature_der": Place(Needs.RECORDS, ("proper", "padded", "bare")),
    "transaction_id": Place(Needs.RECORDS, ("either", "id", "pagination"), transports=_REST),
    # What the status says.
    "signature_ok": Place(Needs.EMPTY, ("prototype", "signature")),
    "not_initialised": Place(Needs.EMPTY, ("key", "signature")),
    "error_bit": Place(Needs.LOOK, ("dwords", "always")),
    "output_after_power_down": Place(Needs.POWER, ("kept", "empty")),
    "nothing_yet": Place(Needs.EMPTY, ("empty", "null", "blank", "broken", "refused")),
    "clock_writes": Place(Needs.WRITES, ("events", "silent")),
    "output": Place(Needs.RECORDS, ("record", "payload"), transports=_MODBUS),
    "output_length": Place(
        Needs.RECORDS, ("bytes", "with_nul", "even", "words", "window"), transports=_MODBUS
    ),
    # The logbooks and the system parameters.
    "logbook_index": Place(Needs.WRITES, ("0", "1")),
    "logbook_last": Place(Needs.WRITES, ("there", "elsewhere"), transports=_MODBUS),
    "logbook_length": Place(
        Needs.WRITES, ("bytes", "with_nul", "even", "words"), transports=_MODBUS
    ),
    "logbook_ready": Place(Needs.WRITES, ("bit_14", "both", "bit_1"), transports=_MODBUS),
    "event_ready": Place(Needs.WRITES, ("1", "count"), transports=_MODBUS),
    "ip_parameters": Place(
        Needs.WRITES, ("03_04_06", "03_09", "03_04_06_09", "02_03", "02_03_07_09")
    ),
    # The form of what the REST API answers.
    "address_form": Place(
        Needs.LOGIN, ("number", "backwards", "dotted", "split"), transports=_REST
    ),
    "answer_form": Place(Needs.LOOK, ("object", "list", "comma"), transports=_REST),
    "answer_length": Place(Needs.LOOK, ("chunks", "both", "long", "short"), transports=_REST),
    "paths": Place(Needs.LOOK, ("all", "no_system", "no_logbook_info"), transports=_REST),
    "refusal": Place(Needs.WRITES, ("status", "result"), transports=_REST),
    "ocmf_text": Place(Needs.RECORDS, ("escaped", "unescaped", "line_break"), transports=_REST),
    "names": Place(Needs.LOOK, ("underscores", "spaces", "dashes"), transports=_REST),
    "numbers": Place(Needs.LOOK, ("numbers", "strings"), transports=_REST),
    "system_names": Place(Needs.LOOK, ("schema", "tables"), transports=_REST),
    "display_with_tls": Place(Needs.WRITES, ("offered", "refused"), transports=_REST),
    "answer_end": Place(Needs.LOOK, ("http", "line", "none", "line_feeds"), transports=_REST),
    "answer_padding": Place(Needs.LOOK, ("none", "nul", "bom"), transports=_REST),
    "closing": Place(Needs.LOOK, ("announced", "unannounced", "kept"), transports=_REST),
    "success": Place(Needs.WRITES, ("200", "201", "204", "result"), transports=_REST),
    "write_method": Place(Needs.WRITES, ("both", "post", "put", "whole_post"), transports=_REST),
    "unknown_paths": Place(Needs.LOOK, ("404", "closed", "silent", "channel"), transports=_REST),
    "measure_scale": Place(
        Needs.LOOK, ("registers", "tenths", "physical", "mixed"), transports=_REST
    ),
    "setting_time": Place(Needs.WRITES, ("utc", "local"), transports=_REST),
    "status_words": Place(Needs.LOOK, ("decimal", "hex", "no_errors"), transports=_REST),
    "serial_number": Place(Needs.LOOK, ("number", "text", "zeros"), transports=_REST),
    "key_text": Place(
        Needs.LOOK, ("hex", "prefixed", "colons", "point", "nul", "base64"), transports=_REST
    ),
    # The registers.
    "keys": Place(Needs.LOOK, ("both", "raw", "ocmf")),
    "registers": Place(
        Needs.LOOK,
        (
            "all",
            "no_fast",
            "no_exchanged",
            "no_temperatures",
            "no_hours",
            "no_counts",
            "no_checksum",
        ),
        transports=_MODBUS,
    ),
    "node_answer": Place(Needs.LOOK, ("asked", "own"), transports=_MODBUS),
    "charge_cycle_numbers": Place(Needs.LOOK, ("from_1", "from_0"), transports=_MODBUS),
    "write_answer": Place(Needs.WRITES, ("two_bytes", "one_byte"), transports=_MODBUS),
    "hour_counters": Place(Needs.LOOK, ("hours", "hundredths", "seconds"), transports=_MODBUS),
    "key_before_commissioning": Place(Needs.KEYLESS, ("zeros", "refused"), transports=_MODBUS),
    "sample_time": Place(Needs.WRITES, ("utc", "local"), transports=_MODBUS),
}
"""All open places by their name."""
