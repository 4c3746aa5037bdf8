"""Records as files that other software reads."""

from collections.abc import Sequence
import re
from xml.etree import ElementTree as ET

from .keys import PublicKey, to_spki_hex
from .record import Record
from .sections import split
from .signature import strict_fields
from .transparency import transaction

# Not even as a reference may XML hold these.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotExportableError(ValueError):
    """A record holds what the file's format can't."""


def to_ocmf(raws: Sequence[bytes]) -> bytes:
    """Write records as they arrived, each starting a line.

    A single one is written byte for byte, without anything added.
    """
    if len(raws) == 1:
        return raws[0]
    return b"".join(raw + b"\n" for raw in raws)


def to_xml(transactions: Sequence[Sequence[tuple[Record, PublicKey | None]]]) -> bytes:
    """Write the transparency software's XML: one transaction for each inner sequence.

    A record that holds begin and end goes alone; else the first and the last record are written as
    Transaction.Begin and Transaction.End. A key that is not known is left out. Signatures are written
    in the one shape that the software reads.

    Raises:
        NotExportableError: A record has characters that XML can't hold.
    """
    values = ET.Element("values")
    for number, session in enumerate(transactions, start=1):
        keys = dict(session)
        match transaction([record for record, _ in session]):
            case (begin, end):
                identity = {"transactionId": str(number)}
                _add(values, begin, keys[begin], identity | {"context": "Transaction.Begin"})
                _add(values, end, keys[end], identity | {"context": "Transaction.End"})
            case (record,):
                # It looks for a begin and an end wherever it finds a transaction's number.
                _add(values, record, keys[record], {})
    ET.indent(values)
    written: bytes = ET.tostring(values, encoding="utf-8", xml_declaration=True)
    # A reader makes a line feed of a carriage return that is not written as a reference.
    return written.replace(b"\r", b"&#13;") + b"\n"


def _add(
    values: ET.Element, record: Record, key: PublicKey | None, attributes: dict[str, str]
) -> None:
    """Add a record with its key."""
    value = ET.SubElement(values, "value", attributes)
    data = ET.SubElement(value, "signedData", {"format": "OCMF", "encoding": "plain"})
    data.text = _text(to_strict(record, key))
    if key:
        ET.SubElement(value, "publicKey", {"encoding": "plain"}).text = to_spki_hex(key)


def to_strict(record: Record, key: PublicKey | None) -> bytes:
    """Write a record for software that reads one shape of signatures only; the payload stays as it is."""
    if not (changes := strict_fields(record, key)):
        return record.raw
    header, payload, signature, *former_key = split(record.raw)
    text = signature.decode(errors="surrogateescape")
    for name, value in changes.items():
        # None of the values holds a backslash.
        text = re.sub(rf'("{name}"\s*:\s*)(?:"[^"]*"|null)', rf'\g<1>"{value}"', text, count=1)
    return b"|".join((header, payload, text.encode(errors="surrogateescape"), *former_key))


def _text(raw: bytes) -> str:
    """Return a record's text, which a reader of XML will get back as it is."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as err:
        raise NotExportableError("Not in UTF-8") from err
    if _NO_XML.search(text):
        raise NotExportableError("Characters that XML can't hold")
    return text
