"""Drivers, prices and costs over a real connection."""

from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest

from custom_components.lovato_dmed4.const import DOMAIN, SIGNAL_PRICES_CHANGED
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.web import commands
from simulator import SimulatedMeter
from tests.integration.helpers import device_id
from tests.integration.plugin import WebSocketGenerator
from tests.integration.records import archive, charge_of
from tests.integration.turns import in_turn
from tests.integration.web.test_commands import Ask, answers, ask, filled, refused

__all__ = ["answers", "ask", "filled", "refused"]

# With what is never to be seen outside of the archive.
SECRET = "Zoë Müller-Geheim"
ZOE = {
    "name": f"  {SECRET} ",
    "identifications": [{"value": "04a2", "type": "ISO14443"}, "IT-XYZ"],
    "address": "Via Roma 1\r\n00100 Roma",
    "email": "zoe@example.org",
    "person": "person.zoe",
    "note": "pays cash",
}


async def test_naming_somebody(filled: Dmed4ConfigEntry, hass: HomeAssistant, ask: Ask) -> None:
    registry = er.async_get(hass)
    tag = registry.async_get_or_create("tag", "tag", "05-B0", original_name="Tag 05-B0")
    registry.async_update_entity(tag.entity_id, name="Bert's card")
    before = await ask("drivers/list")
    assert before["drivers"] == []
    assert [
        (each["identification"], each["sessions"], each["suggestion"]) for each in before["unnamed"]
    ] == [("05B0", 1, "Bert's card"), ("04A2", 3, None)]

    zoe = await ask("drivers/save", **ZOE)
    assert zoe == {
        "driver_id": zoe["driver_id"],
        "name": SECRET,
        "identifications": [
            {"value": "04a2", "type": "ISO14443"},
            {"value": "IT-XYZ", "type": None},
        ],
        "address": "Via Roma 1\n00100 Roma",
        "email": "zoe@example.org",
        "person": "person.zoe",
        "note": "pays cash",
        "active": True,
    }
    after = await ask("drivers/list")
    assert after["drivers"] == [zoe]
    assert [each["identification"] for each in after["unnamed"]] == ["05B0"]

    sessions = (await ask("sessions/list"))["sessions"]
    assert [(each["driver"], each["identification"]) for each in sessions] == [
        (None, "05B0"),
        *[(SECRET, "04A2")] * 3,
    ]
    theirs = await ask("sessions/list", driver_id=[zoe["driver_id"]])
    assert theirs["total"] == 3
    assert (await ask("sessions/list", search="geheim"))["total"] == 3
    assert (await ask("sessions/list", driver_id=[0]))["total"] == 1
    detail = await ask("sessions/get", session_id=theirs["sessions"][0]["session_id"])
    assert detail["driver"] == SECRET
    energy = await ask("sessions/energy")
    assert [each["driver"] for each in energy["series"]] == [SECRET, None]

    await ask("drivers/delete", driver_id=zoe["driver_id"])
    assert (await ask("sessions/list", driver_id=[0]))["total"] == 4


async def test_costs_by_driver_and_meter(
    hass: HomeAssistant, filled: Dmed4ConfigEntry, ask: Ask
) -> None:
    zoe = await ask("drivers/save", **ZOE)
    price = await ask("prices/save", since="2025-01-01", energy="0.455", minute=0.01, vat=22)
    assert price["rates"]["energy"] == "0.455"
    assert price["rates"]["currency"] == hass.config.currency
    # Midnight in US/Pacific.
    assert price["since"] == "2025-01-01T08:00:00+00:00"
    costs = await ask("costs/sum")
    # 2 kWh and half an hour: 0.91 + 0.30.
    assert (costs["imported"], costs["billed"], costs["costs"]) == (
        "8.000",
        4,
        [{"currency": "EUR", "amount": "4.84"}],
    )
    assert [
        (each["driver"], each["identification"], each["sessions"], each["costs"][0]["amount"])
        for each in costs["by_driver"]
    ] == [(SECRET, None, 3, "3.63"), (None, "05B0", 1, "1.21")]
    assert [(each["device_id"], each["costs"][0]["amount"]) for each in costs["by_meter"]] == [
        (device_id(hass, filled), "4.84")
    ]

    special = await ask(
        "prices/save",
        since="2025-01-01",
        until="2025-11-02",
        energy="0",
        driver_id=zoe["driver_id"],
        device_id=device_id(hass, filled),
        time_from="22:00",
        time_until="06:00:30",
    )
    assert (special["driver"], special["time_from"], special["time_until"]) == (
        SECRET,
        "22:00",
        "06:00",
    )
    assert special["device_id"] == device_id(hass, filled)
    costs = await ask("costs/sum")
    # They begin at 22:30; the third one of hers on November 2 is too late.
    assert costs["costs"][0]["amount"] == "2.42"
    assert await ask("prices/apply") == {"changed": 4}
    await ask("prices/delete", price_id=special["price_id"])
    assert (await ask("costs/sum"))["costs"][0]["amount"] == "2.42"
    assert await ask("prices/apply", until="2025-11-01") == {"changed": 1}
    assert (await ask("costs/sum"))["costs"][0]["amount"] == "3.63"
    assert [each["price_id"] for each in (await ask("prices/list"))["prices"]] == [
        price["price_id"]
    ]
    reasons = await ask("costs/sum", driver_id=[0])
    assert (reasons["sessions"], reasons["left_out"]) == (1, [])


async def test_what_has_no_cost_says_why(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, ask: Ask
) -> None:
    await archive(rest_entry, [charge_of(simulated).begin])
    await archive(rest_entry, charge_of(simulated, 2).records)
    sessions = (await ask("sessions/list"))["sessions"]
    assert [each["cost"]["reason"] for each in sessions] == ["no_price", "open"]
    costs = await ask("costs/sum")
    assert costs["costs"] == []
    assert costs["left_out"] == [
        {"reason": "no_price", "sessions": 1},
        {"reason": "open", "sessions": 1},
    ]


async def test_the_sender_of_statements(rest_entry: Dmed4ConfigEntry, ask: Ask) -> None:
    empty = await ask("issuer/get")
    assert set(empty.values()) == {""}
    sender = {**empty, "name": "Garage", "address": "Via 1\nRoma", "party_id": "GAR"}
    assert await ask("issuer/save", **sender) == sender
    assert await ask("issuer/get") == sender


@in_turn(
    ("command", "fields", "code"),
    [
        ("drivers/save", {}, "invalid_format"),
        ("drivers/save", {"name": "  "}, "text_missing"),
        ("drivers/save", {"name": "a\nb"}, "text_not_possible"),
        ("drivers/save", {"name": "x" * 121}, "text_not_possible"),
        ("drivers/save", {"name": "a\u202eb"}, "text_not_possible"),
        ("drivers/save", {"name": "a", "note": "x" * 1001}, "text_not_possible"),
        ("drivers/save", {"name": "a", "identifications": [""]}, "text_missing"),
        ("drivers/save", {"name": "a", "identifications": [{"number": "1"}]}, "invalid_format"),
        ("drivers/save", {"name": "a", "identifications": ["1"] * 51}, "too_many_identifications"),
        ("drivers/save", {"name": "a", "email": "a@b"}, "email_not_possible"),
        ("drivers/save", {"name": "a", "email": "a@b.c, d@e.f"}, "email_not_possible"),
        ("drivers/save", {"name": "a", "email": "a@b.c\nBcc: d@e.f"}, "text_not_possible"),
        ("drivers/save", {"name": "a", "person": "light.kitchen"}, "invalid_format"),
        ("prices/save", {"energy": 1}, "invalid_format"),
        ("prices/save", {"since": "2025-01-01"}, "price_without_energy"),
        ("prices/save", {"since": "2025-01-01", "energy": "NaN"}, "amount_not_possible"),
        ("prices/save", {"since": "2025-01-01", "energy": "-Infinity"}, "amount_not_possible"),
        ("prices/save", {"since": "2025-01-01", "energy": "1e9"}, "amount_not_possible"),
        ("prices/save", {"since": "2025-01-01", "energy": "0.00000000001"}, "amount_not_possible"),
        ("prices/save", {"since": "2025-01-01", "energy": "0,49"}, "amount_not_possible"),
        ("prices/save", {"since": "2025-01-01", "energy": 1, "vat": -1}, "invalid_format"),
        (
            "prices/save",
            {"since": "2025-01-01", "energy": 1, "until": "2025-01-01"},
            "price_ends_early",
        ),
        (
            "prices/save",
            {"since": "2025-01-01", "energy": 1, "time_from": "22:00"},
            "price_time_of_day",
        ),
        (
            "prices/save",
            {"since": "2025-01-01", "energy": 1, "time_from": "22:00", "time_until": "22:00"},
            "price_time_of_day",
        ),
        (
            "prices/save",
            {"since": "2025-01-01", "price_entity": "light.kitchen"},
            "price_entity_not_possible",
        ),
        ("issuer/save", {"party_id": "TOOLONG"}, "invalid_format"),
        ("costs/sum", {"driver_id": [-1]}, "invalid_format"),
        ("costs/sum", {"unknown": 1}, "invalid_format"),
    ],
)
async def test_nonsense_is_refused(
    rest_entry: Dmed4ConfigEntry, refused: Ask, command: str, fields: dict[str, Any], code: str
) -> None:
    assert await refused(command, **fields) == code


async def test_refusals_come_with_what_translates_them(
    rest_entry: Dmed4ConfigEntry, answers: Ask
) -> None:
    """The browser shows them in the user's language, not in that of the server."""
    for command, fields, key in (
        ("prices/save", {"since": "2025-01-01"}, "price_without_energy"),
        ("drivers/delete", {"driver_id": 99}, "not_in_ledger"),
    ):
        error = (await answers(command, **fields))["error"]
        assert error["translation_domain"] == DOMAIN
        assert error["translation_key"] == error["code"] == key
        assert error["message"]


async def test_errors_have_codes(rest_entry: Dmed4ConfigEntry, ask: Ask, refused: Ask) -> None:
    await ask("drivers/save", **ZOE)
    assert (
        await refused("drivers/save", name="Bert", identifications=["04A2"])
        == "identification_taken"
    )
    for command, fields in (
        ("drivers/delete", {"driver_id": 99}),
        ("drivers/save", {"driver_id": 99, "name": "x"}),
        ("prices/delete", {"price_id": 99}),
        ("prices/save", {"since": "2025-01-01", "energy": 1, "driver_id": 99}),
    ):
        assert await refused(command, **fields) == "not_in_ledger"
    assert [each["name"] for each in (await ask("drivers/list"))["drivers"]] == [SECRET]


async def test_only_administrators_are_answered(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    client = await hass_ws_client(hass, hass_read_only_access_token)
    wanted = [
        name
        for name in commands._COMMANDS
        if name.partition("/")[0] in {"drivers", "prices", "costs", "issuer"}
    ]
    assert len(wanted) == 10
    for name in wanted:
        fields: dict[str, Any] = {"type": f"{DOMAIN}/{name}"}
        if name.endswith("/save"):
            fields |= {"name": "x"} if name != "prices/save" else {"since": "2025-01-01"}
        if name == "prices/save":
            fields["energy"] = 1
        if name.endswith("/delete"):
            fields[f"{name.partition('/')[0][:-1]}_id"] = 1
        await client.send_json_auto_id(fields)
        answer = await client.receive_json()
        assert answer["error"]["code"] == "unauthorized", name


async def test_a_change_is_told_without_saying_whose(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[Any, ...]] = []
    async_dispatcher_connect(hass, SIGNAL_PRICES_CHANGED, callback(lambda *args: told.append(args)))
    await ask("drivers/save", **ZOE)
    await ask("prices/save", since="2025-01-01", energy=1)
    assert told == [(), ()]
    for state in hass.states.async_all():
        assert SECRET not in str(state.as_dict())
    ours = [each for each in caplog.records if each.name.startswith("custom_components")]
    assert not any(SECRET in each.getMessage() for each in ours)
