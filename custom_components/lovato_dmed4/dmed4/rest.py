"""The meter over its REST API."""

from collections.abc import Mapping
from datetime import datetime
import json
import math
import re
import time
from typing import Final

import aiohttp
from yarl import URL

from .errors import (
    CannotConnectError,
    NotADmed4Error,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
)
from .links import http_lock
from .model import (
    Command,
    DisplayPage,
    Feature,
    Housekeeping,
    Identity,
    LiveData,
    MeasurementStatus,
    Measures,
    MeterErrors,
    SignatureStatus,
    Status,
    drift_seconds,
)

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

# The longest answer is a record of a thousand bytes. What is much longer is no DMED4's.
_ANSWER_LIMIT: Final = 65536

_JSON: Final = {"Content-Type": "application/json"}

_UNESCAPED_RECORD: Final = re.compile(
    r'\s*\{\s*"(?P<name>OCMF[_ ](?:BUFF|LOG))"\s*:\s*"(?P<record>.*)"\s*\}\s*', re.DOTALL
)

type Answer = Mapping[str, object]


class RestDevice:
    """A web server with the API, a meter's own or that of a remote display."""

    def __init__(self, session: aiohttp.ClientSession, host: str, port: int) -> None:
        self._session = session
        self._url = URL.build(scheme="http", host=host, port=port, path="/v1/")
        self._lock = http_lock(host, port)

    async def close(self) -> None:
        """Nothing is kept open: the meter closes each connection itself."""

    async def _get(self, path: str) -> Answer:
        return _parse(await self._request("GET", path))

    async def _put(self, path: str, **parameters: str) -> None:
        await self._request("PUT", path, parameters=parameters)

    async def _post(self, path: str, **values: str | int) -> None:
        await self._request("POST", path, data=json.dumps(values).encode(), headers=_JSON)

    async def _request(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Make one request, while no other goes to the same web server."""
        try:
            async with (
                self._lock,
                self._session.request(
                    method,
                    self._url.joinpath(path).with_query(parameters),
                    data=data,
                    headers=headers,
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                ) as response,
            ):
                body = await _read_limited(response.content)
        except TimeoutError as err:
            raise SilentError(f"no answer to {method} {path} in time") from err
        except (aiohttp.ClientConnectionError, OSError) as err:
            raise CannotConnectError(str(err)) from err
        except (aiohttp.ClientError, ValueError) as err:
            raise UnexpectedAnswerError(f"{method} {path}: {err}") from err
        if response.status >= 300:  # noqa: PLR2004 - a redirect is no answer of a meter either
            text = body[:100].decode(errors="replace").strip()
            raise RefusedError(f"HTTP {response.status} {response.reason}: {text}")
        return body


class RestMeter(RestDevice):
    """A DMED4 behind a web server, its own or that of a remote display."""

    features = Feature(0)

    async def identify(self) -> Identity:
        """Read the public key and the model."""
        try:
            settings = await self._get("charge_settings")
            system = await self._get("system_status")
        except (RefusedError, UnexpectedAnswerError) as err:
            raise NotADmed4Error("this web server has no API of a DMED4") from err
        if "public_key" not in settings or "model_code" not in system:
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
        return LiveData(
            measures=Measures(
                voltage=_scaled(answer, "voltage", 2),
                current=_scaled(answer, "current", 4),
                power=_scaled(answer, "power", 3),
                energy_imported=_scaled(answer, "energypos", 3),  # Wh
                energy_exported=_scaled(answer, "energyneg", 3),  # Wh
                cycle_energy_imported=_scaled(answer, "energy", 3),  # Wh
                cycle_energy_exported=_scaled(answer, "energy_neg", 3),  # Wh
                temperature_i1=_scaled(answer, "temperature_i1", 1),
                temperature_i2=_scaled(answer, "temperature_i2", 1),
            ),
            status=await self.read_status(),
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
        """Read clock and logbook counts in two requests."""
        settings = await self._get("charge_settings")
        now = time.time()
        logbook = await self._get("logbook/info")
        clock = _integer(settings, "datetime")
        return Housekeeping(
            clock_drift=None if clock is None else drift_seconds(clock, now),
            records_saved=_integer(logbook, "ocmf_total_number"),
            records_maximum=_integer(logbook, "ocmf_max_number"),
        )

    async def read_last_record(self) -> bytes:
        """Fetch the last record; the web server gives it in one piece."""
        return _record(await self._get("ocmf"), "ocmf_buff")

    async def write_clock(self, moment: datetime) -> None:
        """Set the clock."""
        await self._put("charge_settings", datetime=str(round(moment.timestamp())))

    async def write_prototype(self, prototype: bytes) -> None:
        """Post the bare payload object."""
        await self._request("POST", "ocmf", data=prototype, headers=_JSON)

    async def send(self, command: Command) -> None:
        """Give a command."""
        await self._put("charge_settings", command=command.value)

    async def switch_display(self, *, on: bool) -> None:
        """Switch the display."""
        await self._put("force_display", display_on_off=str(int(on)))

    async def show_page(self, page: DisplayPage) -> None:
        """Choose the display's page."""
        await self._put("force_display", set_page=str(int(page)))


async def _read_limited(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for piece in content.iter_any():
        body += piece
        if len(body) > _ANSWER_LIMIT:
            raise UnexpectedAnswerError(f"an answer of more than {_ANSWER_LIMIT} bytes")
    return bytes(body)


def _parse(body: bytes) -> Answer:
    """Read a JSON object, its names in lower case with underscores.

    The manual prints some names with spaces and others with capitals, and says of a record only
    that it is a string: firmware that does not escape the quotes in it is understood, too.
    """
    text = body.decode(errors="surrogateescape")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as err:
        if (match := _UNESCAPED_RECORD.fullmatch(text)) is None:
            raise UnexpectedAnswerError(f"not JSON: {err}") from err
        answer = {match["name"]: match["record"]}
    if not isinstance(answer, dict):
        raise UnexpectedAnswerError("JSON, but not an object")
    return {name.strip().replace(" ", "_").lower(): value for name, value in answer.items()}


def _record(answer: Answer, name: str) -> bytes:
    record = answer.get(name, "")
    if not isinstance(record, str):
        raise UnexpectedAnswerError(f"{name} is no text")
    return record.encode(errors="surrogateescape")


def _number(answer: Answer, name: str) -> float | None:
    """Get a number, which may stand in quotes; None if it is missing or is none."""
    value = answer.get(name)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


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
    value = answer.get(name)
    try:
        return bytes.fromhex(value) or None if isinstance(value, str) else None
    except ValueError:
        return None
