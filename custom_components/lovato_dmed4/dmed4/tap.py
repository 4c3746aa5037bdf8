"""Listens on a line: all bytes that go to a device and come from it, as they are."""

from functools import partial
from typing import Protocol, cast, override

import aiohttp
from aiohttp.client_proto import ResponseHandler


class Tap(Protocol):
    """Takes note of what goes over a line, one request at a time."""

    def sent(self, data: bytes, *, more: bool = False) -> None:
        """Take note of a request, or of more of the present one."""

    def received(self, data: bytes) -> None:
        """Take note of what has come since the request, piece by piece."""


class _TappedHandler(ResponseHandler):
    """The receiving end of an HTTP connection."""

    def __init__(self, tap: Tap, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self._tap = tap

    @override
    def data_received(self, data: bytes) -> None:
        self._tap.received(data)
        super().data_received(data)


def tap_connector(connector: aiohttp.TCPConnector, tap: Tap) -> None:
    """Listen on all connections that a connector is going to make."""
    handler = connector._factory  # noqa: SLF001 - aiohttp offers no other way to the bytes
    tapped = partial(_TappedHandler, tap, **handler.keywords)
    connector._factory = cast("partial[ResponseHandler]", tapped)  # noqa: SLF001


def tapped_requests(tap: Tap) -> aiohttp.TraceConfig:
    """Listen to the requests of an HTTP session."""
    trace = aiohttp.TraceConfig()

    async def head(
        _: aiohttp.ClientSession, context: object, sent: aiohttp.TraceRequestHeadersSentParams
    ) -> None:
        headers = "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items())
        tap.sent(f"{sent.method} {sent.url.raw_path_qs} HTTP/1.1\r\n{headers}\r\n".encode())

    async def body(
        _: aiohttp.ClientSession, context: object, sent: aiohttp.TraceRequestChunkSentParams
    ) -> None:
        tap.sent(sent.chunk, more=True)

    trace.on_request_headers_sent.append(head)
    trace.on_request_chunk_sent.append(body)
    return trace
