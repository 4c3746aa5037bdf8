"""A few charges of the kill test, and whether it would notice a loss."""

import asyncio
from dataclasses import dataclass, field
import sys
from typing import Any, cast

import pytest

from tools.demo.console import DemoError
from tools.demo.home_assistant import REPOSITORY

from .__main__ import judge
from .world import TRANSPORTS, Meter

# Home Assistant starts twice, on a machine that may be busy with other tests.
LONGEST = 300


# What takes turns. Those before which Home Assistant has to have written down what it knows come last:
# it does so after some seconds.
DISASTERS = ("meter", "locked", "full", "home-assistant")


@pytest.mark.timeout(LONGEST)
async def test_no_record_is_lost() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.kill", "--sessions", str(len(DISASTERS))),
        *(part for name in TRANSPORTS for part in ("--transport", name)),
        *(part for name in DISASTERS for part in ("--disaster", name)),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode()
    assert process.returncode == 0, output
    assert output.count("lost 0, too many 0") == len(TRANSPORTS)


@dataclass
class Left:
    """What a run may leave behind."""

    signed_: list[str] = field(default_factory=lambda: ["B", "E"])
    commands_: str = "BE"
    archived_: list[str] = field(default_factory=lambda: ["E", "B"])
    outcomes_: list[str] = field(default_factory=lambda: ["ended"])
    charge: dict[str, Any] | None = None
    transport: str = "rest"

    def signed(self) -> list[str]:
        return self.signed_

    def commands(self) -> str:
        return self.commands_

    def archived(self) -> list[str]:
        return self.archived_

    def outcomes(self) -> list[str]:
        return self.outcomes_

    def remembered(self) -> list[dict[str, Any]]:
        return [{"charge": self.charge, "claims": []}]


def judged(left: Left, disaster: str = "both") -> None:
    judge(cast("Meter", left), [disaster])


def test_a_good_end() -> None:
    judged(Left())


@pytest.mark.parametrize(
    "left",
    [
        Left(archived_=["B"]),
        Left(archived_=["B", "E", "E"]),
        Left(archived_=["B", "E", "C"]),
        Left(commands_="BBE"),
        Left(commands_="BCEE"),
        Left(outcomes_=[]),
        Left(outcomes_=["open"]),
        Left(outcomes_=["ended", "end_missing"]),
        Left(outcomes_=["ended_elsewhere"]),
        Left(charge={"phase": "charging"}),
    ],
    ids=repr,
)
def test_a_bad_end(left: Left) -> None:
    with pytest.raises(DemoError):
        judged(left)


def test_nobody_knows_who_did_what_on_a_full_disk() -> None:
    judged(Left(outcomes_=["ended_elsewhere"], charge={"phase": "charging"}), "full")
    with pytest.raises(DemoError):
        judged(Left(archived_=["B"]), "full")
