"""The meter over its REST API."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from http import HTTPStatus
import json
import time
from typing import Final, Self, Unpack

import aiohttp
from yarl import URL

from . import rest_answers, rest_clock, rest_habits
from .errors import (
    DisplayOverTlsError,
    MeterError,
    NotADmed4Error,
    RefusedError,
    UnexpectedAnswerError,
    WrongPasswordError,
)
from .found import Found
from .links import HttpTurns
from .logbook import RestLogbook
from .model import (
    Command,
    Container,
    DisplayPage,
    FastMeasures,
    Feature,
    Housekeeping,
    Identity,
    LiveData,
    LogbookInfo,
    Measures,
    OperativeStatus,
    Settings,
    Status,
    SystemStatus,
)
from .parameters import RestParameters
from .repeating import Repeater
from .rest_answers import Answer
from .rest_session import (
    METHOD_REFUSALS,
    REFUSALS,
    Connection,
    Tls,
    outcome,
    read_limited,
    send_once,
    translated_errors,
)
from .scale import PHYSICAL, MeasureScale

_UNKNOWN: Final[Answer] = {}

_SETTINGS: Final = "charge_settings"

# What aiohttp says of a server that speaks something else.
_NO_HTTP: Final = "Expected HTTP/"

# A meter sends chunks of 256 bytes and signs in between. The user may give a slow one more.
_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)

_JSON: Final = {"Content-Type": "application/json"}


class RestDevice:
    """A web server with the API, a meter's own or that of a remote display.

    Args:
        session: not used for anything that outlives a request.
        host: name or IP address.
        port: 80, or 443 with TLS, unless the meter's settings say otherwise.
        tls: how the meter proves who it is.
        certificate: with ``Tls.PINNED``, the SHA-256 fingerprint in hex.
        channel: 1…4 for a meter behind a display DMED4DC1, 0 for the web server's own.
        timeout: seconds for a request, from connecting to the last byte; None for the usual.
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
        timeout: float | None = None,
    ) -> None:
        self._session = session
        self._url = URL.build(
            scheme="http" if tls is Tls.OFF else "https",
            host=host,
            port=port,
            path=f"/v1/{channel}/" if channel else "/v1/",
        )
        self._ssl = aiohttp.Fingerprint(bytes.fromhex(certificate)) if tls is Tls.PINNED else True
        self._timeout = _TIMEOUT if timeout is None else aiohttp.ClientTimeout(total=timeout)
        self._repeater = Repeater(outcome)
        self._turn = HttpTurns(host, port)
        self.shares_line = bool(channel)
        # Paths that take no POST but a PUT, and those that have taken a POST.
        self._put_paths: set[str] = set()
        self._post_paths: set[str] = set()
        self.found: Final = Found()

    async def close(self) -> None:
        """Ask nothing more. Nothing is kept open: the meter closes each connection itself."""
        await self._turn.close()

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        return await self._repeater.ask(partial(self._get_once, path, query))

    async def _get_once(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        body = await self._request("GET", path, parameters=query)
        try:
            return rest_answers.parse(body, self.found.note)
        except UnexpectedAnswerError as err:
            raise UnexpectedAnswerError(f"{path}: {err}") from err

    async def _put(self, path: str, *, once: bool = False, **parameters: str) -> None:
        """Send parameters in the query, for what the manual offers no POST for."""
        put = partial(self._request, "PUT", path, parameters=parameters)
        await (put() if once else self._repeater.ask(put))

    async def _post(
        self, path: str, values: Mapping[str, str | int], *, once: bool = False
    ) -> None:
        """Send values in the body, for what the manual offers no PUT for."""
        await self._post_body(path, json.dumps(values).encode(), once=once)

    async def _post_body(self, path: str, body: bytes, *, once: bool = False) -> None:
        post = partial(self._request, "POST", path, data=body, headers=_JSON)
        await (post() if once else self._repeater.ask(post))

    async def _write(
        self,
        path: str,
        values: Mapping[str, str | int],
        *,
        repeat: tuple[int, ...] = REFUSALS,
        once: bool = False,
    ) -> None:
        """Send values by POST, or by PUT, which the manual offers for the same.

        What was refused was not carried out, so that it may be sent in the other way, unless the path
        is known to take a POST. The way that a path takes is remembered.

        Args:
            path: where to.
            values: what to set.
            repeat: after which HTTP statuses the other way is tried, where POST is not known.
            once: whether it must not be sent again when no answer came.
        """
        query = {name: str(value) for name, value in values.items()}
        if path in self._put_paths:
            await self._put(path, once=once, **query)
            return
        try:
            await self._post(path, values, once=once)
        except RefusedError as err:
            if err.code not in (METHOD_REFUSALS if path in self._post_paths else repeat):
                raise
            try:
                await self._put(path, once=once, **query)
            except RefusedError:
                raise err from None
            self._put_paths.add(path)
            self.found.note(f"The meter takes PUT and no POST at v1/{path}")
        else:
            self._post_paths.add(path)

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
        with translated_errors(f"{method} {path}"):
            async with (
                self._turn,
                self._session.request(
                    method,
                    self._url.joinpath(path).with_query(parameters),
                    data=data,
                    headers=headers,
                    timeout=self._timeout,
                    allow_redirects=False,
                    ssl=self._ssl,
                    middlewares=(send_once,),
                ) as response,
            ):
                body = await read_limited(response.content, self.found.note)
        if response.status >= 300:  # noqa: PLR2004 - a redirect is no answer of a meter either
            text = body[:100].decode(errors="replace").strip()
            raise RefusedError(f"HTTP {response.status} {response.reason}: {text}", response.status)
        if method != "GET" and rest_answers.refusal(body):
            self.found.note(rest_habits.REFUSED_IN_BODY)
            raise RefusedError(f"HTTP {response.status} with result 0", HTTPStatus.BAD_REQUEST)
        self.found.note(*rest_habits.of_success(response.status))
        return body


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
        | Feature.PARAMETER_BLOCK
        | Feature.RECORD_SEARCH
        | Feature.PARSED_EVENTS
    )
    containers = tuple(Container)
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
        self.scale = scale or MeasureScale()
        self._refused: dict[str, int | None] = {}
        self._shown: tuple[object, ...] = ()
        self._clock = rest_clock.ShownClock(self.found)
        self.link_losses = 0
        self.parameters: Final = RestParameters(
            get=self._get,
            post=partial(self._post, once=True),
            read_system=self.read_system,
            host=host,
            found=self.found,
        )
        self.logbook: Final = RestLogbook(self)

    @property
    def charge_settings(self) -> Self:
        """Tariff and cable resistance, which are written here only."""
        return self

    @property
    def commissioning(self) -> Self:
        """Login and the end of commissioning, which there are here only."""
        return self

    @property
    def missing(self) -> frozenset[str]:
        """Paths that the meter refuses, with the HTTP status."""
        return frozenset(f"v1/{path} (HTTP {code})" for path, code in self._refused.items())

    async def identify(self) -> Identity:
        """Read the public key and the model; twice without a key, as one answer may be disturbed."""
        identity = await self._identify_once()
        if identity is None or not identity.fingerprint:
            identity = await self._identify_once()
        if identity is None:
            raise NotADmed4Error("this web server's answers are not those of a DMED4")
        return identity

    async def _identify_once(self) -> Identity | None:
        settings = await self._get_known("charge_settings")
        system = await self._get_known("system_status", if_refused=_UNKNOWN)
        self._shown = rest_answers.marks(settings, system)
        self.found.note(*rest_habits.of_identity(settings, system))
        return rest_answers.identity(settings, system, system_known=system is not _UNKNOWN)

    async def _get_known(self, path: str, *, if_refused: Answer | None = None) -> Answer:
        """Get what every DMED4 has, to find out whether this is one.

        Raises:
            NotADmed4Error: there is no such API.
            UnexpectedAnswerError: there is one, and it does not answer as the manual says.
        """
        body = b""

        async def get() -> Answer:
            nonlocal body
            body = b""
            body = await self._request("GET", path)
            return rest_answers.parse(body, self.found.note)

        try:
            return await self._repeater.insist(get)
        except RefusedError as err:
            if if_refused is not None and err.code in REFUSALS:
                self.found.note(f"The meter refuses v1/{path}: going on without it")
                return if_refused
            if (
                err.code == HTTPStatus.NOT_IMPLEMENTED
                or (err.code or 0) < HTTPStatus.INTERNAL_SERVER_ERROR
            ):
                raise NotADmed4Error("this web server has no API of a DMED4") from err
            raise
        except UnexpectedAnswerError as err:
            if body:
                if not rest_answers.looks_like_json(body):
                    raise NotADmed4Error("this web server does not answer in JSON") from err
            elif not isinstance(err.__cause__, aiohttp.ClientError) or _NO_HTTP in str(err):
                raise NotADmed4Error(str(err)) from err
            raise

    async def _get_if_there(self, path: str) -> Answer:
        """Get what other values can do without; a refusal costs these values only."""
        try:
            answer = await self._get(path)
        except RefusedError as err:
            if err.code not in REFUSALS:
                raise
            self._refused[path] = err.code
            self.found.note(f"The meter refuses v1/{path}: going on without it")
            return {}
        self._refused.pop(path, None)
        return answer

    async def read_live(self) -> LiveData:
        """Read measures and status in two requests."""
        return LiveData(measures=await self._read_measures(), status=await self.read_status())

    async def read_fast(self) -> FastMeasures:
        """Read the measures, and take of them what changes fast."""
        measures = await self._read_measures()
        return FastMeasures(
            voltage=measures.voltage, current=measures.current, power=measures.power
        )

    async def _read_measures(self) -> Measures:
        answer = await self._get("measure")
        if rest_answers.is_physical(answer) and self.scale != PHYSICAL:
            # From now on also those that happen to be whole numbers.
            self.found.note(rest_habits.PHYSICAL)
            self.scale = PHYSICAL
        decimals = rest_answers.temperature_decimals(answer)
        self.found.note(*rest_habits.of_temperatures(decimals))
        return rest_answers.measures(answer, self.scale)

    async def read_status(self) -> Status:
        """Read the four status words; without them nothing can be said of the meter."""

        async def read() -> Status:
            answer = await self._get_once("charge_status")
            self.found.note(*rest_habits.of_status(answer))
            return rest_answers.status(answer)

        return await self._repeater.ask(read)

    async def read_housekeeping(self) -> Housekeeping:
        """Read clock, settings, logbook counts and system status in three requests."""
        settings = await self._get("charge_settings")
        now = time.time()
        logbook = await self.read_logbook_info()
        system = await self._get_if_there("system_status")
        for known, shown in zip(self._shown, rest_answers.marks(settings, system), strict=False):
            if shown is not None and shown != known:
                # There is no lasting link that could be lost: this is how another meter shows.
                self.link_losses += 1
        return Housekeeping(
            clock_drift=self._clock.drift(settings, now),
            logbook=logbook,
            settings=rest_answers.settings(settings),
            system=rest_answers.system(system),
        )

    async def read_logbook_info(self) -> LogbookInfo:
        """Read the state of the logbooks."""
        return rest_answers.logbook_info(await self._get_if_there("logbook/info"))

    async def read_last_record(self, known: bytes = b"") -> bytes:
        """Fetch the last record; the web server gives it in one piece, so that is all there is to do."""
        return await self.fetch_text("ocmf", "ocmf_buff")

    async def fetch_text(
        self, path: str, name: str, query: Mapping[str, str] | None = None
    ) -> bytes:
        """Fetch one text of an answer, byte for byte; empty where it is missing."""
        return rest_answers.record(await self._get(path, query), name)

    async def write_clock(self, moment: datetime) -> None:
        """Set the clock."""
        await self._write("charge_settings", {"datetime": round(moment.timestamp())})
        self._clock.note_set()

    async def write_prototype(
        self, prototype: bytes, container: Container = Container.BARE
    ) -> None:
        """Post the prototype, bare or in the object that the answer to a GET is."""
        if container is not Container.BARE:
            prototype = json.dumps({"OCMF_BUFF": prototype.decode()}).encode()
        await self._post_body("ocmf", prototype)

    async def send(self, command: Command) -> None:
        """Give a command: by PUT only to a meter that has no POST there, or takes something else so.

        One that a firmware refuses and carries out all the same must not be given twice. But errors
        may be reset in both ways, which shows the one for the next command.
        """
        if command is Command.RESET_ERRORS:
            await self._write(_SETTINGS, {"command": command.value})
            return
        try:
            await self._write(
                _SETTINGS, {"command": command.value}, repeat=METHOD_REFUSALS, once=True
            )
        except RefusedError as err:
            if err.code in REFUSALS and _SETTINGS not in self._put_paths | self._post_paths:
                with suppress(MeterError):
                    await self.send(Command.RESET_ERRORS)
            raise

    async def switch_display(self, *, on: bool) -> None:
        """Switch the display."""
        await self._force_display("display_on_off", int(on))

    async def show_page(self, page: DisplayPage) -> None:
        """Choose the display's page."""
        await self._force_display("set_page", int(page))

    async def _force_display(self, name: str, value: int) -> None:
        try:
            await self._write("force_display", {name: value})
        except RefusedError as err:
            if err.code == HTTPStatus.NOT_IMPLEMENTED and self._url.scheme == "https":
                raise DisplayOverTlsError(str(err), err.code) from err
            raise

    async def read_settings(self) -> Settings:
        """Read the settings (charge_settings)."""
        return rest_answers.settings(await self._get("charge_settings"))

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
        await self._write("charge_settings", {name: value})
        if rest_answers.integer(await self._get("charge_settings"), name) != value:
            raise RefusedError(f"{name} was not taken")

    async def read_system(self) -> SystemStatus:
        """Read the state of hardware and firmware (system_status)."""
        return rest_answers.system(await self._get("system_status"))

    async def log_in(self, password: str) -> None:
        """Log in; the status, not the answer, shows whether it worked, and must be there for that.

        No error of this request is passed on as it is: it may hold the address, and so the password.
        """
        try:
            await self._put("login", once=True, password=password)
        except RefusedError:
            pass
        except UnexpectedAnswerError:
            raise UnexpectedAnswerError("the answer to the login can't be understood") from None

        async def read() -> int:
            answer = await self._get_once("system_status")
            if (logged := rest_answers.integer(answer, "logged")) is None:
                raise UnexpectedAnswerError("system_status lacks whether the login was taken")
            return logged

        if not await self._repeater.ask(read):
            raise WrongPasswordError("the meter is not logged in afterwards")

    async def set_operating(self) -> None:
        """Finish commissioning; the status, not the answer, shows whether it is finished."""
        await self._write(
            "system_status", {"operative_status": OperativeStatus.OPERATING}, once=True
        )
        if (await self.read_system()).operative_status is not OperativeStatus.OPERATING:
            raise RefusedError("the meter did not become operating")
