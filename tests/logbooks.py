"""What the tests of the logbooks share: how to fill them, and the twists of a meter."""

from collections.abc import Callable
import json
from typing import cast

import pytest

from simulator import Command, RestServer, SimulatedMeter
from simulator.logbook import EventCode
from simulator.rest_api import MeterApi

_PROTOTYPE = {
    "FV": "1.1",
    "GI": "DMED4",
    "GS": "1",
    "PG": "T0",
    "MS": "1",
    "IS": True,
    "IL": "NONE",
    "IF": [],
    "IT": "ISO14443",
    "ID": "04A2B3C4",
}


def sign(meter: SimulatedMeter, count: int, identification: str = "04A2B3C4") -> list[str]:
    """Let a meter that signs at once sign so many records; return all it has, the newest first."""
    for _ in range(count):
        if not meter.charging:
            meter.submit_prototype(json.dumps(_PROTOTYPE | {"ID": identification}).encode())
            meter.update()
            meter.command(Command.BEGIN)
        else:
            meter.command(Command.END)
        meter.update()
    return list(reversed(meter.records))


def log_events(meter: SimulatedMeter, *arguments: int) -> None:
    """Let a meter record an event for each argument."""
    for argument in arguments:
        meter._log(EventCode.ERROR, argument)


def rest_calls(server: RestServer) -> dict[str, dict[str, Callable[..., str]]]:
    """What answers each path and method of a web server, for a test to change."""
    api = server._api
    assert isinstance(api, MeterApi)
    return cast("dict[str, dict[str, Callable[..., str]]]", api._calls)


def rest_answers(server: RestServer, path: str) -> dict[str, Callable[..., str]]:
    """What answers the methods of a path below v1/logbook."""
    return rest_calls(server)[f"/v1/logbook/{path}"]


def find_entries_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a meter whose time stands still find the entries of its logbooks."""
    monkeypatch.setattr("simulator.registers._SEARCH_TIME", 0)
