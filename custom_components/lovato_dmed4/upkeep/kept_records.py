"""The records of a meter that was removed: they stay, and an administrator is asked what to do.

Home Assistant has no form for a removal. A repair asks afterwards, until it is answered or Home
Assistant restarts; whoever ignores it keeps the records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from ..archive import Archive, ArchiveError
from ..connection.names import device_name, without_markup
from ..const import CONF_FORMER_IDS, CONF_STATISTICS, DOMAIN, LOGGER
from ..intake.shared_archive import async_borrowed, database_url, default_file, delete_records
from .energy_statistics import async_forget_statistics

ISSUE: Final = "records_kept"

_CHOICE: Final = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What a question is about.

    Attributes:
        url: of the database, which may hold a password.
        unique_ids: that the archive may know the meter by.
        statistics: the name of its statistics, if it has any.
    """

    url: str
    unique_ids: Sequence[str]
    statistics: str | None


# By the ID of the issue. Not in its own data, which every user may read.
_KEPT: Final[HassKey[dict[str, _Kept]]] = HassKey(f"{DOMAIN}_kept_records")


class _Choice(StrEnum):
    KEEP = "keep"
    DELETE = "delete"


_FORM: Final = vol.Schema(
    {
        vol.Required(_CHOICE, default=_Choice.KEEP.value): SelectSelector(
            SelectSelectorConfig(
                options=list(_Choice), translation_key=ISSUE, mode=SelectSelectorMode.LIST
            )
        )
    }
)


async def async_ask(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Ask what to do with the records of a meter that was just removed; not if there are none."""
    # The device is removed while the archive is asked.
    name = device_name(hass, entry)
    url = database_url(hass, entry.options)
    unique_ids = [*entry.data.get(CONF_FORMER_IDS, ()), str(entry.unique_id)]
    count = partial(_count, unique_ids=unique_ids)
    try:
        if url == database_url(hass, {}) and not await hass.async_add_executor_job(
            default_file(hass).exists
        ):
            return
        async with async_borrowed(hass, url) as shared:
            await shared.async_open()
            records = await shared.async_read(count)
    except ArchiveError as err:
        LOGGER.warning("%s: whether there are records of it is not known: %s", name, err)
        return
    known = hass.config_entries.async_entry_for_domain_unique_id
    if records and not any(known(DOMAIN, unique_id) for unique_id in unique_ids):
        statistics = entry.data.get(CONF_STATISTICS)
        kept = _Kept(url=url, unique_ids=unique_ids, statistics=statistics)
        hass.data.setdefault(_KEPT, {})[_issue_id(entry)] = kept
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(entry),
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE,
            translation_placeholders={"meter": without_markup(name), "records": str(records)},
        )


@callback
def async_settle(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take the question back: the meter is there again."""
    hass.data.get(_KEPT, {}).pop(_issue_id(entry), None)
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry))


def _count(archive: Archive, *, unique_ids: Sequence[str]) -> int:
    meters = [meter for meter in archive.meters() if meter.unique_id in unique_ids]
    return sum(archive.summary(meter.id).records for meter in meters)


def _issue_id(entry: ConfigEntry[Any]) -> str:
    return f"{ISSUE}_{entry.unique_id}"


class KeptRecordsFlow(RepairsFlow):
    """Delete the records for good if the administrator says so."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the question; what Home Assistant gives here is the issue's ID."""
        return await self.async_step_choice()

    async def async_step_choice(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask; keeping them is the default."""
        errors: dict[str, str] = {}
        kept = self.hass.data.get(_KEPT, {}).get(self.issue_id)
        known = self.hass.config_entries.async_entry_for_domain_unique_id
        if kept is None or any(known(DOMAIN, unique_id) for unique_id in kept.unique_ids):
            return self.async_abort(reason="set_up_again")
        if user_input is not None:
            if user_input[_CHOICE] == _Choice.KEEP or await self._async_deleted(kept):
                del self.hass.data[_KEPT][self.issue_id]
                return self.async_create_entry(data={})
            errors["base"] = "not_deleted"
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_form(
            step_id="choice",
            data_schema=_FORM,
            errors=errors,
            description_placeholders=issue.translation_placeholders if issue else None,
        )

    async def _async_deleted(self, kept: _Kept) -> bool:
        file = default_file(self.hass)
        delete = partial(delete_records, kept.url, kept.unique_ids, file=file)
        try:
            await self.hass.async_add_executor_job(delete)
        except ArchiveError as err:
            LOGGER.error("Records could not be deleted from the archive: %s", err)
            return False
        async_forget_statistics(self.hass, kept.statistics)
        return True
