"""How requests go to a meter's web server: each on a connection of its own, and once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from http import HTTPStatus
from ssl import SSLContext
from typing import Final, TypedDict, override

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.http import RawResponseMessage

from . import rest_habits
from .errors import (
    CannotConnectError,
    CertificateChangedError,
    CertificateNotTrustedError,
    RefusedError,
    SilentError,
    TlsFailedError,
    UnexpectedAnswerError,
)
from .repeating import Reply
from .tap import Tap, tap_connector, tapped_requests

# The longest answer is a record of a thousand bytes. What is much longer is no DMED4's.
_ANSWER_LIMIT: Final = 65536

# Nobody asks a meter for HTTP 1xx; a proxy may send one.
_INTERIM_ANSWERS: Final = 4


# Refusals of what is asked, whatever is asked with it: the request was understood and not carried
# out. 401 and 403 ask for a login, 5xx other than 501 come from a meter in trouble.
REFUSALS: Final = (400, 404, 405, HTTPStatus.NOT_IMPLEMENTED)

# Refusals of the method alone, which a command can be repeated after with another one.
METHOD_REFUSALS: Final = (405, HTTPStatus.NOT_IMPLEMENTED)


class Tls(StrEnum):
    """How a meter proves over the network that it is the meter."""

    OFF = "off"
    """Not at all: HTTP."""
    PINNED = "pinned"
    """By the one certificate that was accepted when it was set up."""
    VERIFIED = "verified"
    """By a certificate that the system trusts for its host name."""


class Connection(TypedDict, total=False):
    """How a web server is reached, besides its address."""

    tls: Tls
    certificate: str
    channel: int
    timeout: float


def open_session(
    resolver: AbstractResolver | None = None,
    context: SSLContext | None = None,
    tap: Tap | None = None,
) -> aiohttp.ClientSession:
    """Open an HTTP session that makes a connection for each request.

    A meter closes each connection, with or without saying so beforehand. On a connection that is
    used again, a command would meet the closing one and get lost.

    Args:
        resolver: of host names; the system's by default.
        context: what verified certificates are checked with; aiohttp's by default.
        tap: takes note of all bytes in both directions.
    """
    connector = aiohttp.TCPConnector(
        force_close=True, resolver=resolver, ssl=True if context is None else context
    )
    if tap is None:
        return aiohttp.ClientSession(connector=connector)
    tap_connector(connector, tap)
    return aiohttp.ClientSession(connector=connector, trace_configs=[tapped_requests(tap)])


class _OneAnswer(aiohttp.ClientResponse):
    """A response that few others come before: aiohttp passes over HTTP 1xx without end."""

    @override
    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        protocol = connection.protocol
        if protocol is None:
            raise aiohttp.ClientConnectionError("the connection was closed")
        read, left = protocol.read, _INTERIM_ANSWERS

        async def limited() -> tuple[RawResponseMessage, aiohttp.StreamReader]:
            nonlocal left
            left -= 1
            if left < 0:
                raise aiohttp.ClientPayloadError("one HTTP 1xx after the other")
            return await read()

        protocol.read = limited  # type: ignore[method-assign]
        try:
            return await super().start(connection)
        finally:
            del protocol.read


async def send_once(
    request: aiohttp.ClientRequest, handler: ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a request when its answer is lost.

    It takes every PUT for idempotent. A repeated command would end up in a signed record, and a
    repeated wrong password counts twice. What may be repeated is repeated by `Repeater`.
    """
    request.response_class = _OneAnswer
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
        raise aiohttp.ClientConnectionError(f"no answer: {err}") from err


async def read_limited(content: aiohttp.StreamReader, note: Callable[..., None]) -> bytes:
    """Read a body; one that does not end as HTTP requires is whole if its JSON is."""
    body = bytearray()
    try:
        async for piece in content.iter_any():
            body += piece
            if len(body) > _ANSWER_LIMIT:
                raise UnexpectedAnswerError(f"an answer of more than {_ANSWER_LIMIT} bytes")
    except aiohttp.ClientPayloadError:
        # aiohttp keeps back what came with the wrong end. The manual prints that end as a lone 0.
        note(rest_habits.OTHER_END)
        body += content._read_nowait(-1)  # noqa: SLF001 - there is no public way to it
    return bytes(body)


@contextmanager
def translated_errors(request: str) -> Iterator[None]:
    """Surround a request, which is named in the messages: MeterError is all that it raises."""
    try:
        yield
    except TimeoutError as err:
        raise SilentError(f"no answer to {request} in time") from err
    except aiohttp.ServerFingerprintMismatch as err:
        raise CertificateChangedError(err.expected.hex(), err.got.hex()) from err
    except aiohttp.ClientConnectorCertificateError as err:
        raise CertificateNotTrustedError(str(err)) from err
    except (aiohttp.ClientSSLError, AttributeError) as err:
        # aiohttp trips over a peer that closes right after the handshake.
        raise TlsFailedError(str(err)) from err
    except (aiohttp.ClientConnectionError, OSError) as err:
        raise CannotConnectError(str(err)) from err
    except (aiohttp.ClientError, ValueError) as err:
        raise UnexpectedAnswerError(f"{request}: {err}") from err


def outcome(error: Exception) -> Reply:
    """What an error says of a request."""
    if isinstance(error, RefusedError):
        if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
            return Reply.BUSY
        # What a meter does not have it answers with 501 (manual: API).
        in_trouble = (error.code or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
        lacking = error.code == HTTPStatus.NOT_IMPLEMENTED
        return Reply.DISTURBED if in_trouble and not lacking else Reply.ANSWERED
    if isinstance(error, SilentError):
        return Reply.SILENT
    if isinstance(error, CannotConnectError | UnexpectedAnswerError):
        return Reply.DISTURBED
    return Reply.ANSWERED
