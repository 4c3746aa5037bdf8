"""The meter over HTTP (manual: API communication over HTTP/HTTPS protocol)."""

import asyncio
import json
import re
import ssl
from types import TracebackType
from typing import Any, Self, override

from aiohttp import web

from .certificate import Certificate
from .display import RemoteDisplay
from .errors import (
    BusyError,
    LoginLockedError,
    MeterError,
    NoEntryError,
    NotLoggedInError,
    OutOfRangeError,
    WrongPasswordError,
)
from .faults import RestFault, RestFaults
from .meter import SimulatedMeter
from .readings import Readings
from .replay import ReplayedMeter
from .rest_api import Api, Call, DisplayApi, MeterApi, Methods

CHUNK_SIZE = 256
"""Bytes of one chunk (manual: chunked transfer)."""

_BAD_REQUEST = (400, "Bad request")
_FAILURES = {
    RestFault.BAD_REQUEST: _BAD_REQUEST,
    RestFault.SERVER_ERROR: (500, "Internal Server Error"),
    RestFault.NOT_IMPLEMENTED: (501, "Not Implemented"),
    RestFault.UNAVAILABLE: (503, "Service Unavailable"),
}
_REFUSALS: dict[type[MeterError], tuple[int, str]] = {
    NoEntryError: (404, "Not Found"),
    NotLoggedInError: (401, "Unauthorized"),
    WrongPasswordError: (401, "Unauthorized"),
    LoginLockedError: (403, "Forbidden"),
    BusyError: (503, "Service Unavailable"),
}
_DISPLAY = "/force_display"
_CHANNEL = re.compile(r"^/v1/[1-4]/")
_SETTINGS = "/v1/charge_settings"
_EXAMPLE = ("datetime", "datetime_offset", "tariff", "command")
_MISSING_PATHS = {
    ("no_system", "/v1/system_status"): (404, "Not Found"),
    ("no_logbook_info", "/v1/logbook/info"): (501, "Not Implemented"),
}
_NOT_JSON = b"<html><body>DMED4</body></html>"


class RestServer:
    """The web server of a meter or of a remote display DMED4DC1.

    Args:
        meter: What answers.
        host: Address to listen on.
        port: 0 for any free one; the same again after a stop.
        tls: Serve HTTPS, with a certificate made on the spot.
        response_time: Seconds that an answer takes, so that requests that overlap are seen.

    Attributes:
        requests: Method and path of the requests so far.
        max_concurrent: How many requests were under way at a time, at most.
        faults: What goes wrong.
        certificate_fingerprint: SHA-256 of the certificate (DER), 64 hexadecimal digits; without
            TLS empty.
    """

    def __init__(
        self,
        meter: SimulatedMeter | RemoteDisplay | ReplayedMeter,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        response_time: float = 0.005,
    ) -> None:
        self._device = meter
        self._api = _api_of(meter)
        self.host = host
        self.port = port
        self.tls = tls
        self._tls_context: ssl.SSLContext | None = None
        self.certificate_fingerprint = ""
        if tls:
            self._tls_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.renew_certificate()
        self._response_time = response_time
        self.requests: list[tuple[str, str]] = []
        self.max_concurrent = 0
        self.faults = RestFaults()
        self._concurrent = 0
        self._runner: web.ServerRunner | None = None
        meter.on_reboot(self._drop_connections)

    @property
    def url(self) -> str:
        """Where the server is: `http://127.0.0.1:8080`."""
        return f"http{'s' if self.tls else ''}://{self.host}:{self.port}"

    def renew_certificate(self) -> None:
        """Use another certificate with another key, for the connections to come."""
        assert self._tls_context is not None  # noqa: S101 - only a server with TLS has one
        certificate = Certificate.make(self._device.name)
        certificate.load_into(self._tls_context)
        self.certificate_fingerprint = certificate.fingerprint

    async def start(self) -> None:
        """Plug the meter in."""
        self._runner = web.ServerRunner(
            web.Server(self._handle, handler_cancellation=True, access_log=None),
            shutdown_timeout=0,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, ssl_context=self._tls_context)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Unplug the meter: open connections break off."""
        if self._runner is not None:
            self._drop_connections()
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    def _drop_connections(self) -> None:
        if self._runner is not None and self._runner.server is not None:
            for connection in self._runner.server.connections:
                connection.force_close()

    # --- HTTP

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        self._concurrent += 1
        self.max_concurrent = max(self.max_concurrent, self._concurrent)
        try:
            if isinstance(self._device, ReplayedMeter):
                return await _replayed(self._device, request)
            return await self._respond(request)
        finally:
            self._concurrent -= 1
            self._api.finish()

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        call = Call(request.method, request.query, await request.read())
        await asyncio.sleep(self._response_time)
        fault = self.faults.take(f"{request.method} {request.rel_url}")
        if fault is RestFault.SILENCE:
            await asyncio.Event().wait()
        if fault in _FAILURES:
            return _failure(*_FAILURES[fault], "a fault of the simulator's")
        try:
            answer = "" if self._device.rebooting else self._carry_out(request.path, call)
        except TimeoutError:
            await asyncio.Event().wait()
            raise
        except ConnectionAbortedError:
            return _break_off(request, web.Response())
        await asyncio.sleep(self.faults.delay)
        if self._device.rebooting or fault is RestFault.LOST_ANSWER:
            return _break_off(request, web.Response())
        readings = self._device.readings
        if call.method != "GET" and answer == "" and fault is None:
            answer = _done(readings)
        if isinstance(answer, web.Response):
            return answer
        body = (
            _NOT_JSON
            if fault is RestFault.NOT_JSON
            else self._changed(answer).encode(errors="surrogateescape")
        )
        if fault is None and (sent := await _send_otherwise(request, body, readings)):
            return sent
        return await _send(request, body, cut=fault is RestFault.CUT)

    def _carry_out(self, path: str, call: Call) -> web.Response | str:
        if (
            self.tls
            and path.endswith(_DISPLAY)
            and self._device.readings.follows("display_with_tls", "refused")
        ):
            return _failure(501, "Not Implemented", "only without TLS")
        readings = self._device.readings
        try:
            if missing := _MISSING_PATHS.get((readings["paths"], path)):
                return _failure(*missing, path)
            if (methods := self._methods(path)) is None:
                raise NoEntryError(path)
            if call.method not in methods or self._refuses(call.method, methods):
                return _failure(501, "Not Implemented", call.method)
            if path == _SETTINGS and call.method == "POST":
                _check_whole(call, readings)
            return methods[call.method](call)
        except MeterError as error:
            status, reason = _REFUSALS.get(type(error), _BAD_REQUEST)
            said = call.method != "GET" and readings.follows("refusal", "result")
            in_body = said and type(error) not in _REFUSALS
            return '{"result": 0}' if in_body else _failure(status, reason, str(error))

    def _methods(self, path: str) -> Methods | None:
        """Return what can be done with a path; None where it is answered that there is none.

        Raises:
            ConnectionAbortedError: Such a path is answered by closing the connection.
            TimeoutError: It is not answered.
        """
        if (methods := self._api.methods(path)) is not None:
            return methods
        match self._device.readings["unknown_paths"]:
            case "closed":
                raise ConnectionAbortedError
            case "silent":
                raise TimeoutError
            case "channel":
                return self._api.methods(_CHANNEL.sub("/v1/", path))
        return None

    def _refuses(self, method: str, methods: Methods) -> bool:
        """Return whether the meter has only the other one of PUT and POST."""
        follows = self._device.readings.follows
        both = {"PUT", "POST"} <= methods.keys()
        return both and (
            (method == "POST" and follows("write_method", "put"))
            or (method == "PUT" and follows("write_method", "post"))
        )

    def _changed(self, body: str) -> str:
        missing, extra = self.faults.missing_fields, self.faults.extra_fields
        if not body or not (missing or extra):
            return body
        return json.dumps(_without(json.loads(body), missing) | extra)


async def _replayed(meter: ReplayedMeter, request: web.BaseRequest) -> web.StreamResponse:
    """Send byte for byte what a real meter once sent."""
    body = await request.read()
    try:
        answer = meter.page(request.method, request.rel_url.raw_path_qs, body)
    except TimeoutError:
        await asyncio.Event().wait()
        raise
    if answer is None:
        if request.method == "GET":
            return _failure(404, "Not Found", request.path)
        return _failure(400, "Bad request", "a replay takes no writes")
    if not answer:
        return _break_off(request, web.Response())
    assert request.transport is not None  # noqa: S101 - it has just been read from
    request.transport.write(answer)
    if meter.keeps_open:
        await asyncio.Event().wait()
    request.transport.close()
    return web.Response()


class _NoApi(Api):
    """In place of what answers, where only what was once sent is sent again."""

    @override
    def methods(self, path: str) -> Methods | None:
        return None

    @override
    def finish(self) -> None:
        pass


def _api_of(device: SimulatedMeter | RemoteDisplay | ReplayedMeter) -> Api:
    if isinstance(device, ReplayedMeter):
        return _NoApi()
    if isinstance(device, SimulatedMeter):
        return MeterApi(device)
    if not device.model.ethernet:
        raise ValueError(f"{device.name} has no Ethernet port")
    return DisplayApi(device)


async def _send(request: web.BaseRequest, body: bytes, *, cut: bool) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.force_close()
    response.enable_chunked_encoding()
    await response.prepare(request)
    body = body[: len(body) // 2] if cut else body
    for start in range(0, len(body), CHUNK_SIZE):
        await response.write(body[start : start + CHUNK_SIZE])
    if cut:
        return _break_off(request, response)
    await response.write_eof()
    return response


def _done(readings: Readings) -> web.Response | str:
    """Return the answer to a write that was carried out."""
    if readings.follows("success", "201", "204"):
        response = web.Response(status=int(readings["success"]))
        response.force_close()
        return response
    return '{"result": 1}' if readings.follows("success", "result") else ""


async def _send_otherwise(
    request: web.BaseRequest, body: bytes, readings: Readings
) -> web.StreamResponse | None:
    """Send an answer in another form than HTTP and the default reading have it; None if in none."""
    changed = _rewritten(body, readings)
    if readings.follows("closing", "kept"):
        return web.Response(body=changed, content_type="application/json")
    if (raw := _frame(changed, readings)) is None:
        return None if changed == body else await _send(request, changed, cut=False)
    assert request.transport is not None  # noqa: S101 - it has just been read from
    request.transport.write(raw)
    request.transport.close()
    return web.Response()


def _rewritten(body: bytes, readings: Readings) -> bytes:
    """Return a body in the form, and with what stands around it, that the readings say."""
    form, padding = readings["answer_form"], readings["answer_padding"]
    if body.endswith(b"}"):
        body = {"list": b"[%b]" % body, "comma": body[:-1] + b",}"}.get(form, body)
    return {"nul": body + b"\0", "bom": b"\xef\xbb\xbf" + body}.get(padding, body)


def _frame(body: bytes, readings: Readings) -> bytes | None:
    """Return all of an answer byte for byte; None where it is framed as HTTP says."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    length = {"long": len(body) + 1, "short": len(body) - 1}.get(readings["answer_length"])
    if readings.follows("closing", "unannounced"):
        length = len(body) if length is None else length
    else:
        head += b"Connection: close\r\n"
    if length is not None:
        return head + b"Content-Length: %d\r\n\r\n" % length + body
    both = readings.follows("answer_length", "both")
    if readings.follows("answer_end", "http") and not both:
        return None
    if both:
        head += b"Content-Length: %d\r\n" % len(body)
    parts = [body[i : i + CHUNK_SIZE] for i in range(0, len(body), CHUNK_SIZE)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    ends = {"line": b"0\r\n", "none": b""}
    chunks += ends.get(readings["answer_end"], b"0\r\n\r\n")
    if readings.follows("answer_end", "line_feeds"):
        chunks = chunks.replace(b"\r\n", b"\n")
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks


def _check_whole(call: Call, readings: Readings) -> None:
    if readings.follows("write_method", "whole_post") and not {*_EXAMPLE} <= call.json().keys():
        raise OutOfRangeError(f"the body has {', '.join(_EXAMPLE)}")


def _break_off(request: web.BaseRequest, response: web.StreamResponse) -> web.StreamResponse:
    assert request.transport is not None  # noqa: S101 - it has just been read from
    request.transport.abort()
    return response


def _without(data: Any, names: set[str]) -> Any:
    if not isinstance(data, dict):
        return data
    return {name: _without(value, names) for name, value in data.items() if name not in names}


def _failure(status: int, reason: str, text: str) -> web.Response:
    response = web.Response(status=status, reason=reason, text=text)
    response.force_close()
    return response
