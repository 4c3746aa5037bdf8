"""Files that other software reads."""

from xml.etree import ElementTree as ET

import pytest

from custom_components.lovato_dmed4.ocmf import (
    NotExportableError,
    Record,
    load_public_key,
    parse,
    to_ocmf,
    to_spki_hex,
    to_xml,
    verify,
)

from .helpers import point, record, session, sign, spki, unsigned

PUBLIC = load_public_key(spki())
TX = [{"TX": transaction, "RV": 1} for transaction in "BE"]
BEGIN, END = unsigned(TX[:1], PG="T1"), unsigned(TX[1:], PG="T2")


def read(written: bytes) -> list[tuple[dict[str, str], str, str | None]]:
    """Return the attributes, the record and the key of each value."""
    root = ET.fromstring(written)  # noqa: S314 - written by the code under test
    assert (root.tag, root.attrib) == ("values", {})
    values = []
    for value in root:
        assert value.tag == "value"
        data, key = value.find("signedData"), value.find("publicKey")
        assert data is not None
        assert data.attrib == {"format": "OCMF", "encoding": "plain"}
        assert key is None or key.attrib == {"encoding": "plain"}
        values.append((value.attrib, data.text or "", None if key is None else key.text))
    return values


def written(*records: Record) -> bytes:
    return to_xml([[(each, PUBLIC) for each in records]])


def test_one_record_is_written_as_it_arrived() -> None:
    for raw in (b" OCMF|{}|{} \0", b"\xff", b"OCMF|{\r\n}|{}"):
        assert to_ocmf([raw]) == raw


def test_records_start_a_line_each() -> None:
    assert to_ocmf([b"OCMF|{}|{}", b"OCMF|[]|{}"]) == b"OCMF|{}|{}\nOCMF|[]|{}\n"
    assert to_ocmf([]) == b""
    raws = [each.raw for each in session()]
    assert to_ocmf(raws).splitlines() == raws


def test_the_meters_session_is_written_by_its_end_alone() -> None:
    begin, middle, end = session()
    assert read(written(begin, middle, end)) == [({}, end.raw.decode(), to_spki_hex(PUBLIC))]
    assert read(written(begin)) == [({}, begin.raw.decode(), to_spki_hex(PUBLIC))]


def test_begin_and_end_that_are_apart() -> None:
    values = to_xml([[(BEGIN, PUBLIC), (unsigned([]), None), (END, None)], [(BEGIN, None)]])
    assert read(values) == [
        (
            {"transactionId": "1", "context": "Transaction.Begin"},
            BEGIN.raw.decode(),
            to_spki_hex(PUBLIC),
        ),
        ({"transactionId": "1", "context": "Transaction.End"}, END.raw.decode(), None),
        ({}, BEGIN.raw.decode(), None),
    ]


def test_each_transaction_has_its_number() -> None:
    pair = [(BEGIN, None), (END, None)]
    other = [(unsigned(TX[:1], PG="T3"), None), (unsigned(TX[1:], PG="T4"), None)]
    values = read(to_xml([pair, [(session()[-1], PUBLIC)], other]))
    assert [value[0].get("transactionId") for value in values] == ["1", "1", None, "3", "3"]


def test_nothing() -> None:
    assert read(to_xml([])) == read(to_xml([[]])) == []


@pytest.mark.parametrize(
    "payload",
    [
        '{"TT":"<script>alert(1)</script> & ]]> \'x\'"}',
        '{\r\n\t"TT": "günstig 0,49 €/kWh 🔌"\r}',
        '{ \n\n "TT":"\\u0000\\u001b  "  }',
        '{"TT":"\u007f\u0085\u2028\ue000\ufffd"}',
    ],
)
def test_a_record_is_read_back_as_it_was(payload: str) -> None:
    made = parse(record(sign(payload), payload))
    file = written(made)
    assert b"\r" not in file
    assert file.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<values>\n")
    [(_, text, key)] = read(file)
    assert text == made.raw.decode()
    assert key is not None
    assert verify(parse(text), load_public_key(key)).verdict == "valid"


def test_key_is_written_in_the_one_shape_that_it_reads() -> None:
    bare = load_public_key(point()[1:])
    [(_, _, key)] = read(to_xml([[(BEGIN, bare)]]))
    assert key == spki().hex()


@pytest.mark.parametrize(
    "raw",
    [
        '{"TT":"\ufffe"}|{}'.encode(),
        '{"TT":"\uffff"}|{}'.encode(),
        b"{}|{}|\x00\x01",
        b"{}|{}|\x1b[31m",
        b"{}|{}|\xff",
        b"{}|{}|\xed\xa0\x80",
    ],
)
def test_what_xml_can_not_hold_is_refused(raw: bytes) -> None:
    made = parse(b"OCMF|" + raw)
    with pytest.raises(NotExportableError):
        written(made)
    # The others of a session can be written, as long as this one is not needed.
    begin, _, end = session()
    assert read(written(begin, made, end))
