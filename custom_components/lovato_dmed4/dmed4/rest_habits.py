"""What is unusual about the answers of a web server, in sentences about the meter.

Each is understood all the same; a person who compares the meter with the manual can read here how.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Final

type Answer = Mapping[str, object]

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_UNESCAPED_RECORD: Final = re.compile(rb'"(?:OCMF|EVENT) *\| *\{"')
_OTHER_SEPARATOR: Final = re.compile(r"\w[ -]\w")
_HEX: Final = re.compile(r"[0-9A-Fa-f]*")
_POINT: Final = r"04[0-9A-Fa-f]{128}"
_KEYS: Final = ("public_key", "public_key_ocmf")
_ERRORS: Final = ("error_status_1", "error_status_2")
_WORDS: Final = ("measurement_status", "signature_status", *_ERRORS)

# Of the two spellings of v1/system_status, those of the manual's tables.
_TABLE_SPELLINGS: Final = ("flash_pattern_error", "init_uncorrect_flag", "meas_not_comm_error")

LINE_BREAK: Final = "The meter does not escape line breaks in its answers: taken as they are"
TRAILING_COMMA: Final = "The meter puts a comma after the last value of its answers: left out"
LIST: Final = "The meter puts its answers into a list: taken out of it"
REFUSED_IN_BODY: Final = "The meter refuses with 'result' 0 in an answer that HTTP calls successful"
OTHER_END: Final = (
    "The meter does not end its answers as HTTP requires: taken where their JSON is whole"
)
PHYSICAL: Final = "The meter gives V, A and kW with a decimal point: taken as they are"


def of_body(body: bytes) -> Iterator[str]:
    """What stands around the JSON of an answer, and how the texts in it are written."""
    if body.startswith(_BYTE_ORDER_MARK):
        yield "The meter puts a byte order mark before its answers: left out"
    if body.rstrip(b" \r\n").endswith(b"\0"):
        yield "The meter puts a NUL after its answers: left out"
    if _UNESCAPED_RECORD.search(body):
        yield "The meter does not escape the quotes of a record in its answers"


def of_names(answer: Mapping[str, object]) -> Iterator[str]:
    """How the names in an answer, as they came, are written."""
    if any(_OTHER_SEPARATOR.search(name) for name in answer):
        yield "The meter writes names with spaces or dashes where the manual has underscores"


def of_status(answer: Answer) -> Iterator[str]:
    """How v1/charge_status is written."""
    texts = [text for name in _WORDS if isinstance(text := answer.get(name), str)]
    if any(text.strip().lower().startswith("0x") for text in texts):
        yield "The meter writes its status words as hexadecimal texts"
    elif texts:
        yield "The meter writes numbers in quotes"
    if not all(name in answer for name in _ERRORS):
        yield "The meter leaves out its error words (v1/charge_status): taken for no error"


def of_identity(settings: Answer, system: Answer) -> Iterator[str]:
    """How v1/charge_settings writes the keys, and v1/system_status the names of its bits."""
    keys = {name: key for name in _KEYS if isinstance(key := settings.get(name), str) and key}
    if len(keys) == 1:
        yield "The meter gives its key in one form only: the other one is derived"
    if not all(_HEX.fullmatch(key) for key in keys.values()):
        yield "The meter does not write its key in hexadecimal digits alone"
    if re.fullmatch(_POINT, keys.get("public_key", "")):
        yield "The meter puts 04 before its key (public_key), as before an uncompressed point"
    bits = (value for value in system.values() if isinstance(value, dict))
    if any(name in _TABLE_SPELLINGS for values in bits for name in values):
        yield "The meter names the errors of its boards as the manual's tables do, not as its schema"


def of_temperatures(decimals: int) -> Iterator[str]:
    """How many decimals the temperatures have, as °C and °F of one sensor show."""
    if decimals != 1:
        yield f"The meter gives temperatures with {decimals} decimals, as °C and °F show"


def of_success(status: int) -> Iterator[str]:
    """With which HTTP status a request is answered that was carried out."""
    if status != 200:  # noqa: PLR2004 - OK
        yield f"The meter answers what it has carried out with HTTP {status}"
