"""The text of a metrological event as REST gives it (manual: v1/logbook/events)."""

from datetime import datetime
import json

from .model import MetrologicalEvent
from .plain import plain


def parse_event(raw: bytes) -> MetrologicalEvent:
    """Read an event as REST gives it, ``EVENT|{…}``; what can't be read is handed on raw.

    Date and time are the meter's local time: the offset that it had then is not said, so the time
    carries none.
    """
    _, _, text = raw.partition(b"|")
    try:
        content = json.loads(text)
    except ValueError, RecursionError:
        content = None
    if not isinstance(content, dict):
        return MetrologicalEvent(raw=raw)
    fields = {str(name).strip().replace(" ", "_").lower(): content[name] for name in content}
    return MetrologicalEvent(
        raw=raw,
        at=_local_time(fields.get("date"), fields.get("time")),
        code=_text(fields.get("event_code")),
        arguments=_text(fields.get("arguments")),
    )


def _local_time(date: object, time: object) -> datetime | None:
    try:
        return datetime.strptime(f"{date} {time}", "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - as said above
    except ValueError:
        return None


def _text(value: object) -> str | None:
    return None if value is None else plain(str(value))
