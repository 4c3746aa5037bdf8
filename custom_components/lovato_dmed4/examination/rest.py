"""The examination over the REST API: the steps, the cheapest first."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
import json
from typing import Final

from ..dmed4 import rest_answers
from ..dmed4.errors import (
    CannotConnectError,
    MeterError,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
)
from ..dmed4.meter import Meter
from ..dmed4.probe import ask_model, ask_words
from ..dmed4.rest import RestMeter
from .http import Answer
from .modbus import PROBE_SECONDS
from .seen import RestSeen
from .trace import Trace
from .words import Said, said

RECORDS: Final = 6
"""Saved records that are looked at: two sessions, or three."""

_LAST: Final = {"index_type": "POS", "index_reference": "LAST"}
_SETTINGS: Final = "charge_settings"
_ATTEMPTS: Final = 2
_RESTORED: Final = 3
_OTHER_OFFSET: Final = 60
_IMPOSSIBLE_OFFSET: Final = 7
"""Minutes: the manual has steps of 15."""
_VOLTAGE: Final = 0x000A
_MOST: Final = 65536


def _last_but(index: int) -> Mapping[str, str]:
    return {"index_type": "POS", "index_reference": "LAST_BUT", "index_value": str(index)}


# In the order in which the integration asks for them; the last two are none that a meter has.
QUESTIONS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "charge_settings": ("charge_settings", {}),
    "system_status": ("system_status", {}),
    "measure": ("measure", {}),
    "charge_status": ("charge_status", {}),
    "logbook/info": ("logbook/info", {}),
    "ocmf": ("ocmf", {}),
    "system_parameters": ("system_parameters", {}),
    "record last": ("logbook/OCMF", _LAST),
    **{f"record {index}": ("logbook/OCMF", _last_but(index)) for index in range(RECORDS)},
    "record first": ("logbook/OCMF", {"index_type": "POS", "index_reference": "FIRST"}),
    "event last": ("logbook/events", _LAST),
    **{f"event {index}": ("logbook/events", _last_but(index)) for index in range(2)},
    "unknown": ("charge_history", {}),
    "channel": ("1/charge_status", {}),
}
"""What is asked for: path and query, by a name."""


class ExaminedRestMeter(RestMeter):
    """A meter behind a web server that is listened to."""

    @property
    def host(self) -> str:
        """Name or IP address."""
        return self._url.host or ""

    @property
    def line(self) -> str:
        """How it is reached."""
        return self._url.scheme.upper()

    async def answer_and_end(self) -> Answer | None:
        """Ask for the status on a connection of its own, and see whether the meter closes it then.

        The requests of the API's client ask for that themselves.

        Returns:
            What came, `silent` where the connection stayed open; None over TLS, or where the meter
            can't be reached.
        """
        if self._url.scheme != "http":
            return None
        path = self._url.joinpath("charge_status").raw_path
        question = f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\n\r\n"
        with suppress(OSError):
            async with self._turn:
                reader, writer = await asyncio.open_connection(self.host, self._url.port)
                try:
                    writer.write(question.encode())
                    return await _all_of(reader)
                finally:
                    writer.close()
        return None

    async def ask(self, method: str, path: str, **request: object) -> None:
        """Make one request; what comes of it is on the line.

        Raises:
            MeterError: as the meter's own requests do.
        """
        await self._request(method, path, **request)  # type: ignore[arg-type]


async def _all_of(reader: asyncio.StreamReader) -> Answer:
    """Read until a connection is closed by the other side, not for long and not too much."""
    raw = b""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            while len(raw) < _MOST and (data := await reader.read(_MOST)):
                raw += data
    except TimeoutError:
        return Answer(raw, silent=True)
    return Answer(raw)


class RestSteps:
    """The steps of an examination over the REST API.

    Args:
        meter: that is examined.
        trace: what takes note of the bytes.
        beside: the same meter as another part of the program uses it, which has to take turns where
            several requests belong together.
    """

    def __init__(self, meter: ExaminedRestMeter, trace: Trace, beside: Meter | None = None) -> None:
        self._meter = meter
        self._trace = trace
        own = beside if isinstance(beside, RestMeter) else meter
        self._turn = own.logbook.turn
        self.seen = RestSeen(tls=meter.line == "HTTPS", host=meter.host)
        self.warnings: list[Said] = []

    # --- only reading ----------------------------------------------------------------------------

    async def get_all(self) -> None:
        """Get all that there is at the API's paths, as it comes."""
        silent = 0
        for name, (path, query) in QUESTIONS.items():
            async with self._turn:
                answer = await self._asked("GET", path, parameters=query or None)
            self.seen.answers[name] = answer
            silent = 0 if answer.raw else silent + 1
            if silent == len(_FIRST):
                raise SilentError("nothing answers")
        self.seen.ending = await self._meter.answer_and_end()

    async def _asked(self, method: str, path: str, **request: object) -> Answer:
        """Make a request, once again if it was not answered, and get what came."""
        before = len(self._trace.exchanges)
        for _ in range(_ATTEMPTS):
            try:
                await self._meter.ask(method, path, **request)
            except CannotConnectError:
                if method == "GET":
                    continue
            except SilentError:
                self._note_silence(before)
            except RefusedError, UnexpectedAnswerError:
                pass
            break
        new = self._trace.exchanges[before:]
        return Answer(bytes(new[-1].received), silent=new[-1].silent) if new else Answer(b"")

    def _note_silence(self, before: int) -> None:
        for exchange in self._trace.exchanges[before:]:
            exchange.silent = True

    async def search(self) -> None:
        """Search for the last record by what may be its transaction ID."""
        for field in ("ID", "PG"):
            if value := self._of_last_record(field):
                query = {"index_type": "TRANS_ID", "index_value": value}
                async with self._turn:
                    answer = await self._asked("GET", "logbook/OCMF", parameters=query)
                self.seen.searched[field] = answer.succeeded and b"OCMF" in answer.body

    def _of_last_record(self, field: str) -> str:
        with suppress(UnexpectedAnswerError, KeyError, ValueError, IndexError):
            parsed = rest_answers.parse(self.seen.answers["record last"].body)
            payload = json.loads(str(parsed["ocmf_log"]).split("|")[1])
            value = payload.get(field)
            return value if isinstance(value, str) else ""
        return ""

    async def compare(self, ports: Mapping[int, bool]) -> None:
        """Read the voltage over Modbus where the same address answers there, too."""
        for port in (port for port, answers in ports.items() if answers):
            with self._trace.going_to(f"port {port}"):
                words = await ask_words(
                    self._meter.host, port, 1, _VOLTAGE, 2, seconds=PROBE_SECONDS, tap=self._trace
                )
            if words is not None:
                self.seen.modbus_voltage = (words[0] << 16 | words[1]) / 100
                return

    # --- with consent to write -------------------------------------------------------------------

    async def set_clock(self) -> None:
        """Set the clock by POST and by PUT, then the time offset, and put the offset back."""
        self.seen.events.append(await self._events())
        for method in ("POST", "PUT"):
            self.seen.set_to = round(datetime.now(UTC).timestamp())
            self.seen.written[method] = await self._set(method, {"datetime": self.seen.set_to})
        self.seen.shown = await self._asked("GET", _SETTINGS)
        self.seen.events.append(await self._events())
        before = await self._offset()
        if before is None:
            return
        other = 0 if before == _OTHER_OFFSET else _OTHER_OFFSET
        try:
            self.seen.refused = await self._set("POST", {"datetime_offset": _IMPOSSIBLE_OFFSET})
            await self._meter.write_time_offset(other)
        finally:
            await self._put_back(before)

    async def _set(self, method: str, values: Mapping[str, int], path: str = _SETTINGS) -> Answer:
        if method == "PUT":
            query = {name: str(value) for name, value in values.items()}
            return await self._asked("PUT", path, parameters=query)
        body = json.dumps(values).encode()
        headers = {"Content-Type": "application/json"}
        return await self._asked("POST", path, data=body, headers=headers)

    async def _events(self) -> int | None:
        """Get how many events are saved; None in a full log, whose number stays as it is."""
        info = await self._meter.read_logbook_info()
        return None if info.events_saved == info.events_maximum else info.events_saved

    async def _offset(self) -> int | None:
        return (await self._meter.read_settings()).time_offset

    async def _put_back(self, offset: int) -> None:
        for _ in range(_RESTORED):
            with suppress(MeterError):
                await self._meter.write_time_offset(offset)
                return
        self.warnings.append(said("warning.offset", offset=offset))
        raise SilentError("the time offset could not be put back")

    async def switch_display(self) -> None:
        """Switch the display on, which it mostly is, to see whether that is taken over TLS."""
        if self.seen.tls:
            self.seen.display = await self._set("PUT", {"display_on_off": 1}, "force_display")


_FIRST: Final = ("charge_settings", "system_status", "measure")


async def knock_at(host: str, ports: tuple[int, ...], unit: int, trace: Trace) -> dict[int, bool]:
    """Find out at which ports a DMED4 answers to Modbus TCP."""
    answers: dict[int, bool] = {}
    for port in ports:
        with trace.going_to(f"port {port}"):
            found = await ask_model(host, port, unit, seconds=PROBE_SECONDS, tap=trace)
        answers[port] = found is not None and found.model is not None
    return answers
