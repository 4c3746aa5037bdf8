"""A meter whose REST measures have other decimals than the manual's print seems to say."""

from collections.abc import AsyncIterator
import json
import logging
from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4.model import Measures
from custom_components.lovato_dmed4.dmed4.scale import EnergyBalance, MeasureScale, alternatives
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.upkeep import measure_scale
from simulator import SimulatedMeter
from tests.integration.flows import Browser, device_link
from tests.integration.helpers import number, pass_time, set_up, web_server
from tests.integration.plugin import ClientSessionGenerator, MockConfigEntry

KEY = "11" * 64


class OtherScale:
    """A meter's web server that gives 0.1 V, 0.001 A and W.

    Attributes:
        measure: What it measures, in these units.
    """

    def __init__(self) -> None:
        self.measure: dict[str, object] = {"voltage": 4000, "current": 0, "power": 0}

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        name = request.path.rsplit("/", 1)[-1]
        answers: dict[str, Any] = {
            "measure": self.measure,
            "charge_settings": {"public_key": KEY},
            "charge_status": {
                "measurement_status": 2,
                "signature_status": 32,
                "error_status_1": 0,
                "error_status_2": 0,
            },
            "system_status": {"model_code": 0, "serial_number": 1},
            "info": {"ocmf_total_number": 0},
        }
        return web.Response(text=json.dumps(answers[name]), content_type="application/json")

    def flow(self, amperes: int) -> None:
        """Let current flow, some amperes at 400 V."""
        self.measure |= {"current": amperes * 1000, "power": amperes * 400}


@pytest.fixture
def meter() -> OtherScale:
    return OtherScale()


@pytest.fixture
async def entry(hass: HomeAssistant, meter: OtherScale) -> AsyncIterator[Dmed4ConfigEntry]:
    async with web_server(meter.handle) as port:
        found = MockConfigEntry(
            domain=DOMAIN,
            title="Meter",
            unique_id=f"address_127.0.0.1_{port}",
            data={"transport": "rest", "host": "127.0.0.1", "port": port},
        )
        found.add_to_hass(hass)
        assert await set_up(hass, found)
        yield found
        assert await hass.config_entries.async_unload(found.entry_id)


def issue(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{entry.entry_id}_measure_scale")


async def charge(hass: HomeAssistant, meter: OtherScale, *amperes: int) -> None:
    for value in amperes:
        meter.flow(value)
        await pass_time(hass)


async def test_the_right_scale_is_offered_and_used(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    meter: OtherScale,
    hass_client: ClientSessionGenerator,
) -> None:
    await charge(hass, meter, 0, 0, 121, 122, 123, 124)
    assert issue(hass, entry) is None
    await charge(hass, meter, 125)
    found = issue(hass, entry)
    assert found is not None
    assert found.is_fixable
    assert found.translation_placeholders == {
        "meter": "Meter",
        "values": "40 V, 12.5 A, 50 kW",
        "link": device_link(hass, entry),
    }

    browser = await Browser.open(hass, hass_client)
    form = await browser.repair(found.issue_id)
    assert form["step_id"] == "scale"
    assert form["description_placeholders"] == {"meter": "Meter", "link": device_link(hass, entry)}
    (field,) = form["data_schema"]
    assert field["selector"]["select"]["options"][0] == "400 V, 125 A, 50 kW"
    done = await browser.submit(form, {"scale": "400 V, 125 A, 50 kW"})
    assert done["type"] == "create_entry"
    assert entry.data["scale"] == {"voltage": 1, "current": 3, "power": 3}
    assert issue(hass, entry) is None
    assert number(hass, entry, "voltage") == 400
    assert number(hass, entry, "current") == 125
    assert number(hass, entry, "power") == 50
    await charge(hass, meter, 121, 122, 123, 124, 125, 126)
    assert issue(hass, entry) is None


async def test_a_single_torn_sample_raises_nothing_and_agreement_ends_it(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, meter: OtherScale
) -> None:
    for amperes in range(121, 133):
        meter.flow(amperes)
        if amperes % 4:
            meter.measure["power"] = amperes * 1200
        await pass_time(hass)
    await charge(hass, meter, 133, 134, 135, 136, 137)
    assert issue(hass, entry) is not None
    for amperes in range(121, 126):
        meter.measure = {
            "voltage": 40000,
            "current": amperes * 10000,
            "power": amperes * 400,
        }
        await pass_time(hass)
    assert issue(hass, entry) is None


async def test_the_simulated_meter_has_the_manual_s_scale(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.physics.begin()
    for _ in range(8):
        simulated._clock.advance(5)  # type: ignore[attr-defined]
        await pass_time(hass)
    assert issue(hass, rest_entry) is None


# The same charge of 400 V, 129 A and 51.6 kW, as a meter of each reading gives it.
READINGS: dict[str, tuple[float, float, float]] = {
    "as the registers": (40000, 1290000, 51600),
    "tenths": (4000, 1290, 516),
    "tenths, hundredths, hundredths": (4000, 12900, 5160),
    "in agreement, and wrong all the same": (4000, 129000, 516),
    "itself": (400.5, 129.0, 51.6),
    "itself, by chance whole": (400, 129, 51.6),
}


@pytest.mark.parametrize("reading", READINGS)
async def test_what_the_meter_tells_is_not_asked(  # noqa: PLR0917
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    meter: OtherScale,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    reading: str,
) -> None:
    """The energy counter, in Wh, gives the scale of the power; the others follow from it."""
    caplog.set_level(logging.INFO)
    now = 0.0
    monkeypatch.setattr(measure_scale, "monotonic", lambda: now)
    voltage, current, power = READINGS[reading]
    for second in range(0, 100, 2):
        now = float(second)
        meter.measure = {
            "voltage": voltage,
            "current": current,
            "power": power,
            "energyPos": 1_000_000 + round(51600 * second / 3600),
        }
        await pass_time(hass)
        assert issue(hass, entry) is None
    assert number(hass, entry, "voltage") == pytest.approx(400, abs=1)
    assert number(hass, entry, "current") == 129
    assert number(hass, entry, "power") == 51.6
    # It was said once and kept, so that it does not have to be found out again.
    assert caplog.text.count("other decimals") + caplog.text.count("decimal point") == (
        reading != "as the registers"
    )
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert number(hass, entry, "voltage") == pytest.approx(400, abs=1)


async def test_a_person_is_asked_when_the_energy_tells_too_little(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    meter: OtherScale,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """150 V and 1500 V are equally unusual, so that the meter's own word is not enough."""
    now = 0.0
    monkeypatch.setattr(measure_scale, "monotonic", lambda: now)
    for second in range(0, 100, 2):
        now = float(second)
        meter.measure = {
            "voltage": 1500,
            "current": 1000,
            "power": 1500,
            "energyPos": 1_000_000 + round(15000 * second / 3600),
        }
        await pass_time(hass)
    assert issue(hass, entry) is not None


def test_energy_is_compared_over_whole_spells_only() -> None:
    balance = EnergyBalance()
    for at in range(0, 60, 2):
        balance.add(at, Measures(power=0.516, energy_imported=51.6 * at / 3600))
    assert balance.exponent == -2
    balance = EnergyBalance()
    for at in range(0, 600, 20):  # too far apart: what flowed meanwhile is not known
        balance.add(at, Measures(power=51.6, energy_imported=51.6 * at / 3600))
    assert balance.exponent is None
    balance = EnergyBalance()
    for at in range(0, 60, 2):  # the counter says what no power of ten explains
        balance.add(at, Measures(power=51.6, energy_imported=3 * 51.6 * at / 3600))
    assert balance.exponent is None
    for at in range(60, 120, 2):  # energy flows back
        balance.add(at, Measures(power=-51.6, energy_imported=9.0))
    assert balance.exponent is None


def test_the_likeliest_scale_comes_first() -> None:
    tenths = Measures(voltage=40, current=0.129, power=0.516)
    found = alternatives(tenths, MeasureScale(), rated=150)
    assert found[0] == MeasureScale(voltage=1, current=1, power=1)
    assert len(found) == len(set(found)) > 6
    # A current of 1290 A is none of a meter for 150 A.
    assert MeasureScale(voltage=2, current=0, power=1) in found[1:]
