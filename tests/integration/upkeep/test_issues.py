"""Repair issues come with what a person must act on, and go with it."""

import json
from pathlib import Path
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.lovato_dmed4.connection.names import without_markup
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import RestServer, SimulatedMeter
from tests.integration.helpers import HOUSEKEEPING, pass_time, press
from tests.integration.turns import in_turn

STRINGS = Path("custom_components/lovato_dmed4/strings.json")


def raised(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> set[str]:
    """The issues of a meter; each has its texts."""
    texts = json.loads(STRINGS.read_text())["issues"]
    found = set()
    for issue in ir.async_get(hass).issues.values():
        if issue.domain == DOMAIN and issue.issue_id.startswith(entry.entry_id):
            assert issue.translation_key is not None
            assert issue.translation_key in texts
            assert issue.translation_placeholders is not None
            assert issue.translation_placeholders["meter"] == entry.title
            found.add(issue.translation_key)
    return found


@in_turn("number", range(1, 13))
async def test_each_fatal_error_has_an_issue(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, number: int
) -> None:
    assert not raised(hass, rest_entry)
    simulated.set_fatal(number)
    await pass_time(hass, HOUSEKEEPING)
    assert raised(hass, rest_entry) == {f"fatal_error_{number}"}
    simulated.set_fatal(number, on=False)
    await pass_time(hass, HOUSEKEEPING)
    assert not raised(hass, rest_entry)


def test_nothing_of_a_device_is_markup() -> None:
    hostile = (
        "[pay](https://evil.example) ![x](//e/x.png) <img src=x> `a` *b* www.evil.example a@b.c \\"
    )
    shown = without_markup(hostile)
    assert not set("[]<>`\\") & set(shown)
    # What GitHub's Markdown makes links of without any markup.
    assert re.search(r"https?://\S|www\.|\S@\S", shown) is None
    assert without_markup("DMED404R0600 13399248 (left), 1.2/3-4") == (
        "DMED404R0600 13399248 (left), 1.2/3-4"
    )


async def test_a_name_that_came_from_the_meter_is_no_markup(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    title = "DMED404 [pay](https://evil.example) <img src=x>"
    hass.config_entries.async_update_entry(rest_entry, title=title)
    simulated.set_fatal(4)
    await pass_time(hass, HOUSEKEEPING)
    (issue,) = (
        issue
        for issue in ir.async_get(hass).issues.values()
        if issue.translation_key == "fatal_error_4"
    )
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["meter"] == without_markup(title) != title


async def test_a_wiring_error_has_an_issue(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.set_board_bit("board_2", "wiring_err")
    await pass_time(hass, HOUSEKEEPING)
    assert raised(hass, rest_entry) == {"wiring_error"}
    simulated.set_board_bit("board_2", "wiring_err", on=False)
    await pass_time(hass, HOUSEKEEPING)
    assert not raised(hass, rest_entry)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (1, "measure_board_error"),
        (10, "communication_board_error"),
        (11, "boards_not_communicating"),
    ],
)
async def test_an_error_of_a_board_has_an_issue(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
    *,
    code: int,
    key: str,
) -> None:
    monkeypatch.setattr(simulated.boards, "status", lambda *_, **__: {"system_status": code})
    await pass_time(hass, HOUSEKEEPING)
    assert raised(hass, rest_entry) == {key}
    monkeypatch.undo()
    await pass_time(hass, HOUSEKEEPING)
    assert not raised(hass, rest_entry)


async def test_errors_that_persist_have_an_issue(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.set_error(2, 1)
    for _ in range(9):
        await pass_time(hass, HOUSEKEEPING)
    assert "errors_persist" not in raised(hass, entry)
    for _ in range(3):
        await pass_time(hass, HOUSEKEEPING)
    assert "errors_persist" in raised(hass, entry)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{entry.entry_id}_errors_persist")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["errors"] == "DMED_COMM"
    await press(hass, entry, "reset_errors")
    await pass_time(hass, HOUSEKEEPING)
    assert "errors_persist" not in raised(hass, entry)


async def test_a_lost_meter_keeps_its_issues_and_an_unloaded_one_has_none(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    simulated.set_fatal(7)
    await pass_time(hass, HOUSEKEEPING)
    await rest_server.stop()
    await pass_time(hass, HOUSEKEEPING)
    assert raised(hass, rest_entry) == {"fatal_error_7"}
    await rest_server.start()
    await pass_time(hass, HOUSEKEEPING)
    assert raised(hass, rest_entry) == {"fatal_error_7"}
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    assert not raised(hass, rest_entry)
