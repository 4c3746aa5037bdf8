"""The certificate of the meter's web server: its own, self-signed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
import ssl
from tempfile import TemporaryDirectory
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Wide enough that no clock, a test's or the machine's, is outside.
_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key.

    Attributes:
        pem: Both, PEM.
        fingerprint: SHA-256 of the certificate (DER), 64 hexadecimal digits.
    """

    pem: bytes
    fingerprint: str

    @classmethod
    def make(cls, common_name: str) -> Self:
        """Make a certificate with a new key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_FROM)
            .not_valid_after(_UNTIL)
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        pem = private + certificate.public_bytes(serialization.Encoding.PEM)
        return cls(pem, certificate.fingerprint(hashes.SHA256()).hex())

    def load_into(self, context: ssl.SSLContext) -> None:
        """Let a server's connections to come use this certificate."""
        with TemporaryDirectory() as folder:  # ssl reads certificates from files only
            path = Path(folder, "certificate.pem")
            path.write_bytes(self.pem)
            context.load_cert_chain(path)
