"""The open places of the manual: each can be read in more than one way, and a meter follows one of them.

A reading is exclusive. A meter that follows it refuses, or does not do, what belongs to the other
readings of the same place, so that a client which knows only those fails on it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import override

BOTH = ("modbus", "rest")
MODBUS = ("modbus",)
REST = ("rest",)


@dataclass(frozen=True)
class OpenPlace:
    """A place of the manual that can be read in more than one way.

    Attributes:
        name: As it is given on the command line.
        manual: Where it is, and what it says.
        readings: What a meter does that follows each reading; the first is the default.
        transports: Over which of `modbus` and `rest` a client can notice it.
    """

    name: str
    manual: str
    readings: Mapping[str, str]
    transports: tuple[str, ...] = BOTH

    @property
    def default(self) -> str:
        """The reading that a meter follows unless set otherwise."""
        return next(iter(self.readings))


_PROTOTYPE_SCHEMA = 'v1/ocmf: "The JSON body for a POST request is the same but without RD content"'
_AT_THE_BOTTOM = (
    'v1/ocmf: "the RD, SA, SE, SD fields are managed and placed at the bottom of the file"'
)
_FLOWCHART = "Charge cycle flowchart"

_PROTOTYPE = (
    OpenPlace(
        "prototype_container",
        _PROTOTYPE_SCHEMA,
        {
            "bare": "the payload's JSON object",
            "file": "OCMF|{…}|{…}, over REST in OCMF_BUFF as in the body of the GET",
            "payload": "over REST the payload in OCMF_BUFF, over Modbus the bare payload",
        },
    ),
    OpenPlace(
        "prototype_end",
        _AT_THE_BOTTOM,
        {
            "any": "RD, SA, SE and SD may be left out or empty",
            "nothing": "none of them may be there",
            "rd": "an empty RD has to be there, and none of the others",
            "signature": "an empty RD, SA, SE and SD have to be there",
        },
    ),
    OpenPlace(
        "prototype_keys",
        "v1/ocmf: the schema of the record",
        {
            "some": "FV, PG, IS and IT are needed, in any order",
            "all": "all of them are needed, in the order of the schema, without white space",
            "minimal": "those of a relative's version 1.0 are needed, in their order, and no others",
        },
    ),
    OpenPlace(
        "prototype_version",
        "v1/ocmf: FV is a string",
        {"any": "any version is taken", "1.0": "only 1.0 is taken"},
    ),
    OpenPlace(
        "prototype_meter_fields",
        'v1/ocmf: "the OCMF must be communicated to the device to set the fixed fields"',
        {"any": "PG, MV, MM, MS and MF may have values", "empty": "they have to be empty"},
    ),
    OpenPlace(
        "prototype_level",
        "v1/ocmf: the schema of the record",
        {"any": "IL may be there", "refused": "IL is not known"},
    ),
    OpenPlace(
        "prototype_needed",
        _FLOWCHART + ": the prototype is written before the begin",
        {
            "once": "once, before the begin",
            "each": "before each command, which is refused otherwise",
        },
    ),
)

_RECORD = (
    OpenPlace(
        "pagination",
        'v1/ocmf: "to set the fixed fields", of which PG may be one',
        {
            "signature": "the meter counts each signature",
            "transaction": "the meter counts each charge cycle",
            "copied": "as in the prototype",
            "empty": "the meter leaves it empty",
        },
    ),
    OpenPlace(
        "meter_fields",
        'v1/ocmf: "to set the fixed fields", of which MV, MM, MS and MF may be some',
        {"copied": "as in the prototype", "meter": "the meter writes its own"},
    ),
    OpenPlace(
        "readings_of_begin",
        'v1/ocmf: tuples 4 to 6 are those "at end of transaction or during the transaction"',
        {
            "begin": "in the record of a begin they repeat the begin",
            "zeros": "there they are zeros, with the time of the begin",
            "stale": "there they are those of the record before",
            "none": "there they are missing",
        },
    ),
    OpenPlace(
        "cycle_at_begin",
        'v1/ocmf: third tuple, "last charge cycle energy value at start of the transaction"',
        {"zero": "the energy of this cycle: 0", "previous": "the energy of the cycle before"},
    ),
    OpenPlace(
        "frame",
        'v1/ocmf: "OCMF | {…} | {…}"',
        {"tight": "no spaces around the lines", "spaces": "spaces around the lines"},
    ),
    OpenPlace(
        "payload_spaces",
        "v1/ocmf: the schema is printed with spaces",
        {"none": "no spaces in the payload", "colons": "a space after each colon"},
    ),
    OpenPlace(
        "energy_form",
        'v1/ocmf: "RV": number, which may be a type or a content',
        {"number": "a JSON number", "text": "its digits in quotes"},
    ),
    OpenPlace(
        "register_codes",
        "v1/ocmf: RI is a string, of which the manual prints none",
        {
            "padded": "OBIS codes with two digits each, 01-00:01.08.00*FF",
            "plain": "OBIS codes as they are mostly written, 1-0:1.8.0*255",
            "short": "the middle of the codes alone, 1.8.0",
        },
    ),
    OpenPlace(
        "time_letter",
        "v1/ocmf: TM is a string; the letter that OCMF wants behind it is not printed",
        {
            "S": "S while the clock is synchronised, otherwise U",
            "R": "R while it is, as a time relative to the last synchronisation",
            "I": "I while it is, as a time that is informative only",
            "U": "U at all times",
            "none": "none",
        },
    ),
    OpenPlace(
        "signature_section",
        "v1/ocmf: SA, SE, SD",
        {
            "full": "all three",
            "data": "SD alone: the others have default values",
            "base64": "SD alone, in base64",
        },
    ),
    OpenPlace(
        "signature_der",
        "4640h: digital signature ASN.1",
        {
            "proper": "DER as it has to be",
            "padded": "r and s always have a leading zero byte",
            "bare": "r and s never have one, so that they may look negative",
        },
    ),
)

_CYCLE = (
    OpenPlace(
        "power_failure",
        _FLOWCHART + ": 3 is ACTIVE AFTER POWER FAILURE, and is stopped with 0x45",
        {
            "end": "the end is all that is needed",
            "prepare": "clock and prototype are lost, and no command is taken before both are back",
            "ended": "the meter has ended the cycle itself when its power comes back",
        },
    ),
    OpenPlace(
        "begin_and_end",
        'Command word r: "Begin and End", in Italian "recupero" (retrieval)',
        {
            "ends": "it ends the cycle",
            "fetches": "it signs an intermediate reading and lets the cycle go on",
        },
    ),
    OpenPlace(
        "end_command",
        _FLOWCHART + ': "End", "Begin and End"',
        {"either": "both end the cycle", "combined": "only r does; E is refused"},
    ),
    OpenPlace(
        "after_boot",
        "Date-Time synchronisation: when it is possible after a start is not said",
        {
            "ready": "at once",
            "settling": "clock and prototype are refused for the first two seconds",
        },
    ),
    OpenPlace(
        "event_log_full",
        'Fatal error 11: "system in commissioning and log events full"',
        {
            "oldest": "the oldest event gives way",
            "fatal": "before the end of commissioning it is the end of the meter: fatal error 11",
        },
    ),
    OpenPlace(
        "clock_writes",
        "Metrological events: what is one is not said",
        {"events": "each setting of the clock is one", "silent": "it is none"},
    ),
    OpenPlace(
        "clock_set",
        "4080h and v1/charge_settings: date and time, beside a time offset",
        {
            "utc": "it is set and shown as UTC",
            "local": "it is set and shown as local time, by the offset that the meter has then",
            "wall": "it runs in local time, and the offset only stands beside it",
        },
    ),
    OpenPlace(
        "status_change",
        _FLOWCHART + ": 4200h is looked at after a command",
        {"first": "it changes at once", "last": "it changes when the record is signed"},
    ),
    OpenPlace(
        "signature_ok",
        _FLOWCHART + ': "Signature ok" after the prototype',
        {"prototype": "set by a prototype too", "signature": "set by signatures only"},
    ),
    OpenPlace(
        "not_initialised",
        'Digital signature status bit 0: "SIGN NOT INITIALIZED"',
        {"key": "until there is a key", "signature": "until something has been signed"},
    ),
    OpenPlace(
        "error_bit",
        'Digital signature status bit 15: "ERROR"',
        {"dwords": "set while an error dword is", "always": "set without one as well"},
    ),
)

_OUTPUT = (
    OpenPlace(
        "output",
        '4400h: "Output message JSON"',
        {
            "record": "the whole record",
            "payload": "the payload; the signature is in its own registers",
        },
        MODBUS,
    ),
    OpenPlace(
        "output_length",
        '4202h: "Output message length"',
        {
            "bytes": "in bytes",
            "with_nul": "in bytes, with a NUL at the end",
            "even": "in bytes, rounded up to whole registers",
            "words": "in registers",
            "window": "always that of the window",
        },
        MODBUS,
    ),
    OpenPlace(
        "output_after_power_down",
        "v1/ocmf and 4400h: how long the record stays is not said",
        {"kept": "it stays", "empty": "it is lost with the power, and in the logbook only"},
    ),
    OpenPlace(
        "nothing_yet",
        "v1/ocmf and 4202h: what they show before the first record is not said",
        {
            "empty": "an empty text",
            "null": "REST null, Modbus a length of 0xFFFF",
            "blank": "REST an answer without a body, Modbus a text of NULs",
            "broken": "REST a name without a value, Modbus a length of 1 and a NUL",
            "refused": "REST 404, Modbus exception 4",
        },
    ),
)

_LOGBOOKS = (
    OpenPlace(
        "logbook_index",
        'Getting OCMF files different from the last one: "the index of the required OCMF starting '
        'from the last one"',
        {"0": "the last entry has index 0", "1": "the last entry has index 1"},
    ),
    OpenPlace(
        "logbook_last",
        "Getting OCMF files different from the last one",
        {"there": "the last one can be had, too", "elsewhere": "the last one has no index here"},
        MODBUS,
    ),
    OpenPlace(
        "logbook_length",
        '4C01h bits 9-0: "OCMF total bytes"',
        {
            "bytes": "in bytes",
            "with_nul": "with a NUL at the end",
            "even": "rounded up to whole registers",
            "words": "in registers",
        },
        MODBUS,
    ),
    OpenPlace(
        "logbook_ready",
        '4C01h: "until bit1=1 (data ready)", the table having bit 14 for it',
        {
            "bit_14": "bit 14, with bit 15 cleared",
            "both": "bit 14, bit 15 staying set until the download is done",
            "bit_1": "bit 1, as it is printed, which the length then lacks",
        },
        MODBUS,
    ),
    OpenPlace(
        "event_ready",
        '4E03h: "until value=1"',
        {"1": "1", "count": "the number of words that can be read"},
        MODBUS,
    ),
    OpenPlace(
        "transaction_id",
        "v1/logbook/OCMF, TRANS_ID: which field it looks at is not said",
        {"either": "ID or PG", "id": "ID", "pagination": "PG"},
        REST,
    ),
)

_REST = (
    OpenPlace(
        "ocmf_text",
        "v1/ocmf: the record, which holds double quotes, is printed inside double quotes",
        {
            "escaped": "its quotes are escaped, as JSON demands",
            "unescaped": "its quotes stand as they are",
            "line_break": "its quotes are escaped, and a line break after it is not",
        },
        REST,
    ),
    OpenPlace(
        "names",
        "REST: some names are printed with spaces where others have underscores",
        {
            "underscores": "all have underscores",
            "spaces": "all have spaces",
            "dashes": "all have dashes",
        },
        REST,
    ),
    OpenPlace(
        "numbers",
        'REST: "number" may be a type or a content',
        {"numbers": "JSON numbers", "strings": "every number is in quotes"},
        REST,
    ),
    OpenPlace(
        "system_names",
        "v1/system_status: its schema and its tables spell names and types differently",
        {"schema": "as in the schema", "tables": "as in the tables"},
        REST,
    ),
    OpenPlace(
        "display_with_tls",
        'v1/force_display: "TLS NOT activated" stands above the address',
        {"offered": "with and without TLS", "refused": "only without TLS"},
        REST,
    ),
    OpenPlace(
        "ip_parameters",
        "v1/system_parameters: an IP address is split into bytes, P05_03 being the example",
        {
            "03_04_06": "P05_03 address, P05_04 mask, P05_06 gateway",
            "03_09": "P05_03 and P05_09",
            "03_04_06_09": "P05_03, P05_04, P05_06 and P05_09",
            "02_03": "P05_02 address, P05_03 mask; P05_04 is the port",
            "02_03_07_09": "P05_02 address, P05_03 mask, P05_07 other party, P05_09 gateway",
        },
    ),
    OpenPlace(
        "address_form",
        "v1/system_parameters: numeric parameters, an IP address being split into bytes in a POST",
        {
            "number": "the GET has a number for each",
            "backwards": "a number with the first byte at its low end",
            "dotted": "a text with dots",
            "split": "four bytes, as the POST",
        },
        REST,
    ),
)

_ANSWERS = (
    OpenPlace(
        "answer_end",
        "REST, responses: chunked transfer, whose end is printed as a lone 0",
        {
            "http": "a chunk of no bytes and an empty line, as HTTP says",
            "line": "0 and a line break, then the connection is closed",
            "none": "the connection is closed",
            "line_feeds": "as HTTP says, but with line feeds alone between the chunks",
        },
        REST,
    ),
    OpenPlace(
        "answer_form",
        "REST, responses: JSON objects, in print with commas and brackets that do not match",
        {
            "object": "an object",
            "list": "a list with one object in it",
            "comma": "an object with a comma after its last member",
        },
        REST,
    ),
    OpenPlace(
        "answer_length",
        "REST, responses: chunked transfer; what HTTP does not allow is not excluded",
        {
            "chunks": "as HTTP says",
            "both": "a length beside the chunks",
            "long": "no chunks, and a length of one byte too many",
            "short": "no chunks, and a length of one byte too few",
        },
        REST,
    ),
    OpenPlace(
        "answer_padding",
        "REST, responses: the JSON, of which it is not said that nothing stands around it",
        {"none": "nothing", "nul": "a NUL after it", "bom": "a byte order mark before it"},
        REST,
    ),
    OpenPlace(
        "closing",
        'REST, responses: "Connection: close" is printed in one example',
        {
            "announced": "with that header",
            "unannounced": "with a length and without the header, and closed all the same",
            "kept": "with a length, and the connection stays open",
        },
        REST,
    ),
    OpenPlace(
        "success",
        "REST: what a PUT or POST answers that is carried out is not said",
        {"200": "200", "201": "201", "204": "204", "result": '200 with {"result": 1}'},
        REST,
    ),
    OpenPlace(
        "refusal",
        "REST: failures are HTTP errors such as 400; what is refused for its content is not said",
        {"status": "400", "result": '200 with {"result": 0}'},
        REST,
    ),
    OpenPlace(
        "write_method",
        "v1/charge_settings and others: GET, PUT and POST",
        {
            "both": "each is taken",
            "post": "PUT is not implemented",
            "put": "POST is not implemented where there is a PUT",
            "whole_post": "a POST to v1/charge_settings has to hold all four fields of its example",
        },
        REST,
    ),
    OpenPlace(
        "paths",
        "REST: the paths, some of which a firmware may not have",
        {
            "all": "all are there",
            "no_system": "no v1/system_status",
            "no_logbook_info": "no v1/logbook/info",
        },
        REST,
    ),
    OpenPlace(
        "unknown_paths",
        "REST: what a path answers that is not in the manual",
        {
            "404": "404 Not Found",
            "closed": "the connection is closed without an answer",
            "silent": "nothing",
            "channel": "a channel number is passed over, as of a remote display",
        },
        REST,
    ),
    OpenPlace(
        "measure_scale",
        "v1/measure: the powers of ten behind V, A, kW and °C are lost in print",
        {
            "registers": "those of the Modbus registers",
            "tenths": "tenths of everything",
            "physical": "V, A, kW and °C themselves, with a decimal point",
            "mixed": "tenths of V, mA, tenths of W and of °C",
        },
        REST,
    ),
    OpenPlace(
        "status_words",
        "v1/charge_status: bits, printed without a base",
        {
            "decimal": "decimal numbers",
            "hex": "hexadecimal texts",
            "no_errors": "without the error words, while there is no error",
        },
        REST,
    ),
    OpenPlace(
        "setting_time",
        "v1/charge_settings: datetime has datetime_offset beside it",
        {"utc": "what is shown is UTC, as what is set", "local": "what is shown is local time"},
        REST,
    ),
    OpenPlace(
        "serial_number",
        "v1/system_status: serial_number, whose form is not said",
        {
            "number": "a number",
            "text": "a text of letters and digits",
            "zeros": "a text of digits that begins with zeros",
        },
        REST,
    ),
    OpenPlace(
        "key_text",
        "v1/charge_settings: public_key, whose form is not said",
        {
            "hex": "hexadecimal digits",
            "prefixed": "with 0x in front",
            "colons": "with colons between the bytes",
            "point": "with 04 in front, as an uncompressed point",
            "nul": "with a NUL at the end",
            "base64": "in base64",
        },
        REST,
    ),
)

_MODBUS = (
    OpenPlace(
        "keys",
        "Public key raw (0x4600, public_key) and OCMF public key (0x4F20, public_key_ocmf), which "
        "stands out of order as if it had been added later",
        {"both": "both are there", "raw": "only the raw key", "ocmf": "only that for OCMF"},
    ),
    OpenPlace(
        "registers",
        "Measures and charge cycle management: registers that a firmware may not have",
        {
            "all": "all are there",
            "no_fast": "none of those refreshed every 100 ms (0x0200 to 0x020A)",
            "no_exchanged": "no exchanged energy (0x001E)",
            "no_temperatures": "no temperatures (0x0012 to 0x0015)",
            "no_hours": "no hour counters (0x0030 to 0x0037)",
            "no_counts": "no numbers of events and records (0x020D, 0x020E, 0x0220, 0x0221)",
            "no_checksum": "no firmware checksum (0x4004)",
        },
        MODBUS,
    ),
    OpenPlace(
        "node_answer",
        'Modbus node number: over TCP it "is only an information value (not significant)"',
        {"asked": "the answer bears the number asked", "own": "it bears the meter's own"},
        MODBUS,
    ),
    OpenPlace(
        "charge_cycle_numbers",
        'Charge cycle management: its column is headed "ADDRESS", that of the measures "REGISTER"',
        {"from_1": "register numbers, as everywhere", "from_0": "the addresses on the wire"},
        MODBUS,
    ),
    OpenPlace(
        "command_word",
        "4280h: the code of a letter in 16 bits",
        {"low": "in the low byte", "high": "in the high byte"},
        MODBUS,
    ),
    OpenPlace(
        "write_answer",
        'Function 10h, response: "Written bytes number", without a size',
        {"two_bytes": "two bytes, as Modbus has it", "one_byte": "one byte"},
        MODBUS,
    ),
    OpenPlace(
        "save_answer",
        'Parameters, save and reboot: "no response is sent"',
        {"none": "there is none", "sent": "it comes before the reboot"},
        MODBUS,
    ),
    OpenPlace(
        "hour_counters",
        "0030h and 0034h: hour counters, without a resolution",
        {"hours": "hours", "hundredths": "hundredths of an hour", "seconds": "seconds"},
        MODBUS,
    ),
    OpenPlace(
        "key_before_commissioning",
        "4600h and 4F20h: what they hold before there is a key is not said",
        {"zeros": "zeros", "refused": "exception 4"},
        MODBUS,
    ),
    OpenPlace(
        "sample_time",
        '"Date-Time of the last sample" (0x0208) has a "Time offset" (0x020A) beside it',
        {"utc": "it is UTC", "local": "it is local time"},
        MODBUS,
    ),
)

_DISPLAYS = (
    OpenPlace(
        "custom_page",
        "Custom pages for DMED4DC...: pages 1 to 4 and 5 to 8, the DMED4DC2 having one meter",
        {"5": "that of a DMED4DC2 is 5", "2": "it is 2"},
        MODBUS,
    ),
    OpenPlace(
        "custom_texts",
        "Custom pages for DMED4DC...: how long the texts stay is not said",
        {"kept": "they stay", "lost": "they are lost with the power, as is the page chosen"},
    ),
)

OPEN_PLACES = {
    place.name: place
    for place in (
        *_PROTOTYPE,
        *_RECORD,
        *_CYCLE,
        *_OUTPUT,
        *_LOGBOOKS,
        *_REST,
        *_ANSWERS,
        *_MODBUS,
        *_DISPLAYS,
    )
}
"""All open places by their name."""

_DEFAULTS = {name: place.default for name, place in OPEN_PLACES.items()}


class Readings(Mapping[str, str]):
    """Which reading a device follows in each of the open places.

    Args:
        chosen: Names of open places with the readings that are not the default.

    Raises:
        ValueError: There is no such open place, or it has no such reading.
    """

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        chosen = chosen or {}
        for name, value in chosen.items():
            _check(name, value)
        self._followed = {**_DEFAULTS, **chosen}

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Readings:
        """Read `NAME=VALUE` as it is given on the command line.

        Raises:
            ValueError: It is not of this form, or there is no such open place or reading.
        """
        return cls({name: value for name, _, value in (text.partition("=") for text in texts)})

    def follows(self, name: str, *values: str) -> bool:
        """Return whether the device follows one of these readings of an open place.

        Raises:
            ValueError: There is no such open place, or it has no such reading.
        """
        for value in values:
            _check(name, value)
        return self[name] in values

    @override
    def __getitem__(self, name: str) -> str:
        return self._followed[name]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(OPEN_PLACES)

    @override
    def __len__(self) -> int:
        return len(OPEN_PLACES)


def _check(name: str, value: str) -> None:
    if (place := OPEN_PLACES.get(name)) is None:
        raise ValueError(f"no open place {name!r}: {', '.join(OPEN_PLACES)}")
    if value not in place.readings:
        raise ValueError(f"{name} is one of {', '.join(place.readings)}, not {value!r}")
