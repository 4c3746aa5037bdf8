"""Setting a meter up in the browser."""

from collections.abc import Mapping
import re
from typing import Any, Final, override

from homeassistant.components.usb import get_serial_by_id
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PASSWORD, CONF_PORT
from homeassistant.core import callback
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from .connection.certificate import fingerprint_text
from .connection.devices import async_http_session, is_display, line_of
from .connection.errors import local_time, translation_key
from .connection.forms import (
    CONNECTION_FORMS,
    REST_DISPLAY,
    connection,
    form_of,
    mistakes,
    suggested,
)
from .connection.identity import Match, async_change_id, async_match, keys_disagree, unique_ids
from .connection.lending import hub_of
from .connection.login import LOGIN_ATTEMPTS
from .connection.names import without_markup
from .connection.search import Answerer, Cause, async_find_cause, async_search, serial_cause
from .connection.topology import async_detect
from .const import (
    CONF_CERTIFICATE,
    CONF_FRAMING,
    CONF_KIND,
    CONF_SERIAL_NUMBER,
    CONF_TLS,
    CONF_TRANSPORT,
    CONF_UNIT_ID,
    CONNECTION_KEYS,
    DOMAIN,
    LOGGER,
    Kind,
    Transport,
)
from .dmed4.display import METERS
from .dmed4.errors import (
    CannotConnectError,
    ClosedError,
    MeterError,
    NotADmed4Error,
    SilentError,
    TlsFailedError,
    UnexpectedAnswerError,
)
from .dmed4.model import Identity
from .dmed4.rest_certificate import fetch_fingerprint
from .dmed4.rest_session import Tls
from .flows.examination import EXAMINE, EXAMINE_FIELD, EXPLAINED, ExaminingFlow
from .flows.options import Dmed4OptionsFlow
from .runtime_data import Dmed4ConfigEntry

# What another port of the host may explain; what is wrong with a certificate, it can't.
_SEARCHED_AFTER: Final = (
    CannotConnectError,
    NotADmed4Error,
    SilentError,
    TlsFailedError,
    UnexpectedAnswerError,
)

# The field that is wrong where the port is right.
_MISTAKEN: Final = {Answerer.UNIT: CONF_UNIT_ID, Answerer.FRAMING: CONF_FRAMING}

_PASSWORD: Final = vol.Schema(
    {
        vol.Required(CONF_PASSWORD): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
        )
    }
)


class Dmed4ConfigFlow(ExaminingFlow, domain=DOMAIN):
    """Ask how a meter or a remote display is reached, and see whether it is there."""

    VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> Dmed4OptionsFlow:
        return Dmed4OptionsFlow()

    @classmethod
    @callback
    @override
    def async_supports_options_flow(cls, config_entry: ConfigEntry) -> bool:
        return not is_display(config_entry)

    def __init__(self) -> None:
        super().__init__()
        self._placeholders: dict[str, str] = {}
        # Whether an examination may explain why there is no meter, and whether one is asked for.
        self._offered = self._examine = False

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user choose the transport."""
        return self.async_show_menu(step_id="user", menu_options=list(CONNECTION_FORMS))

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user choose how the meter is reached from now on."""
        self._data = dict(self._get_reconfigure_entry().data)
        present = form_of(self._data)
        others = [form for form in CONNECTION_FORMS if form != present]
        return self.async_show_menu(step_id="reconfigure", menu_options=[present, *others])

    async def async_step_rest(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address of the meter's web server."""
        return await self._async_step_form(Transport.REST, user_input)

    async def async_step_rest_display(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of a display's web server, and for the channel that the meter is on."""
        return await self._async_step_form(REST_DISPLAY, user_input)

    async def async_step_modbus_tcp(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of the Modbus TCP server."""
        return await self._async_step_form(Transport.MODBUS_TCP, user_input)

    async def async_step_modbus_serial(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the serial port and its settings."""
        return await self._async_step_form(Transport.MODBUS_SERIAL, user_input)

    async def _async_step_form(
        self, form: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        if user_input is None:
            return self._show_form(form, self._data, {})
        answers = dict(user_input)
        self._examine, self._offered = answers.pop(EXAMINE, False), False
        known, self._data = self._data, connection(form, answers)
        errors = mistakes(self._data)
        if not errors and form == Transport.MODBUS_SERIAL:
            # One line has one name, by which its meters share it.
            self._data[CONF_DEVICE] = await self.hass.async_add_executor_job(
                get_serial_by_id, self._data[CONF_DEVICE]
            )
        if not errors and self._data.get(CONF_TLS) == Tls.PINNED:
            certificate = await self._async_fetch_certificate(errors)
            if certificate and certificate != known.get(CONF_CERTIFICATE):
                return await self.async_step_certificate()
        return await self._async_finish(errors)

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the certificate's fingerprint, once, and let the user confirm that it is the meter's."""
        if user_input is not None:
            return await self._async_finish({})
        return self.async_show_form(
            step_id="certificate",
            description_placeholders={
                "host": self._data[CONF_HOST],
                "fingerprint": fingerprint_text(self._data[CONF_CERTIFICATE]),
            },
        )

    async def _async_fetch_certificate(self, errors: dict[str, str]) -> str | None:
        """Get the fingerprint of the certificate at the address; say in ``errors`` why not."""
        session = async_http_session(self.hass)
        try:
            self._data[CONF_CERTIFICATE] = await fetch_fingerprint(
                session, self._data[CONF_HOST], self._data[CONF_PORT]
            )
        except MeterError as err:
            await self._async_explain(err, self._data, errors)
        return self._data.get(CONF_CERTIFICATE)

    async def _async_finish(self, errors: dict[str, str]) -> ConfigFlowResult:
        """Look for the meter, unless something is wrong already; then create or move the entry."""
        result = None
        if not errors and self._examine:
            result = await self.async_step_examine()
        elif not errors and self.source == SOURCE_RECONFIGURE:
            result = await self._async_move(errors)
        elif not errors:
            result = await self._async_create(errors)
        return result or self._show_connection(errors)

    @override
    def _show_connection(self, errors: dict[str, str]) -> ConfigFlowResult:
        return self._show_form(form_of(self._data), self._data, errors)

    def _show_form(
        self, form: str, data: Mapping[str, Any], errors: dict[str, str]
    ) -> ConfigFlowResult:
        schema = CONNECTION_FORMS[form]
        if self._offered:
            schema = schema.extend(EXAMINE_FIELD)
        return self.async_show_form(
            step_id=str(form),
            data_schema=self.add_suggested_values_to_schema(schema, suggested(form, data)),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def _async_create(self, errors: dict[str, str]) -> ConfigFlowResult | None:
        identity = await self._async_probe(self._data, errors)
        if identity is None:
            return None
        known = await self.async_set_unique_id(unique_ids(self._data, identity)[0])
        if known is not None and _has_moved(known.data, self._data):
            self._abort_if_unique_id_configured(updates=self._data, error="moved")
        self._abort_if_unique_id_configured()
        if identity.model in METERS:
            self._data[CONF_KIND] = Kind.DISPLAY.value
        return self.async_create_entry(title=_title(identity, self._data), data=self._data)

    async def _async_move(self, errors: dict[str, str]) -> ConfigFlowResult | None:
        """Let an entry reach its meter in another way; another meter is refused."""
        entry = self._get_reconfigure_entry()
        # The line can't have two settings at once, not even for a probe.
        unloaded = _in_the_way(entry, self._data) and await self.hass.config_entries.async_unload(
            entry.entry_id
        )
        found = None
        try:
            identity = await self._async_probe(self._data, errors)
            if identity is None:
                return None
            found = self._same_meter(entry, identity)
        finally:
            if unloaded and not found:
                await self.hass.config_entries.async_setup(entry.entry_id)
        if found is None:
            return self.async_abort(reason="wrong_meter")
        if found != entry.unique_id:
            if self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, found):
                return self.async_abort(reason="already_configured")
            async_change_id(self.hass, entry, found)
        kept = {key: value for key, value in entry.data.items() if key not in CONNECTION_KEYS}
        return self.async_update_reload_and_abort(entry, data=kept | self._data)

    def _same_meter(self, entry: ConfigEntry, identity: Identity) -> str | None:
        """Get what to know an entry's meter by at a new address; None if another meter is there.

        A meter without a key is known by its address only over Modbus, so that it can but be taken
        at the user's word for the same. One whose key has changed is taken for the same as at its
        set-up, which raises the alarm.
        """
        if is_display(entry) != (identity.model in METERS):
            return None
        if async_match(self.hass, entry, self._data, identity) in {Match.SAME, Match.KEY_CHANGED}:
            return entry.unique_id
        nameless = unique_ids(entry.data, Identity(model=""))[0]
        return unique_ids(self._data, identity)[0] if entry.unique_id == nameless else None

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for the advanced password, which the meter has rejected or which is not known yet."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Try a password, once each time the user says so."""
        entry: Dmed4ConfigEntry = self._get_reauth_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        login = entry.runtime_data.login
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                await login.async_try(user_input[CONF_PASSWORD])
            except ClosedError:
                return self.async_abort(reason="not_loaded")
            except MeterError as err:
                errors["base"] = translation_key(err)
            else:
                return self.async_update_and_abort(entry, data_updates=user_input)
        until = login.locked_until
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_PASSWORD,
            errors=errors,
            description_placeholders={
                "used": str(login.attempts_used),
                "limit": str(LOGIN_ATTEMPTS),
                "until": "-" if until is None else local_time(until),
            },
        )

    async def _async_probe(
        self, data: Mapping[str, Any], errors: dict[str, str]
    ) -> Identity | None:
        """Find out who is there; say in ``errors`` why that was not possible."""
        try:
            identity = await async_detect(self.hass, data)
            if not keys_disagree(identity):
                return identity
            errors["base"] = "keys_disagree"
        except MeterError as err:
            LOGGER.debug("Nothing found: %s", err)
            await self._async_explain(err, data, errors)
        except Exception:  # noqa: BLE001 - a form must say something, whatever happens
            LOGGER.exception("Unexpected error while looking for a device")
            errors["base"] = "unknown"
        self._offered = errors["base"] in EXPLAINED
        return None

    async def _async_explain(
        self, err: MeterError, data: Mapping[str, Any], errors: dict[str, str]
    ) -> None:
        """Put into ``errors`` why no meter was found, and what answers elsewhere at the host."""
        errors["base"] = translation_key(err)
        self._placeholders = {}
        if CONF_DEVICE in data:
            if isinstance(err, CannotConnectError):
                errors["base"] = await self._async_serial_cause(data) or errors["base"]
            return
        if not isinstance(err, _SEARCHED_AFTER):
            return
        cause = await async_find_cause(self.hass, data, err)
        errors["base"] = cause or errors["base"]
        if cause is Cause.NAME_UNKNOWN:
            return
        found = await async_search(self.hass, data, cause)
        if found is not None:
            errors[_MISTAKEN.get(found.kind, CONF_PORT)] = found.kind
            self._placeholders = {"port": str(found.port), "unit": str(found.unit)}

    async def _async_serial_cause(self, data: Mapping[str, Any]) -> str | None:
        """Find out why a serial port could not be opened."""
        cause = await self.hass.async_add_executor_job(serial_cause, data[CONF_DEVICE])
        if cause is Cause.PORT_IN_USE and (hub := hub_of(self.hass, line_of(data))):
            self._placeholders = {"hub": hub}
            return Cause.PORT_IN_USE_BY_HUB
        return cause


def _has_moved(known: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether a meter, which its key shows to be the same, has another address than it had."""
    same_way = known[CONF_TRANSPORT] == found[CONF_TRANSPORT]
    return same_way and any(known.get(key) != value for key, value in found.items())


def _in_the_way(entry: ConfigEntry, data: Mapping[str, Any]) -> bool:
    """Return whether an entry uses, or may soon use, the same line with other settings."""
    if Transport.REST in (entry.data[CONF_TRANSPORT], data[CONF_TRANSPORT]) or entry.state not in (
        ConfigEntryState.LOADED,
        ConfigEntryState.SETUP_RETRY,
    ):
        return False
    used, wanted = line_of(entry.data), line_of(data)
    return used.endpoint == wanted.endpoint and used != wanted


def _title(identity: Identity, data: Mapping[str, Any]) -> str:
    """Name a meter; several of one model get what distinguishes them on site."""
    serial_number = identity.serial_number or data.get(CONF_SERIAL_NUMBER)
    if serial_number or CONF_UNIT_ID not in data:
        # Home Assistant puts the title into notifications, which read Markdown.
        return without_markup(" ".join(filter(None, (identity.model, serial_number))))
    place = data[CONF_HOST] if CONF_HOST in data else _port_name(data[CONF_DEVICE])
    return f"{identity.model} ({place}, {data[CONF_UNIT_ID]})"


def _port_name(device: str) -> str:
    """Name a serial port; a serial proxy has a name of its own at the end."""
    return re.split(r"[/=]", device)[-1]
