"""Examine what answers in place of a meter, in the set-up that could not add it."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
from homeassistant.loader import async_get_integration
import voluptuous as vol

from ..connection.errors import translation_key
from ..const import CONF_TRANSPORT, DOMAIN, LOGGER, Transport
from ..dmed4.errors import MeterError
from ..reports.examinations import async_examinations
from ..reports.links import async_signed, attempt_path

_EXAMINING: Final = f"{__package__.rpartition('.')[0]}.reports.examining"

EXAMINE: Final = "examine"
EXAMINE_FIELD: Final = {vol.Optional(EXAMINE, default=False): BooleanSelector()}
"""What a form has in addition once the connection in it has failed."""

EXPLAINED: Final = frozenset(
    {
        *("silent", "not_a_dmed4", "unexpected_answer", "refused", "connection_closed"),
        *("keys_disagree", "unknown"),
    }
)
"""Errors of the set-up that come of what was answered; an examination shows what that was."""

_ALLOW_WRITES: Final = "allow_writes"
_DISPLAY_VOLTAGE: Final = "display_voltage"
_VOLTAGE: Final = NumberSelector(
    NumberSelectorConfig(
        min=0, max=2000, step="any", mode=NumberSelectorMode.BOX, unit_of_measurement="V"
    )
)
_FORM: Final = vol.Schema({vol.Required(_ALLOW_WRITES, default=False): BooleanSelector()})
_REST_FORM: Final = _FORM.extend({vol.Optional(_DISPLAY_VOLTAGE): _VOLTAGE})


class ExaminingFlow(ConfigFlow, ABC):
    """A set-up that can examine the device at the connection that was entered."""

    def __init__(self) -> None:
        self._data: dict[str, Any] = {}
        self._examination: asyncio.Task[tuple[str, str]]
        self._is_shown = False

    @abstractmethod
    def _show_connection(self, errors: dict[str, str]) -> ConfigFlowResult:
        """Show the form of the connection again."""

    async def async_step_examine(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the examination may do."""
        if user_input is not None:
            examining = self._async_examine(user_input)
            self._is_shown = False
            # Home Assistant cancels it when the dialogue is closed, or when it stops itself.
            self._examination = self.hass.async_create_background_task(
                examining, f"{DOMAIN} examination in a set-up"
            )
            return await self.async_step_examining()
        rest = self._data[CONF_TRANSPORT] == Transport.REST
        schema = _REST_FORM if rest else _FORM
        return self.async_show_form(step_id="examine", data_schema=schema, last_step=False)

    async def async_step_examining(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show how far the examination is."""
        if self._examination.done():
            return self.async_show_progress_done(next_step_id="examined")
        return self.async_show_progress(
            step_id="examining", progress_action="examining", progress_task=self._examination
        )

    async def async_step_examined(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was found, and then the connection again."""
        # What was submitted may still be the form before, when the examination has ended at once.
        if user_input is not None and self._is_shown:
            return self._show_connection({})
        try:
            page, label = self._examination.result()
        except MeterError as err:
            return self._show_connection({"base": translation_key(err)})
        except ServiceValidationError as err:
            return self._show_connection({"base": str(err.translation_key)})
        except Exception:  # noqa: BLE001 - a form must say something, whatever happens
            LOGGER.exception("Unexpected error while a device was examined")
            return self._show_connection({"base": "unknown"})
        self._is_shown = True
        url = async_signed(self.hass, attempt_path(self.flow_id), None)
        integration = await async_get_integration(self.hass, DOMAIN)
        return self.async_show_form(
            step_id="examined",
            last_step=False,
            description_placeholders={
                # Without a target, Home Assistant would take it for the address of one of its pages.
                "link": f'<a href="{escape(url)}" target="_blank">{escape(label)}</a>',
                "issues": str(integration.issue_tracker),
                "result": page,
            },
        )

    async def _async_examine(self, wishes: Mapping[str, Any]) -> tuple[str, str]:
        """Examine the device and keep the file; return the page about it and a label for its link."""
        # Most set-ups succeed: its parts are imported when they are needed.
        examining = await async_import_module(self.hass, _EXAMINING)
        examination = await examining.async_examine(
            self.hass,
            self._data,
            examining.Wishes(
                writes=wishes[_ALLOW_WRITES],
                voltage=wishes.get(_DISPLAY_VOLTAGE),
                secrets=examining.secrets_in(self._data),
            ),
            progress=self._async_report,
        )
        file = await examining.async_written(self.hass, examination)
        async_examinations(self.hass).keep_attempt(self.flow_id, file)
        words = await examining.async_words(self.hass)
        return examining.page(examination, words), examining.link_label(words)

    @callback
    def _async_report(self, done: int, steps: int) -> None:
        self.async_update_progress(done / steps)
