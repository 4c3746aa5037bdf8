"""The certificate that a web server shows."""

import aiohttp

from .errors import CertificateChangedError, TlsFailedError
from .rest import RestMeter
from .rest_session import Tls


async def fetch_fingerprint(session: aiohttp.ClientSession, host: str, port: int) -> str:
    """Get the SHA-256 fingerprint, in hex, of a web server's certificate; it is sent nothing.

    Raises:
        CannotConnectError: nothing answers at the address.
        SilentError: no answer came in time.
        TlsFailedError: what answers does not speak TLS.
    """
    # No certificate has this fingerprint, so the connection ends where it is compared.
    nobody = RestMeter(session, host, port, tls=Tls.PINNED, certificate="00" * 32)
    try:
        await nobody.read_status()
    except CertificateChangedError as err:
        return err.found
    raise TlsFailedError("the web server shows no certificate")
