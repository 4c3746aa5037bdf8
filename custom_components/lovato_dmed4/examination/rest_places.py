"""The places of the manual that show in the form of what the REST API answers."""

from typing import Final

from .place import Needs, Place, Transport

_REST: Final = (Transport.REST,)

REST_PLACES: Final = {
    "address_form": Place(
        about="how IP addresses are written among the system parameters",
        needs=Needs.LOGIN,
        transports=_REST,
        readings={
            "number": "IP addresses are numbers.",
            "backwards": "IP addresses are numbers whose first byte is at the low end.",
            "dotted": "IP addresses are texts with dots.",
            "split": "IP addresses are split into four bytes.",
        },
    ),
    "answer_form": Place(
        about="in what form the JSON of an answer is",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "object": "Answers are JSON objects.",
            "list": "Answers are lists with one JSON object.",
            "comma": "Answers have a comma after the last member.",
        },
    ),
    "answer_length": Place(
        about="whether the length of an answer is right",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "chunks": "Answers are as long as they say.",
            "both": "Answers have a length although they come in chunks.",
            "long": "Answers are shorter than they say.",
            "short": "Answers are longer than they say.",
        },
    ),
    "paths": Place(
        about="which paths there are",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "all": "All paths of the manual that were asked for are there.",
            "no_system": "v1/system_status is missing.",
            "no_logbook_info": "v1/logbook/info is missing.",
        },
    ),
    "refusal": Place(
        about="how a setting is refused",
        needs=Needs.WRITES,
        transports=_REST,
        readings={
            "status": "A setting that is refused is answered with an error.",
            "result": 'A setting that is refused is answered with 200 and {"result": 0}.',
        },
    ),
    "ocmf_text": Place(
        about="how the quotes of a record are written inside an answer",
        needs=Needs.RECORDS,
        transports=_REST,
        readings={
            "escaped": "The quotes of a record are escaped in an answer.",
            "unescaped": "The quotes of a record are not escaped in an answer.",
            "line_break": "A record is followed by a raw line break in an answer.",
        },
    ),
    "names": Place(
        about="how names are written",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "underscores": "Names in answers have underscores.",
            "spaces": "Names in answers have spaces.",
            "dashes": "Names in answers have dashes.",
        },
    ),
    "numbers": Place(
        about="how numbers are written",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "numbers": "Numbers in answers are numbers.",
            "strings": "Numbers in answers are in quotes.",
        },
    ),
    "system_names": Place(
        about="which spelling the system status has",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "schema": "The system status is spelt as in the manual's schema.",
            "tables": "The system status is spelt as in the manual's tables.",
        },
    ),
    "display_with_tls": Place(
        about="whether the display can be switched over TLS",
        needs=Needs.WRITES,
        transports=_REST,
        readings={
            "offered": "The display can be switched over TLS.",
            "refused": "The display can't be switched over TLS.",
        },
    ),
    "answer_end": Place(
        about="how an answer ends",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "http": "Answers end as HTTP requires.",
            "line": "Answers end with a lone 0.",
            "none": "Answers end only by closing the connection.",
            "line_feeds": "Answers have line feeds alone between their chunks.",
        },
    ),
    "answer_padding": Place(
        about="what stands around the JSON of an answer",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "none": "Nothing stands around the JSON of an answer.",
            "nul": "Answers end in a NUL.",
            "bom": "Answers begin with a byte order mark.",
        },
    ),
    "closing": Place(
        about="whether closing the connection is announced",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "announced": "The meter announces that it closes the connection.",
            "unannounced": "The meter does not announce that it closes the connection.",
            "kept": "The meter does not close the connection.",
        },
    ),
    "success": Place(
        about="what a setting is answered with that was taken",
        needs=Needs.WRITES,
        transports=_REST,
        readings={
            "200": "A setting that was taken is answered with 200.",
            "201": "A setting that was taken is answered with 201.",
            "204": "A setting that was taken is answered with 204.",
            "result": 'A setting that was taken is answered with 200 and {"result": 1}.',
        },
    ),
    "write_method": Place(
        about="whether settings are taken by PUT and by POST",
        needs=Needs.WRITES,
        transports=_REST,
        readings={
            "both": "Settings are taken by PUT and by POST.",
            "post": "Settings are taken by POST only.",
            "put": "Settings are taken by PUT only.",
            "whole_post": "Settings are taken by PUT, and by POST only all together.",
        },
    ),
    "unknown_paths": Place(
        about="what a path is answered with that there is not",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "404": "A path that does not exist is answered with an error.",
            "closed": "A path that does not exist is not answered: the connection is closed.",
            "silent": "A path that does not exist is not answered at all.",
            "channel": "A channel number in a path is passed over.",
        },
    ),
    "measure_scale": Place(
        about="in which scale the measures are",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "registers": "Measures are in the scale of the registers: 0.01 V, 0.0001 A, 0.001 kW.",
            "tenths": "Measures are tenths: 0.1 V, 0.1 A, 0.1 kW.",
            "physical": "Measures are V, A and kW themselves, with a decimal point.",
            "mixed": "Measures are 0.1 V, 1 mA and 0.1 W.",
        },
        hint="Give the voltage that the display shows, or examine the meter while it is charging.",
    ),
    "setting_time": Place(
        about="whether the clock is shown as UTC",
        needs=Needs.WRITES,
        transports=_REST,
        readings={
            "utc": "The clock that is shown (datetime) is UTC.",
            "local": "The clock that is shown (datetime) is local time.",
        },
    ),
    "status_words": Place(
        about="how the status words are written",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "decimal": "Status words are decimal numbers.",
            "hex": "Status words are hexadecimal texts.",
            "no_errors": "The error words are missing while there is no error.",
        },
    ),
    "serial_number": Place(
        about="what the serial number is made of",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "number": "The serial number is a number.",
            "text": "The serial number is a text.",
            "zeros": "The serial number is a text of digits that begins with zeros.",
        },
    ),
    "key_text": Place(
        about="how a public key is written",
        needs=Needs.LOOK,
        transports=_REST,
        readings={
            "hex": "Public keys are hexadecimal digits.",
            "prefixed": "Public keys have 0x in front.",
            "colons": "Public keys have colons between their bytes.",
            "point": "The public key has 04 in front.",
            "nul": "Public keys have a NUL at the end.",
            "base64": "Public keys are in base64.",
        },
    ),
}
