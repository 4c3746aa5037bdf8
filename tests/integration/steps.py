"""Do something at any step of the event loop, and see what an entry leaves behind."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4 import links
from custom_components.lovato_dmed4.intake.shared_archive import async_archives


class Steps:
    """Counts what the event loop runs: each goes on after something that was awaited.

    Attributes:
        count: how many have been run.
        done: whether the one that was waited for has come.
        over: whether nothing is waited for any more.
    """

    def __init__(self, turn: int, act: Callable[[], object]) -> None:
        self.count = 0
        self.done = self.over = False
        self._turn = turn
        self._act = act

    def note(self) -> None:
        self.count += 1
        if self.count >= self._turn and not self.done and not self.over:
            self.done = True
            self._act()


@contextmanager
def at_step(turn: int, act: Callable[[], object]) -> Iterator[Steps]:
    """Do something between one step of the event loop and the next.

    Args:
        turn: after how many steps.
        act: does it; it is not called when there are fewer steps.
    """
    steps = Steps(turn, act)
    run = asyncio.Handle._run

    def run_and_note(handle: asyncio.Handle) -> None:
        run(handle)
        steps.note()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio.Handle, "_run", run_and_note)
        yield steps
        # The step that leaves this is noted afterwards.
        steps.over = True


# Home Assistant writes its registries with a delay, web servers keep connections for a while, and the
# simulated meter learns of the end of one later.
_OF_OTHERS: Final = (
    "Store.",
    "homeassistant_final_write",
    "RequestHandler.",
    "_weakref_handle",
    "SocketServer.",
)


@dataclass(frozen=True)
class Traces:
    """What work leaves in a running Home Assistant.

    Attributes:
        tasks: by their names.
        listeners: of Home Assistant's bus, how many by type.
        timers: how many by what they call.
    """

    tasks: Counter[str]
    listeners: Counter[str]
    timers: Counter[str]

    @classmethod
    def of(cls, hass: HomeAssistant) -> Traces:
        loop: Any = hass.loop
        tasks = (task for task in asyncio.all_tasks(loop) if not task.done())
        timers = (each for each in loop._scheduled if not each.cancelled())
        return cls(
            tasks=Counter(_name(task) for task in tasks if task is not asyncio.current_task()),
            listeners=Counter({str(k): v for k, v in hass.bus.async_listeners().items()}),
            timers=Counter(_called(timer) for timer in timers),
        )

    def since(self, before: Traces) -> list[str]:
        """What there is now and was not before."""
        new = [
            *(self.tasks - before.tasks),
            *(self.listeners - before.listeners),
            *(self.timers - before.timers),
        ]
        return [each for each in new if not each.startswith(_OF_OTHERS)]


def _name(task: asyncio.Task[Any]) -> str:
    return f"{getattr(task.get_coro(), '__qualname__', '')} {task.get_name()}"


def _called(timer: Any) -> str:
    callback = timer._callback
    job = getattr(getattr(callback, "__self__", None), "job", None)
    return f"{getattr(callback, '__qualname__', callback)} {getattr(job, 'target', '')}"


def held(hass: HomeAssistant) -> list[str]:
    """What the integration holds that belongs to no entry: links, locks and archives."""
    return [
        *(f"link {endpoint}" for endpoint in links._links),
        *(f"turns of {key}" for key, lock in links._http_locks.items() if lock.locked()),
        *(f"logbooks of {key}" for key, lock in links._logbook_locks.items() if lock.locked()),
        *(f"archive of {len(archive.users)}" for archive in async_archives(hass)),
        *(
            f"dispatcher {signal}"
            for signal, found in hass.data.get("dispatcher", {}).items()
            if DOMAIN in str(signal) and found
        ),
    ]
