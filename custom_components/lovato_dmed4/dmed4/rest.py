"""The meter over its REST API."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from functools import partial
from http import HTTPStatus
import json
import re
import time
from typing import Final, TypedDict, Unpack, override

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.http import RawResponseMessage
from yarl import URL

from .errors import (
    CannotConnectError,
    CertificateChangedError,
    CertificateNotTrustedError,
    NotADmed4Error,
    RefusedError,
    SilentError,
    TlsFailedError,
    UnexpectedAnswerError,
    WrongPasswordError,
)
from .links import http_lock
from .logbook import RestLogbook
from .model import (
    Command,
    DisplayPage,
    FastMeasures,
    Feature,
    Housekeeping,
    Identity,
    LiveData,
    LogbookInfo,
    MeasurementStatus,
    Measures,
    MeterErrors,
    OperativeStatus,
    Settings,
    SignatureFormat,
    SignatureStatus,
    Status,
    SystemCode,
    SystemStatus,
    drift_seconds,
)
from .parameters import RestParameters
from .repeating import Outcome, Repeater
from .scale import MeasureScale

# `model_code` of system_status.
MODELS: Final = (
    "DMED404R1500",
    "DMED404R0600",
    "DMED404R0400",
    "DMED404R0150",
    "DMED404D1500",
    "DMED404D0600",
    "DMED404D0400",
    "DMED404D0150",
)

# A meter sends chunks of 256 bytes and signs in between; what takes longer than this is lost.
_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)

# An encrypted connection takes a small processor a second or more.
_PATIENCE: Final = 2.5

# The longest answer is a record of a thousand bytes. What is much longer is no DMED4's.
_ANSWER_LIMIT: Final = 65536

# Nobody asks a meter for HTTP 1xx; a proxy may send one.
_INTERIM_ANSWERS: Final = 4

_NUMBER_LIMIT: Final = 2**64

_JSON: Final = {"Content-Type": "application/json"}

_UNESCAPED_TEXT: Final = re.compile(
    r'\s*\{\s*"(?P<name>OCMF[_ ](?:BUFF|LOG)|EVENT[_ ]LOG)"\s*:\s*"(?P<text>.*)"\s*\}\s*', re.DOTALL
)

# The manual's tables spell some bits of system_status in another way than its schema.
_SPELLINGS: Final = {
    "flash_pattern_error": "flash_err",
    "init_uncorrect_flag": "init_uncorrect_err",
    "meas_not_comm_error": "meas_not_comm_err",
}

type Answer = Mapping[str, object]


class Tls(StrEnum):
    """How a meter proves over the network that it is the meter."""

    OFF = "off"
    """Not at all: HTTP."""
    PINNED = "pinned"
    """By the one certificate that was accepted when it was set up."""
    VERIFIED = "verified"
    """By a certificate that the system trusts for its host name."""


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


async def _send_once(
    request: aiohttp.ClientRequest, handler: ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a request by itself when its answer is lost.

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


class Connection(TypedDict, total=False):
    """How a web server is reached, besides its address."""

    tls: Tls
    certificate: str
    channel: int


class RestDevice:
    """A web server with the API, a meter's own or that of a remote display.

    Args:
        session: not used for anything that outlives a request.
        host: name or IP address.
        port: 80, or 443 with TLS, unless the meter's settings say otherwise.
        tls: how the meter proves who it is.
        certificate: with ``Tls.PINNED``, the SHA-256 fingerprint in hex.
        channel: 1…4 for a meter behind a display DMED4DC1, 0 for the web server's own.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        host: str,
        port: int,
        *,
        tls: Tls = Tls.OFF,
        certificate: str = "",
        channel: int = 0,
    ) -> None:
        self._session = session
        self._url = URL.build(
            scheme="http" if tls is Tls.OFF else "https",
            host=host,
            port=port,
            path=f"/v1/{channel}/" if channel else "/v1/",
        )
        self._ssl = aiohttp.Fingerprint(bytes.fromhex(certificate)) if tls is Tls.PINNED else True
        self._lock = http_lock(host, port)
        self._repeater = Repeater(_outcome, _PATIENCE)

    async def close(self) -> None:
        """Nothing is kept open: the meter closes each connection itself."""

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        async def get(limit: float | None) -> Answer:
            return _parse(await self._request("GET", path, limit, parameters=query))

        return await self._repeater.ask(get)

    async def _put(self, path: str, **parameters: str) -> None:
        """Send parameters in the query, for what the manual offers no POST for; repeated."""
        await self._repeater.ask(partial(self._request, "PUT", path, parameters=parameters))

    async def _put_once(self, path: str, **parameters: str) -> None:
        await self._request("PUT", path, parameters=parameters)

    async def _post(self, path: str, values: Mapping[str, str | int]) -> None:
        """Post what may be set twice; repeated."""
        await self._post_body(path, json.dumps(values).encode())

    async def _post_body(self, path: str, body: bytes) -> None:
        await self._repeater.ask(partial(self._request, "POST", path, data=body, headers=_JSON))

    async def _post_once(self, path: str, values: Mapping[str, str | int]) -> None:
        await self._request("POST", path, data=json.dumps(values).encode(), headers=_JSON)

    async def _request(
        self,
        method: str,
        path: str,
        limit: float | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Make one request, while no other goes to the same web server.

        Args:
            method: of HTTP.
            path: after the version and the channel.
            limit: seconds that it may take; otherwise as long as any may.
            parameters: of the query.
            data: the body.
            headers: what else aiohttp does not send anyway.
        """
        try:
            async with (
                self._lock,
                self._session.request(
                    method,
                    self._url.joinpath(path).with_query(parameters),
                    data=data,
                    headers=headers,
                    timeout=_timeout(limit),
                    allow_redirects=False,
                    ssl=self._ssl,
                    middlewares=(_send_once,),
                ) as response,
            ):
                body = await _read_limited(response.content)
        except TimeoutError as err:
            raise SilentError(f"no answer to {method} {path} in time") from err
        except aiohttp.ServerFingerprintMismatch as err:
            raise CertificateChangedError(err.expected.hex(), err.got.hex()) from err
        except aiohttp.ClientConnectorCertificateError as err:
            raise CertificateNotTrustedError(str(err)) from err
        except aiohttp.ClientSSLError as err:
            raise TlsFailedError(str(err)) from err
        except (aiohttp.ClientConnectionError, OSError) as err:
            raise CannotConnectError(str(err)) from err
        except (aiohttp.ClientError, ValueError) as err:
            raise UnexpectedAnswerError(f"{method} {path}: {err}") from err
        if response.status >= 300:  # noqa: PLR2004 - a redirect is no answer of a meter either
            text = body[:100].decode(errors="replace").strip()
            raise RefusedError(f"HTTP {response.status} {response.reason}: {text}", response.status)
        return body


def _timeout(limit: float | None) -> aiohttp.ClientTimeout:
    total = _TIMEOUT.total
    return aiohttp.ClientTimeout(total=min(limit, total) if limit and total else total)


def _outcome(error: Exception) -> Outcome:
    if isinstance(error, RefusedError):
        if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
            return Outcome.BUSY
        # What a meter does not have it answers with 501 (manual: API).
        broken = (error.code or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
        lasting = error.code == HTTPStatus.NOT_IMPLEMENTED
        return Outcome.DISTURBED if broken and not lasting else Outcome.ANSWERED
    if isinstance(error, CannotConnectError | SilentError | UnexpectedAnswerError):
        return Outcome.DISTURBED
    return Outcome.ANSWERED


class RestMeter(RestDevice):
    """A DMED4 behind a web server, its own or that of a remote display.

    Args:
        session: as for RestDevice, like host, port and what else it takes.
        host: name or IP address.
        port: of the web server.
        scale: of the measures; by default the manual's, as far as it can be read.
        **connection: what else RestDevice takes.
    """

    features = (
        Feature.SYSTEM_STATUS
        | Feature.CHARGE_SETTINGS
        | Feature.PARAMETER_BLOCK
        | Feature.RECORD_SEARCH
        | Feature.PARSED_EVENTS
    )
    shortest_interval = 0.0
    # A connection for each request, and the web server is there for others as well.
    fast_interval = 1.0

    def __init__(
        self,
        session: aiohttp.ClientSession,
        host: str,
        port: int,
        *,
        scale: MeasureScale | None = None,
        **connection: Unpack[Connection],
    ) -> None:
        super().__init__(session, host, port, **connection)
        self._scale = scale or MeasureScale()
        self._shown: tuple[object, ...] = ()
        self.link_losses = 0
        self.parameters: Final = RestParameters(
            get=self._get, post=self._post_once, read_system=self.read_system, host=host
        )
        self.logbook: Final = RestLogbook(self)

    async def identify(self) -> Identity:
        """Read the public key and the model."""
        try:
            settings = await self._get("charge_settings")
            system = await self._get("system_status")
        except (RefusedError, UnexpectedAnswerError) as err:
            if _outcome(err) is Outcome.DISTURBED and isinstance(err, RefusedError):
                raise  # HTTP 5xx says nothing of who it is
            raise NotADmed4Error("this web server has no API of a DMED4") from err
        self._shown = _shown(settings, system)
        # A DMED403 has no model code.
        if "public_key" not in settings or "serial_number" not in system:
            raise NotADmed4Error("this web server's answers are not those of a DMED4")
        code = _integer(system, "model_code")
        serial = _integer(system, "serial_number")
        return Identity(
            model=MODELS[code] if code is not None and 0 <= code < len(MODELS) else "DMED4",
            public_key=_hex(settings, "public_key"),
            public_key_ocmf=_hex(settings, "public_key_ocmf"),
            serial_number=None if serial is None else str(serial),
            firmware=_text(system, "meas_fw_rev"),
        )

    async def read_live(self) -> LiveData:
        """Read measures and status in two requests."""
        answer = await self._get("measure")
        fast = self._fast_measures(answer)
        return LiveData(
            measures=Measures(
                voltage=fast.voltage,
                current=fast.current,
                power=fast.power,
                energy_imported=_scaled(answer, "energypos", 3),  # Wh
                energy_exported=_scaled(answer, "energyneg", 3),  # Wh
                cycle_energy_imported=_scaled(answer, "energy", 3),  # Wh
                cycle_energy_exported=_scaled(answer, "energy_neg", 3),  # Wh
                temperature_i1=_scaled(answer, "temperature_i1", 1),
                temperature_i2=_scaled(answer, "temperature_i2", 1),
            ),
            status=await self.read_status(),
        )

    async def read_fast(self) -> FastMeasures:
        """Read the measures, and take of them what changes fast."""
        return self._fast_measures(await self._get("measure"))

    def _fast_measures(self, answer: Answer) -> FastMeasures:
        return FastMeasures(
            voltage=_scaled(answer, "voltage", self._scale.voltage),
            current=_scaled(answer, "current", self._scale.current),
            power=_scaled(answer, "power", self._scale.power),
        )

    async def read_status(self) -> Status:
        """Read the four status words; without them nothing can be said of the meter."""
        answer = await self._get("charge_status")
        words = [
            _integer(answer, name)
            for name in (
                "measurement_status",
                "signature_status",
                "error_status_1",
                "error_status_2",
            )
        ]
        measurement, signature, first, second = words
        if measurement is None or signature is None or first is None or second is None:
            raise UnexpectedAnswerError("charge_status lacks a status word")
        return Status(
            measurement=MeasurementStatus(measurement),
            signature=SignatureStatus(signature),
            errors=MeterErrors.from_dwords(first, second),
        )

    async def read_housekeeping(self) -> Housekeeping:
        """Read clock, settings, logbook counts and system status in three requests."""
        settings = await self._get("charge_settings")
        now = time.time()
        logbook = await self.read_logbook_info()
        system = await self._get("system_status")
        for known, shown in zip(self._shown, _shown(settings, system), strict=False):
            if shown is not None and shown != known:
                # There is no lasting link that could be lost: this is how another meter shows.
                self.link_losses += 1
        clock = _integer(settings, "datetime")
        return Housekeeping(
            clock_drift=None if clock is None else drift_seconds(clock, now),
            logbook=logbook,
            settings=_settings(settings),
            system=_system(system),
        )

    async def read_logbook_info(self) -> LogbookInfo:
        """Read the state of the logbooks."""
        answer = await self._get("logbook/info")
        return LogbookInfo(
            records_saved=_integer(answer, "ocmf_total_number"),
            records_maximum=_integer(answer, "ocmf_max_number"),
            first_progressive=_integer(answer, "ocmf_first_internal_progressive"),
            last_progressive=_integer(answer, "ocmf_last_internal_progressive"),
            events_saved=_integer(answer, "events_total_number"),
            events_maximum=_integer(answer, "events_max_number"),
            search_status=_integer(answer, "log_search_status"),
            search_position=_integer(answer, "log_search_position"),
        )

    async def read_last_record(self) -> bytes:
        """Fetch the last record; the web server gives it in one piece."""
        return await self.fetch_text("ocmf", "ocmf_buff")

    async def fetch_text(
        self, path: str, name: str, query: Mapping[str, str] | None = None
    ) -> bytes:
        """Fetch one text of an answer, byte for byte; empty where it is missing."""
        return _record(await self._get(path, query), name)

    async def write_clock(self, moment: datetime) -> None:
        """Set the clock."""
        await self._post("charge_settings", {"datetime": round(moment.timestamp())})

    async def write_prototype(self, prototype: bytes) -> None:
        """Post the bare payload object."""
        await self._post_body("ocmf", prototype)

    async def send(self, command: Command) -> None:
        """Give a command, once."""
        await self._post_once("charge_settings", {"command": command.value})

    async def switch_display(self, *, on: bool) -> None:
        """Switch the display."""
        await self._post("force_display", {"display_on_off": int(on)})

    async def show_page(self, page: DisplayPage) -> None:
        """Choose the display's page."""
        await self._post("force_display", {"set_page": int(page)})

    async def read_settings(self) -> Settings:
        """Read the settings (charge_settings)."""
        return _settings(await self._get("charge_settings"))

    async def write_time_offset(self, minutes: int) -> None:
        """Set the offset to UTC and see whether it was taken."""
        await self._write_setting("datetime_offset", minutes)

    async def write_tariff(self, tariff: int) -> None:
        """Set the tariff and see whether it was taken."""
        await self._write_setting("tariff", tariff)

    async def write_cable_resistance(self, resistance: int) -> None:
        """Set the cable resistance and see whether it was taken."""
        await self._write_setting("res_cable", resistance)

    async def _write_setting(self, name: str, value: int) -> None:
        await self._post("charge_settings", {name: value})
        if _integer(await self._get("charge_settings"), name) != value:
            raise RefusedError(f"{name} was not taken")

    async def read_system(self) -> SystemStatus:
        """Read the state of hardware and firmware (system_status)."""
        return _system(await self._get("system_status"))

    async def log_in(self, password: str) -> None:
        """Log in; whether it worked tells the status, not the answer.

        No error of this request is passed on as it is: it may hold the address, and so the password.
        """
        try:
            await self._put_once("login", password=password)
        except RefusedError:
            pass
        except UnexpectedAnswerError:
            raise UnexpectedAnswerError("the answer to the login can't be understood") from None
        if not (await self.read_system()).logged_in:
            raise WrongPasswordError("the meter is not logged in afterwards")

    async def set_operating(self) -> None:
        """Finish commissioning; whether it is finished tells the status, not the answer."""
        await self._post_once("system_status", {"operative_status": OperativeStatus.OPERATING})
        if (await self.read_system()).operative_status is not OperativeStatus.OPERATING:
            raise RefusedError("the meter did not become operating")


async def _read_limited(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for piece in content.iter_any():
        body += piece
        if len(body) > _ANSWER_LIMIT:
            raise UnexpectedAnswerError(f"an answer of more than {_ANSWER_LIMIT} bytes")
    return bytes(body)


def _parse(body: bytes) -> Answer:
    """Read a JSON object, its names in lower case with underscores.

    The manual prints some names with spaces and others with capitals, and says of a record or an
    event only that it is a string: firmware that does not escape its quotes is understood, too.
    """
    text = body.decode(errors="surrogateescape")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as err:
        if (match := _UNESCAPED_TEXT.fullmatch(text)) is None:
            raise UnexpectedAnswerError(f"not JSON: {err}") from err
        answer = {match["name"]: match["text"]}
    if not isinstance(answer, dict):
        raise UnexpectedAnswerError("JSON, but not an object")
    return _normalised(answer)


def _normalised(answer: Mapping[str, object]) -> Answer:
    return {name.strip().replace(" ", "_").lower(): value for name, value in answer.items()}


def _settings(answer: Answer) -> Settings:
    """Understand charge_settings."""
    code = _integer(answer, "signature_format")
    return Settings(
        time_offset=_integer(answer, "datetime_offset"),
        tariff=_integer(answer, "tariff"),
        cable_resistance=_integer(answer, "res_cable"),
        sync_timeout=_integer(answer, "sync_timeout"),
        signature_format=None if code is None else SignatureFormat(code),
    )


def _system(answer: Answer) -> SystemStatus:
    """Understand system_status."""
    code = _integer(answer, "system_status")
    operative: OperativeStatus | None = None
    with suppress(ValueError):
        operative = OperativeStatus((_text(answer, "operative_status") or "").strip().lower())
    board_2 = _mapping(answer, "board_2_status_bits")
    fatal = _mapping(board_2, "fatal_err_bits") or _mapping(answer, "fatal_err_bits")
    return SystemStatus(
        code=None if code is None else SystemCode(code),
        operative_status=operative,
        board_1_errors=_bits(answer, "board_1_status"),
        board_2_errors=_bits(answer, "board_2_status"),
        fatal_errors=tuple(
            int(name.removeprefix("e_"))
            for name in _names_set(fatal)
            if name.removeprefix("e_").isdecimal()
        ),
        cable_resistance_locked=bool(_integer(answer, "cable_res_locked")),
        logged_in=bool(_integer(answer, "logged")),
        measure_firmware=_text(answer, "meas_fw_rev"),
        measure_checksum=_text(answer, "meas_fw_cks"),
        power_firmware=_text(answer, "pow_fw_rev"),
        power_checksum=_text(answer, "pow_fw_cks"),
    )


def _bits(answer: Answer, name: str) -> tuple[str, ...]:
    """Name the bits of a board that are set; only their number is left where they aren't named."""
    names = tuple(_SPELLINGS.get(bit, bit) for bit in _names_set(_mapping(answer, f"{name}_bits")))
    number = _integer(answer, name) or 0
    return names if names or not number else (f"code_{number}",)


def _names_set(bits: Answer) -> tuple[str, ...]:
    return tuple(name for name in bits if _number(bits, name))


def _mapping(answer: Answer, name: str) -> Answer:
    value = answer.get(name)
    return _normalised(value) if isinstance(value, dict) else {}


def _record(answer: Answer, name: str) -> bytes:
    record = answer.get(name, "")
    if not isinstance(record, str):
        raise UnexpectedAnswerError(f"{name} is no text")
    try:
        return record.encode(errors="surrogateescape")
    except UnicodeEncodeError as err:
        raise UnexpectedAnswerError(f"{name} holds what is no character") from err


def _number(answer: Answer, name: str) -> float | None:
    """Get a number, which may stand in quotes; None if it is missing or is none."""
    value = answer.get(name)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Whatever a meter counts is far below; what is not, can't be calculated with.
    return value if abs(value) < _NUMBER_LIMIT else None


def _shown(settings: Answer, system: Answer) -> tuple[object, ...]:
    """Get what tells one meter from another."""
    return _hex(settings, "public_key"), _integer(system, "serial_number")


def _integer(answer: Answer, name: str) -> int | None:
    value = _number(answer, name)
    return None if value is None else round(value)


def _scaled(answer: Answer, name: str, decimals: int) -> float | None:
    """Get a value that the meter gives as an integer with so many decimals."""
    value = _number(answer, name)
    return None if value is None else round(value / 10**decimals, decimals)


def _text(answer: Answer, name: str) -> str | None:
    value = answer.get(name)
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def _hex(answer: Answer, name: str) -> bytes | None:
    """Get a key; None if it is missing, no hex, or all zeros, as where there is none yet."""
    value = answer.get(name)
    try:
        key = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        return None
    return key if any(key) else None
