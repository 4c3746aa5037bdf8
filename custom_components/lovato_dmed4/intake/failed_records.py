"""Records whose signature failed: a person has to look at each of them."""

import re
from typing import Any, Final, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from ..archive import Archive, SessionQuery, SessionVerdict, StoredRecord
from ..connection.formats import local_moment
from ..connection.names import device_name, repair_name
from ..const import CONF_FAILED_SEEN, DOMAIN, PANEL_PATH
from ..ocmf import Verdict
from .keeper import RecordKeeper

ISSUE: Final = "record_failed"

_UNKNOWN: Final = "-"
# The number comes from an unsigned record, and the dialog reads Markdown.
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9 .-]")
_LONGEST: Final = 24


class FailedRecords:
    """Raises an issue while there are more invalid records than have been reviewed.

    How many these were is kept with the entry, and the rest is worked out from the archive: so the
    issue stays over restarts until it is confirmed, and is raised as well for a record that only
    fails when it is verified again.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], records: RecordKeeper) -> None:
        self._hass = hass
        self._entry = entry
        self._records = records
        self._told = 0

    @callback
    def async_start(self) -> None:
        """Watch from now on, until the entry is unloaded."""
        self._entry.async_on_unload(
            self._records.summary_coordinator.async_add_listener(self._check)
        )
        self._check()

    @callback
    def _check(self) -> None:
        if not self._records.available:
            return
        failed = self._records.summary_coordinator.data.failed
        seen = self._entry.data.get(CONF_FAILED_SEEN, 0)
        if failed < seen:
            # Good after all, or in another database: the next one that fails is a new one.
            async_note_seen(self._hass, self._entry, failed)
        if failed <= seen:
            async_settled(self._hass, self._entry)
        # Noted first: the archive may answer at once, and the answer is compared with it.
        told, self._told = self._told, failed
        if failed > seen and failed != told:
            self._entry.async_create_background_task(
                self._hass,
                self._async_tell(failed, failed - seen),
                f"{device_name(self._hass, self._entry)} failed",
            )

    async def _async_tell(self, failed: int, unseen: int) -> None:
        unique_id = self._entry.unique_id or ""
        try:
            latest = await self._records.async_run(lambda archive: _latest(archive, unique_id))
        except HomeAssistantError:
            latest = None
        if self._told != failed:
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _issue_id(self._entry),
            data={"entry_id": self._entry.entry_id, "failed": failed},
            is_fixable=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=ISSUE,
            translation_placeholders={
                "meter": repair_name(self._hass, self._entry),
                "count": str(unseen),
                "session": self._page(latest),
                **_description(self._hass, latest),
            },
        )

    def _page(self, record: StoredRecord | None) -> str:
        """Where the panel shows the session of a record, or all with an invalid signature."""
        registry = dr.async_get(self._hass)
        devices = dr.async_entries_for_config_entry(registry, self._entry.entry_id)
        meter = devices[0].id if devices else ""
        if record is None or record.session_id is None:
            return f"/{PANEL_PATH}?meter={meter}&verdict=invalid"
        return f"/{PANEL_PATH}/session/{record.session_id}?meter={meter}"


def _latest(archive: Archive, unique_id: str) -> StoredRecord | None:
    """Find the latest failed record of a meter, as far as it belongs to a session."""
    page = archive.sessions(
        SessionQuery(meters=(unique_id,), verdicts=(SessionVerdict.INVALID,), limit=1)
    )
    detail = archive.session(page.sessions[0].id) if page.sessions else None
    failed = [r for r in detail.records if r.verdict is Verdict.INVALID] if detail else []
    return failed[-1] if failed else None


def _description(hass: HomeAssistant, record: StoredRecord | None) -> dict[str, str]:
    if record is None:
        return {"record": _UNKNOWN, "pagination": _UNKNOWN, "time": _UNKNOWN}
    moment = record.time
    return {
        "record": str(record.id),
        "pagination": _NOT_PLAIN.sub("\ufffd", record.pagination or _UNKNOWN)[:_LONGEST],
        "time": local_moment(hass, moment) if moment else _UNKNOWN,
    }


@callback
def async_settled(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take the issue back: there is nothing to look at, or the meter is gone."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry))


@callback
def async_note_seen(hass: HomeAssistant, entry: ConfigEntry, failed: int) -> None:
    """Remember how many invalid records have been reviewed."""
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_FAILED_SEEN: failed})


def _issue_id(entry: ConfigEntry) -> str:
    return f"{ISSUE}_{entry.entry_id}"


class FailedRecordsFlow(ConfirmRepairFlow):
    """Say what a failed signature means, and let an administrator say that it was looked at."""

    def __init__(self, entry: ConfigEntry, failed: int) -> None:
        self._entry = entry
        self._failed = failed

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Explain, then remember that those records are known that there were when it was raised."""
        if user_input is None:
            return await super().async_step_confirm()
        async_note_seen(self.hass, self._entry, self._failed)
        return self.async_create_entry(data={})
