"""The options of a meter."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_PASSWORD

from ..charging.identity import charge_identity
from ..charging.options import ACCESS, options_form, section_of, shown, stored
from ..connection.errors import field_of, local_time, translation_key
from ..const import CONF_DATABASE_URL, CONF_TRANSPORT, LOGGER, Transport
from ..dmed4.errors import ClosedError, InputError, LoginLockedError, MeterError, WrongPasswordError
from ..dmed4.model import Identity
from ..dmed4.prototype import build_prototype
from ..intake.shared_archive import DEFAULT_FILE, database_error
from ..runtime_data import Dmed4ConfigEntry


class Dmed4OptionsFlow(OptionsFlowWithReload):
    """What the start button writes into a record, how often to poll, and where records are kept."""

    def __init__(self) -> None:
        self._until = ""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the options."""
        entry = self.config_entry
        errors: dict[str, str] = {}
        options = dict(entry.options) if user_input is None else stored(user_input)
        if user_input is not None:
            password = options.pop(CONF_PASSWORD, "")
            errors = await self._async_mistakes(options)
            # The attempt counts, so that everything else is looked at first.
            if not errors and password:
                errors = await self._async_log_in(password)
            if not errors:
                return self.async_create_entry(data=options)
        form = options_form(has_login=entry.data[CONF_TRANSPORT] == Transport.REST)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(form, shown(options)),
            errors=errors,
            description_placeholders={"file": DEFAULT_FILE, "until": self._until},
        )

    async def _async_mistakes(self, options: dict[str, Any]) -> dict[str, str]:
        """Find what can't be right, by section: a form shows no errors at the fields of a section."""
        if error := self._check(options):
            field, key = field_of(error), translation_key(error)
            # Of the texts there are several in the section, so that the error names its own.
            named = f"{field}_{key.removeprefix('text_')}" if key.startswith("text_") else key
            return {section_of(field): named}
        if failure := await self._async_try_database(options):
            return {section_of(CONF_DATABASE_URL): failure}
        return {}

    async def _async_log_in(self, password: str) -> dict[str, str]:
        """Try the advanced password, once, and keep it if the meter takes it."""
        entry: Dmed4ConfigEntry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return {ACCESS: "not_loaded"}
        try:
            await entry.runtime_data.login.async_try(password)
        except LoginLockedError as err:
            self._until = local_time(err.until)
            return {ACCESS: "login_locked"}
        except WrongPasswordError:
            return {ACCESS: "wrong_password"}
        except ClosedError:
            return {ACCESS: "not_loaded"}
        except MeterError as err:
            LOGGER.debug("The password could not be tried: %s", err)
            return {ACCESS: "password_not_checked"}
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_PASSWORD: password}
        )
        for flow in entry.async_get_active_flows(self.hass, {SOURCE_REAUTH}):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])
        return {}

    async def _async_try_database(self, options: dict[str, Any]) -> str | None:
        """Try another database; one that is used already may be away while options are changed."""
        url = options.pop(CONF_DATABASE_URL, "").strip()
        if not url:
            return None
        options[CONF_DATABASE_URL] = url
        if url == self.config_entry.options.get(CONF_DATABASE_URL):
            return None
        return await self.hass.async_add_executor_job(database_error, url)

    def _check(self, options: Mapping[str, Any]) -> InputError | None:
        """Build what the start button would write, as the meter at hand would sign it."""
        loaded = self.config_entry.state is ConfigEntryState.LOADED
        identity = self.config_entry.runtime_data.identity if loaded else Identity(model="")
        try:
            build_prototype(charge_identity(options), identity, transaction=0)
        except InputError as err:
            return err
        return None
