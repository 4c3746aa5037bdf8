"""How to say which reading of an open place of the manual a meter follows.

Names of places and readings are those of the simulator's own table (`simulator/readings.py`), so that
what was found can be given to it with ``--reading NAME=VALUE``.
"""

from collections.abc import Mapping
from typing import Final

from .place import Needs, Place, Transport
from .rest_places import REST_PLACES

_MODBUS: Final = (Transport.MODBUS,)
_REST: Final = (Transport.REST,)

_CHARGES: Final = {
    name: Place(about=about, needs=needs, readings=dict.fromkeys(readings, ""))
    for name, (about, needs, readings) in {
        "prototype_container": (
            "in what the prototype of a record is handed over",
            Needs.CHARGE,
            ("bare", "file", "payload"),
        ),
        "prototype_end": (
            "which empty fields a prototype ends with",
            Needs.CHARGE,
            ("any", "nothing", "rd", "signature"),
        ),
        "prototype_keys": (
            "which fields a prototype must have",
            Needs.CHARGE,
            ("some", "all", "minimal"),
        ),
        "prototype_version": ("which format version it takes", Needs.CHARGE, ("any", "1.0")),
        "prototype_meter_fields": (
            "whether a prototype may name the meter",
            Needs.CHARGE,
            ("any", "empty"),
        ),
        "prototype_level": (
            "whether a prototype may give the trust level of the identification",
            Needs.CHARGE,
            ("any", "refused"),
        ),
        "prototype_needed": (
            "whether each command needs a prototype of its own",
            Needs.CHARGE,
            ("once", "each"),
        ),
        "power_failure": (
            "how a session ends after a power failure",
            Needs.POWER,
            ("end", "prepare", "ended"),
        ),
        "end_command": ("which commands end a session", Needs.CHARGE, ("either", "combined")),
        "begin_and_end": ("what the command r does", Needs.CHARGE, ("ends", "fetches")),
        "status_change": (
            "whether the status changes before or after the signature",
            Needs.CHARGE,
            ("first", "last"),
        ),
        "clock_set": (
            "whether the clock is set as UTC or as local time",
            Needs.CHARGE,
            ("utc", "local", "wall"),
        ),
        "after_boot": (
            "whether the meter takes its clock right after a start",
            Needs.POWER,
            ("ready", "settling"),
        ),
        "event_log_full": (
            "what a full event log does before the end of commissioning",
            Needs.FULL,
            ("oldest", "fatal"),
        ),
    }.items()
}

_ELSEWHERE: Final = {
    "command_word": Place(
        about="which byte of the command word holds the letter",
        needs=Needs.CHARGE,
        transports=_MODBUS,
        readings=dict.fromkeys(("low", "high"), ""),
    ),
    "save_answer": Place(
        about="whether saving system parameters is answered",
        needs=Needs.RESTART,
        transports=_MODBUS,
        readings=dict.fromkeys(("none", "sent"), ""),
    ),
    "custom_page": Place(
        about="which number the custom page of a display for one meter has",
        needs=Needs.DISPLAY,
        transports=_MODBUS,
        readings=dict.fromkeys(("5", "2"), ""),
    ),
    "custom_texts": Place(
        about="whether a remote display keeps its texts without power",
        needs=Needs.DISPLAY,
        readings=dict.fromkeys(("kept", "lost"), ""),
    ),
}

_RECORDS: Final = {
    "pagination": Place(
        about="who numbers the records",
        needs=Needs.RECORDS,
        readings={
            "signature": "The meter numbers its records itself: each signature counts.",
            "transaction": "The meter numbers its records itself: each charging session counts.",
            "copied": "The record number (pagination) is the one in the prototype.",
            "empty": "The meter leaves the record number (pagination) empty.",
        },
    ),
    "meter_fields": Place(
        about="who writes maker, model, serial number and firmware into a record",
        needs=Needs.CHARGE,
        readings={
            "copied": "Maker, model, serial number and firmware in a record come from the prototype.",
            "meter": "The meter writes its own maker, model, serial number and firmware.",
        },
    ),
    "readings_of_begin": Place(
        about="what the record of a start holds in place of end values",
        needs=Needs.RECORDS,
        readings={
            "begin": "The record of a start repeats the start values in place of end values.",
            "zeros": "The record of a start has zeros in place of end values.",
            "stale": "The record of a start has end values of the record before it.",
            "none": "The record of a start has no end values.",
        },
    ),
    "cycle_at_begin": Place(
        about="what the session energy is at the start",
        needs=Needs.RECORDS,
        readings={
            "zero": "The session energy is zero at the start.",
            "previous": "At the start, the session energy is that of the session before.",
        },
    ),
    "frame": Place(
        about="whether spaces stand around the lines of a record",
        needs=Needs.RECORDS,
        readings={
            "tight": "No spaces stand around the vertical lines of a record.",
            "spaces": "Spaces stand around the vertical lines of a record.",
        },
    ),
    "payload_spaces": Place(
        about="whether a record has spaces after its colons",
        needs=Needs.RECORDS,
        readings={
            "none": "A record has no spaces after its colons.",
            "colons": "A record has a space after each colon.",
        },
    ),
    "energy_form": Place(
        about="how the energy of a reading (RV) is written",
        needs=Needs.RECORDS,
        readings={
            "number": "The energy in a record (RV) is a number.",
            "text": "The energy in a record (RV) is a text.",
        },
    ),
    "register_codes": Place(
        about="how the register of a reading (RI) is written",
        needs=Needs.RECORDS,
        readings={
            "padded": "Registers in a record (RI) are written as 01-00:01.08.00*FF.",
            "plain": "Registers in a record (RI) are written as 1-0:1.8.0*255.",
            "short": "Registers in a record (RI) are written as 1.8.0.",
        },
    ),
    "time_letter": Place(
        about="which letter follows the time of a reading (TM)",
        needs=Needs.RECORDS,
        readings={
            "S": "S follows the time in a record (TM) while the clock is synchronised.",
            "R": "R follows the time in a record (TM) while the clock is synchronised.",
            "I": "I follows the time in a record (TM) while the clock is synchronised.",
            "U": "U follows the time in a record (TM) at all times.",
            "none": "No letter follows the time in a record (TM).",
        },
    ),
    "signature_section": Place(
        about="what the last part of a record says about the signature",
        needs=Needs.RECORDS,
        readings={
            "full": "A record names the algorithm and the encoding of its signature.",
            "data": "A record does not name the algorithm and the encoding of its signature.",
            "base64": "A record has its signature in base64 and does not say so.",
        },
    ),
    "signature_der": Place(
        about="how the two numbers of a signature are written",
        needs=Needs.RECORDS,
        readings={
            "proper": "Signatures are proper DER.",
            "padded": "The numbers of a signature always have a leading zero byte.",
            "bare": "The numbers of a signature never have the leading zero byte they may need.",
        },
    ),
    "transaction_id": Place(
        about="which field the search for a transaction ID looks at",
        needs=Needs.RECORDS,
        transports=_REST,
        readings={
            "either": "A search for a transaction ID finds identification and record number.",
            "id": "A search for a transaction ID looks at the identification only.",
            "pagination": "A search for a transaction ID looks at the record number only.",
        },
    ),
}

_STATUS: Final = {
    "signature_ok": Place(
        about="whether a prototype alone makes the status say that the signature is OK",
        needs=Needs.EMPTY,
        readings={
            "prototype": "A prototype alone makes the status say that the signature is OK.",
            "signature": "Only a signature makes the status say that the signature is OK.",
        },
    ),
    "not_initialised": Place(
        about="until when the status says that the signature is not initialised",
        needs=Needs.EMPTY,
        readings={
            "key": "The signature is initialised as soon as there is a key.",
            "signature": "The signature is not initialised until something has been signed.",
        },
    ),
    "error_bit": Place(
        about="whether the error bit of the status means an error",
        needs=Needs.LOOK,
        readings={
            "dwords": "The error bit of the status is set only while there is an error.",
            "always": "The error bit of the status is set without an error.",
        },
    ),
    "output_after_power_down": Place(
        about="whether the last record survives a power failure outside of the logbook",
        needs=Needs.POWER,
        readings={
            "kept": "The last record survives a power failure.",
            "empty": "The last record is lost with the power: only the logbook has it.",
        },
    ),
    "nothing_yet": Place(
        about="what a meter shows that has not signed anything yet",
        needs=Needs.EMPTY,
        readings={
            "empty": "Before the first record, the last record is an empty text.",
            "null": "Before the first record, the last record is null, or 65535 bytes long.",
            "blank": "Before the first record, the answer is blank.",
            "broken": "Before the first record, the answer is broken.",
            "refused": "Before the first record, the last record is refused.",
        },
    ),
    "clock_writes": Place(
        about="whether setting the clock is an event",
        needs=Needs.WRITES,
        readings={
            "events": "Setting the clock adds an event to the event log each time.",
            "silent": "Setting the clock adds nothing to the event log.",
        },
    ),
    "output": Place(
        about="whether the last record comes with its signature",
        needs=Needs.RECORDS,
        transports=_MODBUS,
        readings={
            "record": "The last record (0x4400) comes whole.",
            "payload": "The last record (0x4400) comes without its signature.",
        },
    ),
    "output_length": Place(
        about="what the length of the last record (0x4202) counts",
        needs=Needs.RECORDS,
        transports=_MODBUS,
        readings={
            "bytes": "The length of the last record (0x4202) counts its bytes.",
            "with_nul": "The length of the last record (0x4202) counts a NUL at its end, too.",
            "even": "The length of the last record (0x4202) is rounded up to whole registers.",
            "words": "The length of the last record (0x4202) counts registers.",
            "window": "The length of the last record (0x4202) is always that of the window.",
        },
    ),
}

_LOGBOOKS: Final = {
    "logbook_index": Place(
        about="which index the last record of the logbook has",
        needs=Needs.WRITES,
        readings={
            "0": "The last record of the logbook has index 0.",
            "1": "The last record of the logbook has index 1.",
        },
    ),
    "logbook_last": Place(
        about="whether the last record can be had from the logbook, too",
        needs=Needs.WRITES,
        transports=_MODBUS,
        readings={
            "there": "The last record can be had from the logbook, too.",
            "elsewhere": "The last record can't be had from the logbook.",
        },
    ),
    "logbook_length": Place(
        about="what the length of a saved record (0x4C01) counts",
        needs=Needs.WRITES,
        transports=_MODBUS,
        readings={
            "bytes": "The length of a saved record (0x4C01) counts its bytes.",
            "with_nul": "The length of a saved record (0x4C01) counts a NUL at its end, too.",
            "even": "The length of a saved record (0x4C01) is rounded up to whole registers.",
            "words": "The length of a saved record (0x4C01) counts registers.",
        },
    ),
    "logbook_ready": Place(
        about="how a saved record is marked as ready (0x4C01)",
        needs=Needs.WRITES,
        transports=_MODBUS,
        readings={
            "bit_14": "A saved record is ready when bit 14 is set and bit 15 is not (0x4C01).",
            "both": "A saved record is ready when bit 14 is set; bit 15 stays set (0x4C01).",
            "bit_1": "A saved record is ready when bit 1 is set (0x4C01).",
        },
    ),
    "event_ready": Place(
        about="how an event is marked as ready (0x4E03)",
        needs=Needs.WRITES,
        transports=_MODBUS,
        readings={
            "1": "An event is ready when 0x4E03 is 1.",
            "count": "An event is ready when 0x4E03 is the number of its words.",
        },
    ),
    "ip_parameters": Place(
        about="which system parameters are IP addresses",
        needs=Needs.WRITES,
        readings={
            "03_04_06": "P05.03, P05.04 and P05.06 are IP addresses.",
            "03_09": "P05.03 and P05.09 are IP addresses.",
            "03_04_06_09": "P05.03, P05.04, P05.06 and P05.09 are IP addresses.",
            "02_03": "P05.02 and P05.03 are IP addresses, and P05.04 is the port.",
            "02_03_07_09": "P05.02, P05.03, P05.07 and P05.09 are IP addresses.",
        },
    ),
}

_MODBUS_PLACES: Final = {
    "keys": Place(
        about="in which forms there is a public key",
        needs=Needs.LOOK,
        readings={
            "both": "The public key is there in both forms.",
            "raw": "Only the raw public key is there.",
            "ocmf": "Only the public key for OCMF is there.",
        },
    ),
    "registers": Place(
        about="which registers there are",
        needs=Needs.LOOK,
        transports=_MODBUS,
        readings={
            "all": "All registers of the manual that were asked for are there.",
            "no_fast": "The registers refreshed every 100 ms (0x0200 to 0x020A) are missing.",
            "no_exchanged": "The exchanged energy (0x001E) is missing.",
            "no_temperatures": "The temperatures (0x0012 to 0x0015) are missing.",
            "no_hours": "The hour counters (0x0030 to 0x0037) are missing.",
            "no_counts": "The numbers of events and records (0x020D to 0x0221) are missing.",
            "no_checksum": "The firmware checksum (0x4004) is missing.",
        },
    ),
    "node_answer": Place(
        about="which node number an answer bears",
        needs=Needs.LOOK,
        transports=_MODBUS,
        readings={
            "asked": "Answers bear the node number that was asked.",
            "own": "Answers bear the meter's own node number, whatever was asked.",
        },
    ),
    "charge_cycle_numbers": Place(
        about="from where the registers of charge cycle management are counted",
        needs=Needs.LOOK,
        transports=_MODBUS,
        readings={
            "from_1": "The registers of charge cycle management are counted as those of the measures.",
            "from_0": "The registers of charge cycle management are counted from 0.",
        },
    ),
    "write_answer": Place(
        about="how long the answer to a write of several registers is",
        needs=Needs.WRITES,
        transports=_MODBUS,
        readings={
            "two_bytes": "The answer to a write of several registers is as Modbus has it.",
            "one_byte": "The answer to a write of several registers is one byte shorter than in Modbus.",
        },
    ),
    "hour_counters": Place(
        about="what the hour counters count",
        needs=Needs.LOOK,
        transports=_MODBUS,
        readings={
            "hours": "The hour counters (0x0030, 0x0034) count hours.",
            "hundredths": "The hour counters (0x0030, 0x0034) count hundredths of an hour.",
            "seconds": "The hour counters (0x0030, 0x0034) count seconds.",
        },
        hint="A meter that has been set up for a few minutes settles it.",
    ),
    "key_before_commissioning": Place(
        about="what stands in place of the public key before there is one",
        needs=Needs.KEYLESS,
        transports=_MODBUS,
        readings={
            "zeros": "Before there is a public key, its registers are zeros.",
            "refused": "Before there is a public key, its registers are refused.",
        },
    ),
    "sample_time": Place(
        about="whether the time of the last sample is UTC",
        needs=Needs.WRITES,
        transports=_MODBUS,
        readings={
            "utc": "The time of the last sample (0x0208) is UTC.",
            "local": "The time of the last sample (0x0208) is local time.",
        },
    ),
}

PLACES: Final[Mapping[str, Place]] = {
    **_CHARGES,
    **_ELSEWHERE,
    **_RECORDS,
    **_STATUS,
    **_LOGBOOKS,
    **REST_PLACES,
    **_MODBUS_PLACES,
}
"""All open places by their name."""
