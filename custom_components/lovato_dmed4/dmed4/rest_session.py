"""How requests go to a meter's web server: each on a connection of its own, and once."""

from ssl import SSLContext
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_middlewares import ClientHandlerType

from .errors import UnexpectedAnswerError

# The longest answer is a record of a thousand bytes. What is much longer is no DMED4's.
_ANSWER_LIMIT: Final = 65536


def open_session(
    resolver: AbstractResolver | None = None, context: SSLContext | None = None
) -> aiohttp.ClientSession:
    """Open an HTTP session that makes a connection for each request.

    A meter closes each connection, with or without saying so beforehand. On a connection that is
    used again, a command would meet the closing one and get lost.

    Args:
        resolver: of host names; the system's by default.
        context: what verified certificates are checked with; aiohttp's by default.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            force_close=True, resolver=resolver, ssl=True if context is None else context
        )
    )


async def send_once(
    request: aiohttp.ClientRequest, handler: ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a request when its answer is lost.

    It takes every PUT for idempotent. A repeated command would end up in a signed record, and a
    repeated wrong password counts twice.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
        raise aiohttp.ClientConnectionError(f"no answer, and not repeated: {err}") from err


async def read_limited(content: aiohttp.StreamReader) -> bytes:
    """Read a body; one that does not end as HTTP requires is whole if its JSON is."""
    body = bytearray()
    try:
        async for piece in content.iter_any():
            body += piece
            if len(body) > _ANSWER_LIMIT:
                raise UnexpectedAnswerError(f"an answer of more than {_ANSWER_LIMIT} bytes")
    except aiohttp.ClientPayloadError:
        # aiohttp keeps back what came with the wrong end. The manual prints that end as a lone 0.
        body += content._read_nowait(-1)  # noqa: SLF001 - there is no public way to it
    return bytes(body)
