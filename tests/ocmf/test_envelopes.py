"""Records and keys in whatever people have in their hands."""

import base64
from datetime import UTC, datetime
import json
from typing import Any
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
import pytest

from custom_components.lovato_dmed4.ocmf import (
    FoundRecord,
    MalformedKeyError,
    Verdict,
    find_records,
    judge,
    load_public_key,
    parse,
    to_ocmf,
    to_xml,
)

from .helpers import KEY, PAYLOAD, record, sign, spki

RECORD = record(sign(PAYLOAD))
OTHER_PAYLOAD = PAYLOAD.replace("T41", "T42").replace(
    "0.49 EUR/kWh", 'a|b } " \\\\ OCMF|{'.replace('"', r"\"")
)
OTHER = record(sign(OTHER_PAYLOAD), OTHER_PAYLOAD)
OWN = load_public_key(spki())
ESCAPED = json.dumps(RECORD)[1:-1]
SPKI = spki().hex()


def found(data: bytes | str) -> list[str]:
    return [each.raw.decode() for each in find_records(data)]


def oca(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def be_energised(record: str, key: str) -> str:
    """Write what has·to·be's backend wants in the value of a sample."""
    fields = {"signedMeterValue": oca(record), "encodingMethod": "OCMF", "publicKey": key}
    return json.dumps(fields)


def stop_transaction(**sample: object) -> str:
    """Write OCPP 1.6's message of an end, as it goes over the line."""
    data = {"timestamp": "2022-08-27T12:34:56.000Z", "sampledValue": [{**sample, "unit": "Wh"}]}
    payload = {"transactionId": 123, "meterStop": 500, "transactionData": [data]}
    return json.dumps([2, "1234", "StopTransaction", payload])


def transaction_event(signed: object) -> str:
    """Write OCPP 2.0.1's message of an end, as it goes over the line."""
    value = {"timestamp": "2022", "sampledValue": [{"value": 1.5, "signedMeterValue": signed}]}
    return json.dumps([2, "1", "TransactionEvent", {"eventType": "Ended", "meterValue": [value]}])


SOAP = """<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">
 <soap:Body><ns:meterValuesRequest><ns:meterValue><ns:sampledValue><ns:value>{}</ns:value>
 <ns:format>SignedData</ns:format></ns:sampledValue></ns:meterValue></ns:meterValuesRequest></soap:Body>
</soap:Envelope>"""

ENVELOPES: dict[str, bytes | str] = {
    "as it is": RECORD,
    "bytes": RECORD.encode(),
    "BOM": f"\ufeff{RECORD}\r\n",
    "UTF-16": RECORD.encode("utf-16"),
    "NUL": RECORD + "\0" * 40,
    "quotes": f'"{RECORD}"',
    "a JSON text": json.dumps(RECORD),
    "escaped": ESCAPED,
    "a label": f"Signed record of the charge:\n\n{RECORD}\n\nThank you.",
    "spaces around the pipes": RECORD.replace("|{", " | {"),
    "hex": RECORD.encode().hex(),
    "hex in lines": "\n".join(RECORD.encode().hex(" ", 16).split(" ")),
    "0x": f"0x{RECORD.encode().hex()}",
    "base64": base64.b64encode(RECORD.encode()),
    "base64 in lines": base64.encodebytes(RECORD.encode()),
    "base64 without its end": base64.b64encode(RECORD.encode()).rstrip(b"="),
    "base64url": base64.urlsafe_b64encode(RECORD.encode()).rstrip(b"="),
    "the meter's answer": json.dumps({"OCMF_BUFF": RECORD}),
    "the meter's answer with bare quotes": f'{{"OCMF_BUFF":"{RECORD}"}}',
    "OCPP 1.6": json.dumps(
        {"meterValue": [{"sampledValue": [{"value": RECORD, "format": "SignedData"}]}]}
    ),
    "OCPP 2": json.dumps(
        {
            "sampledValue": {
                "signedMeterValue": {"signedMeterData": oca(RECORD), "encodingMethod": "OCMF"}
            }
        }
    ),
    "a backend": json.dumps({"signedMeterValues": [{"ocmf": RECORD}], "publicKey": SPKI}),
    "JSON in JSON": json.dumps({"data": json.dumps({"OCMF_BUFF": RECORD})}),
    "XML": to_xml([[(parse(RECORD), OWN)]]),
    "XML in hex": f"<values><value><signedData>{RECORD.encode().hex()}</signedData></value></values>",
    "CDATA": f"<value><signedData><![CDATA[{RECORD}]]></signedData></value>",
    "an element alone": f"<signedData>\n  {escape(RECORD)}\n</signedData>",
    "XML with prefixes": to_xml([[(parse(RECORD), OWN)]])
    .decode()
    .replace("</", "</ts:")
    .replace("<v", "<ts:v")
    .replace("<s", "<ts:s")
    .replace("<p", "<ts:p"),
    "OCPP 1.6, a whole message": stop_transaction(value=RECORD, format="SignedData"),
    "OCPP 1.6 in hex": stop_transaction(value=RECORD.encode().hex(), format="SignedData"),
    "OCPP 1.6 as OCA's note says": stop_transaction(
        value=json.dumps({"signedMeterData": oca(RECORD), "encodingMethod": "OCMF"})
    ),
    "OCPP 2.0.1, a whole message": transaction_event(
        {"signedMeterData": oca(RECORD), "encodingMethod": "OCMF", "publicKey": ""}
    ),
    "has·to·be": be_energised(RECORD, ""),
    "has·to·be over OCPP 1.6": stop_transaction(value=be_energised(RECORD, "")),
    "has·to·be over SOAP": SOAP.format(be_energised(RECORD, "")),
    "has·to·be over SOAP, escaped": SOAP.format(escape(be_energised(RECORD, ""), {'"': "&quot;"})),
    "hex with colons": RECORD.encode().hex(":"),
    "hex behind a label": f"Record: {RECORD.encode().hex().upper()}\nadded today",
    "base64 behind a label": f"Signed data: {oca(RECORD)}, thank you",
    "base64 in lines, behind a label": f"Signed:\r\n{base64.encodebytes(RECORD.encode()).decode()}\nBye",
    "base64 before a word": f"{oca(RECORD).rstrip('=')}\nThanks",
    "a data address": f"data:text/plain;base64,{oca(RECORD)}",
    "UTF-16 in base64": base64.b64encode(RECORD.encode("utf-16")),
    "a cell of a table": '1;"' + RECORD.replace('"', '""') + '";2',
    "a page's source": f"<p>{escape(RECORD, {chr(34): '&quot;'})}</p>",
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_a_record_in_an_envelope(name: str) -> None:
    (raw,) = found(ENVELOPES[name])
    assert judge(raw.encode(), [OWN]).verdict is Verdict.VALID
    assert parse(raw).payload == PAYLOAD.encode()


def test_several_records_each_once() -> None:
    both = [RECORD, OTHER]
    assert found(to_ocmf([text.encode() for text in both])) == both
    assert found(f"{RECORD}{OTHER}{RECORD}") == both
    assert found(json.dumps([{"OCMF_BUFF": text} for text in both])) == both
    xml = to_xml([[(parse(text), OWN)] for text in both])
    assert found(xml) == both
    assert {each.keys for each in find_records(xml)} == {(OWN,)}
    for encoded in ([text.encode().hex() for text in both], [oca(text) for text in both]):
        assert found("\n".join(encoded)) == both
        assert found("\n".join(text.rstrip("=") for text in encoded)) == both


def test_a_begin_and_an_end() -> None:
    texts = []
    for reason in "BE":
        payload = json.dumps({"PG": "T1", "RD": [{"TX": reason, "RV": 1, "RU": "kWh"}]})
        texts.append(record(sign(payload), payload))
    assert found(to_xml([[(parse(text), OWN) for text in texts]])) == texts


@pytest.mark.parametrize(
    "text",
    [
        f"{RECORD}\n\nPublic key: {SPKI.upper()}",
        f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(spki()).decode()}\n-----END PUBLIC KEY-----\n{RECORD}",
        json.dumps({"OCMF_BUFF": RECORD, "public_key": SPKI[52:]}),
        json.dumps({"ocmf": RECORD, "publicKey": oca(f"oca:base16:asn1:{SPKI}")}),
        stop_transaction(value=be_energised(RECORD, SPKI)),
        SOAP.format(be_energised(RECORD, base64.b64encode(spki()).decode())),
        SOAP.format(escape(be_energised(RECORD, SPKI), {'"': "&quot;"})),
        transaction_event(
            {"signedMeterData": oca(RECORD), "publicKey": oca(f"oca:base16:asn1:{SPKI}")}
        ),
        f"Record: {oca(RECORD)}\nKey: {base64.b64encode(spki()).decode()}",
    ],
)
def test_a_key_that_comes_with_it(text: str) -> None:
    assert find_records(text) == (FoundRecord(RECORD.encode(), (OWN,)),)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "hello world",
        "OCMF",
        "OCMF|{}",
        '{"OCMF_BUFF":null}',
        "[" * 100_000,
        '{"a":' * 50_000,
        "OCMF|{" * 50_000,
        'OCMF|{"' * 50_000,
        "<signedData>" * 20_000 + "</publicKey>",
        "<signedData" * 20_000,
        "A" * 400_000,
        "4f434d46" * 50_000,
        "x T0NNR" + "A" * 60 + "\n" + "A\n" * 20_000,
        "T0NNR" + "\nA" * 50_000,
        ("ab" * 60 + " ") * 5_000,
        b"\xff\xfe\x00",
        b"\x00" * 1000,
        "OCMF|{" + '"a":1,' * 20_000 + "}|{}",
    ],
    ids=range(19),
)
def test_where_there_is_none(data: bytes | str) -> None:
    assert find_records(data) == ()


def test_bytes_that_are_no_utf8_stay_as_they_are() -> None:
    payload = b'{"PG":"T1","TT":"\xe4"}'
    raw = b"OCMF|" + payload + b'|{"SD":"00"}'
    (each,) = find_records(b"\xef\xbb\xbf" + raw)
    assert each.raw == raw


def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "meter")])
    year = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, KEY.public_key(), 1, year, year.replace(year=2036))
    return made.sign(KEY, SHA256()).public_bytes(Encoding.DER)


def pem(kind: str, data: bytes) -> str:
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(data).decode()}-----END {kind}-----\n"


X, Y = (
    base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (spki()[27:59], spki()[59:])
)
KEYS: dict[str, Any] = {
    "PEM": pem("PUBLIC KEY", spki()),
    "PEM in text": f"Key of the meter:\n{pem('PUBLIC KEY', spki())}",
    "certificate": pem("CERTIFICATE", certificate()),
    "certificate in hex": certificate().hex(),
    "certificate in DER": certificate(),
    "JWK": json.dumps({"kty": "EC", "crv": "P-256", "x": X, "y": Y}),
    "base64url": base64.urlsafe_b64encode(spki()).decode(),
    "base64url without its end": base64.urlsafe_b64encode(spki()).decode().rstrip("="),
    "base32": base64.b32encode(spki()).decode(),
    "base32 without its end": base64.b32encode(spki()).decode().rstrip("=").lower(),
    "0x": f"0x{SPKI}",
    "quotes and BOM": f'\ufeff"{SPKI}"',
    "a label": f"Öffentlicher Schlüssel: {SPKI}",
    "a label above": f"Public key:\n{base64.b64encode(spki()).decode()}",
    "PEM out of JSON": json.dumps(pem("PUBLIC KEY", spki())),
    "colons": spki().hex(":").upper(),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_in_any_form(name: str) -> None:
    assert load_public_key(KEYS[name]) == OWN


@pytest.mark.parametrize(
    "text",
    [
        pem("PRIVATE KEY", spki()),
        '{"kty":"EC"}',
        '{"x":1,"y":2}',
        "{",
        json.dumps({"x": X, "y": X}),
        "-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(MalformedKeyError):
        load_public_key(text)
