"""Talk to the meter for everything else: polling, commands, and what its errors mean to a user."""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .charging.tracker import ChargeTracker
from .connection.certificate import async_certificate_accepted, async_certificate_changed
from .connection.identity import Match, async_match, async_report_match
from .connection.login import Login
from .const import (
    CONF_BAUDRATE,
    CONF_CERTIFICATE,
    CONF_CHANNEL,
    CONF_CHARGE_POINT_ID,
    CONF_DATA_FORMAT,
    CONF_FRAMING,
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_FLAGS,
    CONF_INTERVAL_CHARGING,
    CONF_INTERVAL_IDLE,
    CONF_SCALE,
    CONF_STOP_BITS,
    CONF_TARIFF_TEXT,
    CONF_TLS,
    CONF_TRANSPORT,
    CONF_UNIT_ID,
    DEFAULT_INTERVAL_CHARGING,
    DEFAULT_INTERVAL_IDLE,
    DOMAIN,
    HOUSEKEEPING_INTERVAL,
    LOGGER,
    Transport,
)
from .dmed4.charge_cycle import ChargeCycle
from .dmed4.errors import (
    CannotConnectError,
    CertificateChangedError,
    CertificateNotTrustedError,
    ClockNotSynchronisedError,
    CommandFailedError,
    CycleActiveError,
    EntryNotFoundError,
    EntryNotReadyError,
    ErrorsPersistError,
    FlagsConflictError,
    InputError,
    LineInUseError,
    LoginLockedError,
    MeterError,
    NoCycleError,
    NotADmed4Error,
    NotLoggedInError,
    NotOfferedError,
    PageLockedError,
    PageTextCharactersError,
    PageTextTooLongError,
    ParameterError,
    ParametersLockedError,
    ParametersNotTakenError,
    ParameterValueError,
    PrototypeRefusedError,
    RebootTimeoutError,
    RecordUnavailableError,
    RefusedError,
    SearchNotOfferedError,
    SilentError,
    StepFailedError,
    TextCharactersError,
    TextTooLongError,
    TlsFailedError,
    UnknownParameterError,
    WrongPasswordError,
)
from .dmed4.lines import Framing, Line, SerialLine, TcpLine
from .dmed4.meter import Meter
from .dmed4.modbus import ModbusDevice, ModbusMeter
from .dmed4.model import Housekeeping, Identity, LiveData
from .dmed4.rest import RestDevice, RestMeter, Tls
from .dmed4.scale import MeasureScale
from .intake.keeper import RecordKeeper

if TYPE_CHECKING:
    from .intake.logbook_sync import LogbookSync
    from .live_stream import LiveStream

_TRANSLATION_KEYS: Final[dict[type[MeterError], str]] = {
    CannotConnectError: "cannot_connect",
    SilentError: "silent",
    LineInUseError: "line_in_use",
    TlsFailedError: "tls_failed",
    CertificateNotTrustedError: "certificate_not_trusted",
    CertificateChangedError: "certificate_changed",
    NotADmed4Error: "not_a_dmed4",
    RefusedError: "refused",
    WrongPasswordError: "wrong_password",
    LoginLockedError: "login_locked",
    NotLoggedInError: "not_logged_in",
    NotOfferedError: "not_offered",
    UnknownParameterError: "unknown_parameter",
    ParameterValueError: "parameter_value",
    ParametersLockedError: "parameters_locked",
    ParametersNotTakenError: "parameters_not_taken",
    RebootTimeoutError: "reboot_timeout",
    EntryNotFoundError: "entry_not_found",
    EntryNotReadyError: "entry_not_ready",
    SearchNotOfferedError: "search_not_offered",
    CycleActiveError: "cycle_active",
    NoCycleError: "no_cycle",
    ClockNotSynchronisedError: "clock_not_synchronised",
    PrototypeRefusedError: "prototype_refused",
    CommandFailedError: "command_failed",
    ErrorsPersistError: "errors_persist",
    RecordUnavailableError: "record_unavailable",
    FlagsConflictError: "flags_conflict",
    TextCharactersError: "text_characters",
    TextTooLongError: "text_too_long",
    PageLockedError: "page_locked",
    PageTextCharactersError: "page_text_characters",
    PageTextTooLongError: "page_text_too_long",
}

# What the user asked for can't be done, and the meter was left alone.
_WRONG_USE: Final = (
    CycleActiveError,
    NoCycleError,
    InputError,
    LoginLockedError,
    NotOfferedError,
    ParameterError,
    ParametersLockedError,
    EntryNotFoundError,
    SearchNotOfferedError,
)

_FIELDS: Final = {
    "IF": CONF_IDENTIFICATION_FLAGS,
    "ID": CONF_IDENTIFICATION_DATA,
    "TT": CONF_TARIFF_TEXT,
    "CI": CONF_CHARGE_POINT_ID,
}


def translation_key(error: MeterError) -> str:
    """Get the key of the text that tells a user what is wrong and what to do."""
    key = _TRANSLATION_KEYS.get(type(error), "unexpected_answer")
    timeout = isinstance(error, StepFailedError) and not error.errors
    return f"{key}_timeout" if timeout else key


def field_of(error: InputError) -> str:
    """Get the field of a form or an action that an error is about."""
    # The texts of a remote display are called the same everywhere.
    return _FIELDS.get(error.field, error.field)


def _placeholders(error: MeterError) -> dict[str, str]:
    if isinstance(error, StepFailedError):
        return {"errors": ", ".join(error.errors)}
    if isinstance(error, TextTooLongError):
        return {
            "field": field_of(error),
            "length": str(error.length),
            "limit": str(error.limit),
        }
    if isinstance(error, InputError):
        return {"field": field_of(error)}
    if isinstance(error, LineInUseError):
        return {"used": error.used, "wanted": error.wanted}
    return _system_placeholders(error)


def _system_placeholders(error: MeterError) -> dict[str, str]:
    match error:
        case ParameterValueError():
            return {"name": error.name, "possible": error.possible}
        case ParameterError():
            return {"name": error.name}
        case ParametersNotTakenError():
            return {"names": ", ".join(error.names)}
        case LoginLockedError():
            return {"until": local_time(error.until)}
    return {"error": str(error)}


def local_time(moment: datetime) -> str:
    """Write a time of today as the user's clock shows it."""
    return f"{dt_util.as_local(moment):%H:%M:%S}"


def translated[ErrorT: HomeAssistantError](error: MeterError, kind: type[ErrorT]) -> ErrorT:
    """Make an exception of Home Assistant that says in the user's words what went wrong."""
    return kind(
        translation_domain=DOMAIN,
        translation_key=translation_key(error),
        translation_placeholders=_placeholders(error),
    )


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what goes wrong with a meter into an error that a user understands.

    Raises:
        ServiceValidationError: the user asked for what is not possible now, or gave a wrong text.
        HomeAssistantError: the meter or the way to it failed.
    """
    try:
        yield
    except MeterError as err:
        kind = ServiceValidationError if isinstance(err, _WRONG_USE) else HomeAssistantError
        raise translated(err, kind) from err


def make_device[ModbusT: ModbusDevice, RestT: RestDevice](
    hass: HomeAssistant,
    data: Mapping[str, Any],
    modbus: type[ModbusT],
    rest: Callable[..., RestT],
) -> ModbusT | RestT:
    """Make the device that an entry's data describe; nothing is sent yet.

    Raises:
        LineInUseError: other entries use the same line with other settings.
    """
    if data[CONF_TRANSPORT] != Transport.REST:
        return modbus.on(line_of(data), data[CONF_UNIT_ID])
    return rest(
        async_get_clientsession(hass),
        data[CONF_HOST],
        data[CONF_PORT],
        tls=Tls(data.get(CONF_TLS, Tls.OFF)),
        certificate=data.get(CONF_CERTIFICATE, ""),
        channel=data.get(CONF_CHANNEL, 0),
    )


def make_meter(hass: HomeAssistant, data: Mapping[str, Any]) -> Meter:
    """Make the meter that an entry's data describe; see `make_device`."""
    scale = MeasureScale(**data.get(CONF_SCALE, {}))
    return make_device(hass, data, ModbusMeter, partial(RestMeter, scale=scale))


def line_of(data: Mapping[str, Any]) -> Line:
    """Get the Modbus line that an entry's data describe."""
    if data[CONF_TRANSPORT] == Transport.MODBUS_TCP:
        return TcpLine(
            host=data[CONF_HOST],
            port=data[CONF_PORT],
            framing=Framing(data.get(CONF_FRAMING, Framing.TCP)),
        )
    return SerialLine(
        device=data[CONF_DEVICE],
        baudrate=data[CONF_BAUDRATE],
        data_format=data[CONF_DATA_FORMAT],
        stop_bits=data[CONF_STOP_BITS],
        framing=Framing(data[CONF_FRAMING]),
    )


@dataclass(kw_only=True)
class Dmed4Data:
    """What a loaded entry works with."""

    meter: Meter
    identity: Identity
    cycle: ChargeCycle
    live: LiveCoordinator
    housekeeping: HousekeepingCoordinator
    login: Login
    records: RecordKeeper
    sync: LogbookSync
    charge: ChargeTracker
    stream: LiveStream


type Dmed4ConfigEntry = ConfigEntry[Dmed4Data]


class LiveCoordinator(DataUpdateCoordinator[LiveData]):
    """Poll measures and status: often while charging, else now and then.

    Attributes:
        asked_at: when the poll began that brought the data, by the event loop's clock.
    """

    config_entry: Dmed4ConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: Dmed4ConfigEntry, meter: Meter, identity: Identity
    ) -> None:
        self._intervals = {
            True: timedelta(
                seconds=entry.options.get(CONF_INTERVAL_CHARGING, DEFAULT_INTERVAL_CHARGING)
            ),
            False: timedelta(seconds=entry.options.get(CONF_INTERVAL_IDLE, DEFAULT_INTERVAL_IDLE)),
        }
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=self._intervals[False],
            always_update=False,
        )
        self._meter = meter
        self._key = identity.fingerprint
        self._losses = meter.link_losses
        self.asked_at = 0.0

    @override
    async def _async_update_data(self) -> LiveData:
        asked_at = self.hass.loop.time()
        try:
            if self.in_doubt:
                await self._check_identity()
                async_certificate_accepted(self.hass, self.config_entry)
            data = await self._meter.read_live()
        except MeterError as err:
            if isinstance(err, CertificateChangedError):
                async_certificate_changed(self.hass, self.config_entry, err)
            raise translated(err, UpdateFailed) from err
        self.update_interval = max(
            self._intervals[data.status.measurement.charging],
            timedelta(seconds=self._meter.shortest_interval),
        )
        self.asked_at = asked_at
        return data

    @property
    def in_doubt(self) -> bool:
        """Whether another meter may be at the address by now."""
        return not self.last_update_success or self._losses != self._meter.link_losses

    async def _check_identity(self) -> None:
        """Make sure that the meter that came back is the one that was lost."""
        entry = self.config_entry
        losses = self._meter.link_losses
        identity = await self._meter.identify()
        match = async_match(self.hass, entry, entry.data, identity)
        async_report_match(self.hass, entry, identity, match)
        if match not in {Match.SAME, Match.KEY_CHANGED}:
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="wrong_meter")
        self._losses = losses
        if identity.fingerprint != self._key:
            # Commissioned, or given another board: the set-up tells everybody of the new key, and
            # until then nobody could check what is signed with it.
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="other_key")

    async def async_execute[T](self, step: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Let the meter do something and show what came of it.

        Raises:
            HomeAssistantError: it was not possible or failed, in the user's words.
        """
        try:
            with translated_errors():
                if self.in_doubt:
                    await self._check_identity()
                return await step()
        finally:
            await self.async_refresh()


class HousekeepingCoordinator(DataUpdateCoordinator[Housekeeping]):
    """Poll what changes slowly."""

    config_entry: Dmed4ConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: Dmed4ConfigEntry, meter: Meter, live: LiveCoordinator
    ) -> None:
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{entry.title} housekeeping",
            update_interval=HOUSEKEEPING_INTERVAL,
            always_update=False,
        )
        self.data = Housekeeping()
        self._meter = meter
        self._live = live

    @override
    async def _async_update_data(self) -> Housekeeping:
        """Read the values; a lost meter is the live coordinator's to report, once."""
        if not self._live.last_update_success:
            # Whoever answers now may be another meter.
            return self.data
        try:
            return await self._meter.read_housekeeping()
        except MeterError as err:
            await self._live.async_refresh()
            if not self._live.last_update_success:
                return self.data
            raise translated(err, UpdateFailed) from err
