"""Which metrological events are new since a logbook was last looked at."""

from dataclasses import dataclass
from typing import Final

from .errors import UnexpectedAnswerError
from .logbook import POSITIONS, read_events
from .meter import Logbook
from .model import LogbookInfo, MetrologicalEvent

# An event is logged now and then: not several times within a few requests.
_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMark:
    """How far the events are known.

    Attributes:
        saved: how many were saved.
        last: the last of them as the meter gave it, None if there was none.
        parsed: whether that came over a transport that parses them (Feature.PARSED_EVENTS); the
            other transports' bytes can't be compared with it.
    """

    saved: int
    last: bytes | None
    parsed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventNews:
    """What is new since a mark.

    Attributes:
        events: new ones, oldest first.
        dropped: whether the logbook no longer has some that came before them.
        mark: how far the events are known now.
    """

    events: tuple[MetrologicalEvent, ...] = ()
    dropped: bool = False
    mark: EventMark


async def look_for_events(
    logbook: Logbook, info: LogbookInfo, mark: EventMark | None, *, parsed: bool
) -> EventNews | None:
    """Find the events since those that are known; None if there are none.

    Nothing is asked while the number of saved events stands still, except of a full logbook, where
    it does so although new events replace old ones: there the last event is looked at.

    Args:
        logbook: the meter's.
        info: its state when it was last looked at.
        mark: how far the events are known; None takes those that are there for known.
        parsed: whether the transport parses events.
    """
    if info.events_saved is None:
        return None
    saved = _saved_events(info)
    if mark is not None and mark.parsed == parsed and mark.saved == saved:
        full = info.events_maximum is None or saved >= info.events_maximum
        if not full or not saved or (await logbook.read_event(0)).raw == mark.last:
            return None
    for _ in range(_ATTEMPTS):
        saved = _saved_events(await logbook.read_info())
        news = await _news(logbook, saved, mark, parsed=parsed)
        if _saved_events(await logbook.read_info()) == saved:
            return news
    raise UnexpectedAnswerError("the logbook keeps changing while it is read")


def _saved_events(info: LogbookInfo) -> int:
    most = POSITIONS if info.events_maximum is None else info.events_maximum
    return min(info.events_saved or 0, most, POSITIONS)


async def _news(logbook: Logbook, saved: int, mark: EventMark | None, *, parsed: bool) -> EventNews:
    more = 0 if mark is None else max(0, saved - mark.saved)
    if mark is None or mark.parsed != parsed or mark.last is None:
        # Nothing to compare with: only the number shows what is new.
        events = await read_events(logbook, 0, max(more, 1) if saved else 0)
        new, dropped = events[:more], len(events) < more
    else:
        events, dropped = await _back_to(logbook, mark.last, more, saved)
        new = events
    last = events[0].raw if events else None
    return EventNews(
        events=tuple(reversed(new)),
        dropped=dropped,
        mark=EventMark(saved=saved, last=last, parsed=parsed),
    )


async def _back_to(
    logbook: Logbook, known: bytes, more: int, saved: int
) -> tuple[list[MetrologicalEvent], bool]:
    """Read from the last event back to the known one, which is at least ``more`` events before.

    A meter that gives other events each time does not make this go on beyond those that are saved.
    """
    most = min(saved, POSITIONS)
    step = min(max(more, 1) + 1, most)
    while True:
        events = await read_events(logbook, 0, step)
        for position, event in enumerate(events):
            if position >= more and event.raw == known:
                return events[:position], False
        if len(events) < step or step == most:
            return events, True
        step = min(2 * step, most)
