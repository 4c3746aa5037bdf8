"""Signed sessions as statistics of Home Assistant: energy and cost of each hour, for the energy dashboard.

They are made of the archive, so also for the time before the installation and while Home Assistant was
off. What they have is always what the archive says: rows that differ from it are written again.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    statistic_during_period,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.unit_conversion import EnergyConverter

from ..archive import SessionMark
from ..billing.hours import Share
from ..connection.names import device_name
from ..const import CONF_STATISTICS, DOMAIN, LOGGER, SIGNAL_PRICES_CHANGED
from ..intake.keeper import RecordKeeper

_RECORDER: Final = "recorder"

# Rows that the recorder writes at once: it records nothing else meanwhile.
_AT_ONCE: Final = 500

# Characters of a statistic's ID that say which meter: of a fingerprint, enough to name one of millions.
_ID_LENGTH: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statistic:
    """One of the statistics of a meter.

    Attributes:
        key: end of its ID, and of the key of its name.
        of: what it has of an hour.
        energy: whether that is energy, else money.
    """

    key: str
    of: Callable[[Share], Decimal]
    energy: bool = True


_STATISTICS: Final = (
    _Statistic(key="imported", of=lambda share: share.imported),
    _Statistic(key="exported", of=lambda share: share.exported),
    _Statistic(key="cost", of=lambda share: share.cost, energy=False),
)


class EnergyStatistics:
    """Keeps the statistics of a meter's signed sessions as the archive has the sessions."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        records: RecordKeeper,
        costs: DataUpdateCoordinator[Any],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._records = records
        self._costs = costs
        self._marks: dict[int, SessionMark] = {}
        # Until the first comparison, and after one that failed, all hours are compared.
        self._whole = True
        self._wanted = False
        self._work: asyncio.Task[None] | None = None

    @callback
    def async_start(self) -> None:
        """Follow the archive and the prices from now on, if Home Assistant records anything."""
        if _RECORDER not in self._hass.config.components:
            return
        # The rest of Home Assistant starts first.
        self._entry.async_on_unload(async_at_started(self._hass, self._follow))

    @callback
    def _follow(self, _: HomeAssistant) -> None:
        for stop in (
            self._records.summary_coordinator.async_add_listener(self._look),
            # Rates may be stored with a session after its records.
            self._costs.async_add_listener(self._look),
            async_dispatcher_connect(self._hass, SIGNAL_PRICES_CHANGED, self._look_at_all),
        ):
            self._entry.async_on_unload(stop)
        self._look()

    @callback
    def _look(self) -> None:
        """Compare soon; what changes while that is being done is compared after it."""
        self._wanted = not self._hass.is_stopping
        if self._wanted and (self._work is None or self._work.done()):
            self._work = self._entry.async_create_background_task(
                self._hass,
                self._async_work(),
                f"{device_name(self._hass, self._entry)} statistics",
            )

    @callback
    def _look_at_all(self) -> None:
        self._whole = True
        self._look()

    async def _async_work(self) -> None:
        while self._wanted:
            self._wanted = False
            await self._async_update()

    async def _async_update(self) -> None:
        """Write what is not there yet; what can't be read now is compared again at the next news."""
        whole, self._whole = self._whole, False
        try:
            await self._async_compare(whole=whole)
        except HomeAssistantError as err:
            self._whole = True
            LOGGER.debug("%s: no statistics for now: %s", device_name(self._hass, self._entry), err)

    async def _async_compare(self, *, whole: bool) -> None:
        meter_id = self._records.meter_id
        if meter_id is None:
            self._whole = whole
            return
        marks = await self._records.async_run(lambda archive: archive.marks(meter_id))
        since = None if whole else _first_changed(self._marks, marks)
        if not whole and since is None:
            return
        zone, currency = dt_util.get_default_time_zone(), self._hass.config.currency
        hours = await self._records.async_run(
            lambda archive: archive.hours(meter_id, since, zone, currency)
        )
        texts = await async_get_translations(
            self._hass, self._hass.config.language, "config_panel", {DOMAIN}
        )
        for statistic in _STATISTICS:
            values = {hour: statistic.of(share) for hour, share in hours.items()}
            await self._async_write(self._describe(statistic, texts), values, since)
        self._marks = marks

    def _describe(self, statistic: _Statistic, texts: Mapping[str, str]) -> StatisticMetaData:
        text = texts[f"component.{DOMAIN}.config_panel.statistic.{statistic.key}"]
        return StatisticMetaData(
            mean_type=StatisticMeanType.NONE,
            has_sum=True,
            name=f"{device_name(self._hass, self._entry)}: {text}",
            source=DOMAIN,
            statistic_id=f"{DOMAIN}:{self._key}_{statistic.key}",
            unit_class=EnergyConverter.UNIT_CLASS if statistic.energy else None,
            unit_of_measurement=(
                UnitOfEnergy.KILO_WATT_HOUR if statistic.energy else self._hass.config.currency
            ),
        )

    @property
    def _key(self) -> str:
        """What the statistics are called: the same for good, also when the meter gets another key."""
        if CONF_STATISTICS not in self._entry.data:
            data = {**self._entry.data, CONF_STATISTICS: _free_key(self._hass, self._entry)}
            self._hass.config_entries.async_update_entry(self._entry, data=data)
        key: str = self._entry.data[CONF_STATISTICS]
        return key

    async def _async_write(
        self,
        statistic: StatisticMetaData,
        values: Mapping[datetime, Decimal],
        since: datetime | None,
    ) -> None:
        """Write the rows from one hour on that the recorder has not, or otherwise."""
        recorder = get_instance(self._hass)
        # What was written before is there to be read.
        await _async_finish(recorder)
        start, there = await recorder.async_add_executor_job(
            _read, self._hass, statistic["statistic_id"], since
        )
        if not there and not start and not any(values.values()):
            return
        rows = [row for row in _rows(values, there, start) if there.get(row["start"]) != _of(row)]
        for some in batched(rows, _AT_ONCE, strict=False):
            async_add_external_statistics(self._hass, statistic, some)
            await _async_finish(recorder)


async def _async_finish(recorder: Recorder) -> None:
    """Wait until the recorder has done what it was given.

    Its own wait is for what is in its queue, where the task that it is doing is no more.
    """
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    recorder.queue_task(SynchronizeTask(done))
    await done


@callback
def async_forget_statistics(hass: HomeAssistant, key: str | None) -> None:
    """Delete the statistics of a meter whose records are deleted, by the name that its entry has for them."""
    if key is not None and _RECORDER in hass.config.components:
        get_instance(hass).async_clear_statistics(
            [f"{DOMAIN}:{key}_{statistic.key}" for statistic in _STATISTICS]
        )


def _free_key(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    """Choose a name for the statistics of a meter that those of no other meter have."""
    if TYPE_CHECKING:
        assert entry.unique_id is not None
    first = slugify(entry.unique_id)[:_ID_LENGTH].strip("_")
    taken = {other.data.get(CONF_STATISTICS) for other in hass.config_entries.async_entries(DOMAIN)}
    key, number = first, 1
    while key in taken:
        number += 1
        key = f"{first}_{number}"
    return key


def _first_changed(
    before: Mapping[int, SessionMark], now: Mapping[int, SessionMark]
) -> datetime | None:
    """Find the first hour in which something may have changed; None if nothing has."""
    changed = (
        mark.since
        for number in before.keys() | now.keys()
        if before.get(number) != now.get(number)
        for mark in (before.get(number), now.get(number))
        if mark is not None
    )
    return min(changed, default=None)


type _Row = tuple[float | None, float | None]


def _read(
    hass: HomeAssistant, statistic_id: str, since: datetime | None
) -> tuple[Decimal, dict[datetime, _Row]]:
    """Read what the recorder has: the sum before an hour, and the rows from then on. This blocks."""
    start = Decimal(0)
    if since is not None:
        before = statistic_during_period(hass, None, since, statistic_id, {"change"}, None)
        start = _exact(before.get("change"))
    rows = statistics_during_period(
        hass,
        since or datetime.fromtimestamp(0, UTC),
        None,
        {statistic_id},
        "hour",
        None,
        {"state", "sum"},
    )
    return start, {
        datetime.fromtimestamp(row["start"], UTC): (row.get("state"), row.get("sum"))
        for row in rows.get(statistic_id, ())
    }


def _exact(number: float | None) -> Decimal:
    """Get the number back that a floating-point number was made of: it has at most 15 digits."""
    return Decimal(repr(number or 0.0))


def _rows(
    values: Mapping[datetime, Decimal], there: Mapping[datetime, _Row], start: Decimal
) -> Sequence[StatisticData]:
    """Add up hour by hour; rows that nothing belongs to any more can't be deleted, and become 0."""
    rows, total = [], start
    for hour in sorted(values.keys() | there.keys()):
        value = values.get(hour, Decimal(0))
        total += value
        rows.append(StatisticData(start=hour, state=float(value), sum=float(total)))
    return rows


def _of(row: StatisticData) -> _Row:
    return row["state"], row["sum"]
