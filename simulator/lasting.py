"""A meter that keeps its records in a file, as a real one does in its flash memory."""

from dataclasses import asdict
import json
from pathlib import Path
from typing import Any, override

from .logbook import EventCode
from .meter import Command, SimulatedMeter
from .record import Reading, Record


class LastingMeter(SimulatedMeter):
    """A meter that goes on where it was when its process was ended, in whatever way.

    The end of its process is to it what a power failure is: a running cycle goes on as *active
    after power failure*, a prepared one is dropped, a signature in progress is completed. Records,
    the cycle and the energy counters are kept; settings, parameters and events are not.

    The file is written whenever the cycle changes and whenever a record is signed, before anybody
    is informed of it. The counters in it are those of that moment.

    Args:
        memory: The file; a meter without one is new.
        settings: As for `SimulatedMeter`.
    """

    def __init__(self, memory: Path, **settings: Any) -> None:
        super().__init__(**settings)
        self._memory = memory
        if memory.exists():
            self._restore(json.loads(memory.read_text(encoding="utf-8")))
            self._log(EventCode.POWER_FAILURE)

    @override
    def command(self, command: Command) -> None:
        super().command(command)
        self._save()

    @override
    def _keep(self, fields: dict[str, str], progressive: int, payload: str) -> None:
        super()._keep(fields, progressive, payload)
        self._save()

    def _save(self) -> None:
        content = {
            "charging": self.charging,
            "prototype": self._prototype,
            "begin": None if self._begin is None else asdict(self._begin),
            "unsigned": self._unsigned,
            "physics": self.physics.save(),
            "progressive": self._progressive,
            "transactions": self._transactions,
            "records": [
                asdict(record) | {"der": record.der.hex()} for record in self.record_log.entries
            ],
        }
        # Another file in its place: at no moment is there half a one.
        new = self._memory.with_name(f"{self._memory.name}.new")
        new.write_text(json.dumps(content), encoding="utf-8")
        new.replace(self._memory)

    def _restore(self, content: dict[str, Any]) -> None:
        self._prototype = content["prototype"]
        self._begin = None if content["begin"] is None else Reading(**content["begin"])
        self._progressive = content["progressive"]
        self._transactions = content.get("transactions", 0)
        self.record_log.entries.extend(
            Record(**record | {"der": bytes.fromhex(record["der"])})
            for record in content["records"]
        )
        self.physics.restore(content["physics"], charging=content["charging"])
        if content["unsigned"] is not None:
            fields, payload = content["unsigned"]
            self._keep(fields, self._progressive + 1, payload)
        if content["charging"]:
            self._survive()
