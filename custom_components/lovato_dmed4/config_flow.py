"""Setting a meter up in the browser, and its options."""

from collections.abc import Mapping
from typing import Any, Final, Unpack, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.util.network import is_host_valid
import voluptuous as vol

from .charge import charge_identity
from .const import (
    CONF_CHARGE_POINT_ID,
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_FLAGS,
    CONF_IDENTIFICATION_LEVEL,
    CONF_IDENTIFICATION_TYPE,
    CONF_INTERVAL_CHARGING,
    CONF_INTERVAL_IDLE,
    CONF_KIND,
    CONF_TARIFF_TEXT,
    CONF_TRANSPORT,
    CONF_UNIT_ID,
    DEFAULT_HTTP_PORT,
    DEFAULT_INTERVAL_CHARGING,
    DEFAULT_INTERVAL_IDLE,
    DEFAULT_MODBUS_PORT,
    DEFAULT_UNIT_ID,
    DOMAIN,
    LOGGER,
    Kind,
    Transport,
)
from .coordinator import field_of, translation_key, unique_ids
from .dmed4.display import METERS
from .dmed4.errors import InputError, MeterError
from .dmed4.model import Identity
from .dmed4.prototype import (
    IdentificationFlag,
    IdentificationLevel,
    IdentificationType,
    build_prototype,
)
from .remote_display import is_display
from .topology import async_detect


def _whole_number(**config: Unpack[NumberSelectorConfig]) -> vol.All[int]:
    """Make a field for a whole number; the selector alone would give a float."""
    selector = NumberSelector({"step": 1, "mode": NumberSelectorMode.BOX, **config})
    return vol.All(selector, vol.Coerce(int))


_REST: Final = vol.Schema(
    {
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_PORT, default=DEFAULT_HTTP_PORT): _whole_number(min=1, max=65535),
    }
)
_MODBUS_TCP: Final = vol.Schema(
    {
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_PORT, default=DEFAULT_MODBUS_PORT): _whole_number(min=1, max=65535),
        vol.Required(CONF_UNIT_ID, default=DEFAULT_UNIT_ID): _whole_number(min=0, max=247),
    }
)


def _choice(options: list[str], *, multiple: bool = False) -> SelectSelector:
    """Make a choice among the standard's own words, which no language changes."""
    return SelectSelector(
        SelectSelectorConfig(options=options, multiple=multiple, mode=SelectSelectorMode.DROPDOWN)
    )


_OPTIONS: Final = vol.Schema(
    {
        vol.Required(CONF_IDENTIFICATION_TYPE, default=IdentificationType.NONE.value): _choice(
            [kind.value for kind in IdentificationType]
        ),
        vol.Required(CONF_IDENTIFICATION_LEVEL, default=IdentificationLevel.NONE.value): _choice(
            [level.value for level in IdentificationLevel]
        ),
        vol.Optional(CONF_IDENTIFICATION_FLAGS, default=list): _choice(
            [flag.value for flag in IdentificationFlag], multiple=True
        ),
        vol.Optional(CONF_IDENTIFICATION_DATA): TextSelector(),
        vol.Optional(CONF_TARIFF_TEXT): TextSelector(),
        vol.Optional(CONF_CHARGE_POINT_ID): TextSelector(),
        vol.Required(CONF_INTERVAL_CHARGING, default=DEFAULT_INTERVAL_CHARGING): _whole_number(
            min=1, max=60, unit_of_measurement="s"
        ),
        vol.Required(CONF_INTERVAL_IDLE, default=DEFAULT_INTERVAL_IDLE): _whole_number(
            min=1, max=3600, unit_of_measurement="s"
        ),
    }
)


class Dmed4ConfigFlow(ConfigFlow, domain=DOMAIN):
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

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user choose the transport."""
        return self.async_show_menu(step_id="user", menu_options=list(Transport))

    async def async_step_rest(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address of the meter's web server."""
        return await self._async_step_transport(Transport.REST, _REST, user_input)

    async def async_step_modbus_tcp(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of the Modbus TCP server."""
        return await self._async_step_transport(Transport.MODBUS_TCP, _MODBUS_TCP, user_input)

    async def _async_step_transport(
        self, transport: Transport, schema: vol.Schema, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            data = {CONF_TRANSPORT: transport.value, **user_input}
            data[CONF_HOST] = data[CONF_HOST].strip().lower()
            identity = await self._async_probe(data, errors)
            if identity is not None:
                await self.async_set_unique_id(unique_ids(data, identity)[0])
                self._abort_if_unique_id_configured()
                if identity.model in METERS:
                    data[CONF_KIND] = Kind.DISPLAY.value
                return self.async_create_entry(title=_title(identity), data=data)
        return self.async_show_form(
            step_id=transport.value,
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
        )

    async def _async_probe(
        self, data: Mapping[str, Any], errors: dict[str, str]
    ) -> Identity | None:
        """Find out who is there; say in ``errors`` why that was not possible."""
        if not is_host_valid(data[CONF_HOST]):
            errors[CONF_HOST] = "invalid_host"
            return None
        try:
            return await async_detect(self.hass, data)
        except MeterError as err:
            LOGGER.debug("Nothing found: %s", err)
            errors["base"] = translation_key(err)
        except Exception:  # noqa: BLE001 - a form must say something, whatever happens
            LOGGER.exception("Unexpected error while looking for a device")
            errors["base"] = "unknown"
        return None


def _title(identity: Identity) -> str:
    return " ".join(filter(None, (identity.model, identity.serial_number)))


class Dmed4OptionsFlow(OptionsFlowWithReload):
    """What the start button writes into a record, and how often to poll."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            error = self._check(user_input)
            if error is None:
                return self.async_create_entry(data=user_input)
            errors[field_of(error)] = translation_key(error)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _OPTIONS, user_input or self.config_entry.options
            ),
            errors=errors,
        )

    def _check(self, options: Mapping[str, Any]) -> InputError | None:
        """Build what the start button would write, as the meter at hand would sign it."""
        loaded = self.config_entry.state is ConfigEntryState.LOADED
        identity = self.config_entry.runtime_data.identity if loaded else Identity(model="")
        try:
            build_prototype(charge_identity(options), identity, transaction=0)
        except InputError as err:
            return err
        return None
