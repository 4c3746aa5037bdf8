"""A meter that says again what the explorer once heard from a real one: `python -m tools.explorer --dump`.

Its answers never change, and it takes no writes. So a report of a meter that does something
unexpected becomes a test.
"""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any, Final, Self, override

from .clock import Clock
from .device import Device
from .errors import OutOfRangeError
from .registers import Read, Register, RegisterTable
from .rest_api import Api, Call, Methods

FORMAT = 1


class ReplayedMeter(Device):
    """A meter out of a dump.

    Args:
        dump: What the explorer saved.
        clock: The source of time, which does not change what the meter says.

    Attributes:
        transport: `rest` or `modbus`, the one that was explored and so can be replayed.
        identification: The answer to Modbus function 0x11.
        registers: Those that were read.
        answers: Bodies of the REST API's answers by path, such as `measure`.
    """

    def __init__(self, dump: Mapping[str, Any], clock: Clock | None = None) -> None:
        if dump.get("format") != FORMAT:
            raise ValueError("not a dump of the explorer, or one of another version")
        super().__init__(clock, 0, None)
        self.transport: Final[str] = dump["transport"]
        self.identification: Final = bytes.fromhex(dump.get("identification", ""))
        self.registers: Final = RegisterTable(
            Register[ReplayedMeter](int(first, 16) + place, 1, _saying(int(word, 16)))
            for first, words in dump.get("registers", {}).items()
            for place, word in enumerate(words.split())
        )
        self.answers: Final[Mapping[str, str]] = {
            path: body if isinstance(body, str) else json.dumps(body)
            for path, body in dump.get("answers", {}).items()
        }

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a dump from a file.

        Raises:
            OSError: It can't be read.
            ValueError: It is no dump.
        """
        dump = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(dump, dict):
            raise ValueError("not a dump of the explorer")  # noqa: TRY004 - the file is wrong
        return cls(dump)

    @property
    @override
    def name(self) -> str:
        return "replayed meter"

    @override
    def update(self) -> None:
        pass


class ReplayApi(Api):
    """What a web server said."""

    def __init__(self, meter: ReplayedMeter) -> None:
        self._answers = meter.answers

    @override
    def methods(self, path: str) -> Methods | None:
        answer = self._answers.get(path.removeprefix("/v1/"))
        if answer is None:
            return None
        return {"GET": lambda _: answer, "PUT": _refuse, "POST": _refuse}

    @override
    def finish(self) -> None:
        pass


def _saying(word: int) -> Read[ReplayedMeter]:
    return lambda _: word


def _refuse(_: Call) -> str:
    raise OutOfRangeError("a replay takes no writes")
