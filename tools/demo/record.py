"""The demo's own look at a signed record: a second opinion, so none of the integration's code is used here."""

import base64
from dataclasses import dataclass
from decimal import Decimal
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from .console import DemoError


@dataclass(frozen=True, slots=True)
class Record:
    """What a verified record says."""

    readings: list[dict[str, Any]]

    @property
    def energy(self) -> Decimal:
        """The imported energy: the meter's total at the end minus the one at the start.

        A DMED4 gives three readings of the start and then the same three of the end.
        """
        half = len(self.readings) // 2
        return Decimal(str(self.readings[half]["RV"])) - Decimal(str(self.readings[0]["RV"]))

    @property
    def unit(self) -> str:
        """The unit of the energy."""
        return str(self.readings[0]["RU"])


def verify(raw: str, public_key: bytes) -> Record:
    """Check a record's signature with a DER public key and return what the record says."""
    try:
        header, rest = raw.split("|", 1)
        payload, signature = rest.rsplit("|", 1)
        signed = json.loads(signature)
        decode = base64.b64decode if signed.get("SE") == "base64" else bytes.fromhex
        signature_bytes = decode(signed["SD"])
        readings = json.loads(payload, parse_float=Decimal)["RD"]
    except (ValueError, KeyError) as err:
        raise DemoError(f"This is not an OCMF record ({err!r}): {raw}") from err
    if header != "OCMF" or signed.get("SA", "ECDSA-secp256r1-SHA256") != "ECDSA-secp256r1-SHA256":
        raise DemoError(f"This is not a record as a DMED4 signs it: {raw}")
    key = load_der_public_key(public_key)
    if not isinstance(key, EllipticCurvePublicKey):
        raise DemoError("The simulator's public key is not one of an elliptic curve.")
    try:
        key.verify(signature_bytes, payload.encode(), ECDSA(SHA256()))
    except InvalidSignature:
        raise DemoError(f"The signature does not belong to this record and key: {raw}") from None
    return Record(readings)
