"""What an examination has seen of a meter; the readings are drawn from it."""

from dataclasses import dataclass, field

from .http import Answer


@dataclass(slots=True)
class SavedRecord:
    """A record out of the logbook, over Modbus.

    Attributes:
        statuses: the words of 0x4C01 until it was read.
        text: of the window behind it, at least as long as the length says; empty if there was none.
    """

    statuses: list[int]
    text: bytes


@dataclass(frozen=True, slots=True)
class Moment:
    """The time by a meter.

    Attributes:
        sample: time of the last sample (0x0208), Unix time in s.
        clock: the clock itself (0x4080), Unix time in s.
        offset: to UTC, in minutes.
        events: how many metrological events are saved.
    """

    sample: int | None
    clock: int | None
    offset: int | None
    events: int | None


@dataclass(slots=True)
class ModbusSeen:
    """What Modbus shows.

    Attributes:
        words: registers by their number, as they were first.
        refused: registers that were refused, with the exception's number.
        answered_as: node number that the answer bore, by the one that was asked; None for silence.
        window: the output message (0x4400), at least as long as its length says.
        window_refused: whether that was refused.
        saved: records by their index; None for one that was refused.
        events: words of 0x4E03, by the event's index.
        parameters: system parameters by name.
        moments: the time, before and after it was set.
        counted_from_0: whether the registers of charge cycle management are; None if no key shows it.
        shortened: whether the answer to a write of several registers lacks a byte; None before one.
        hours: the counter of hours with power, at the event loop's time in s.
        hour_unit: seconds that it counts, where that is known already.
    """

    words: dict[int, int] = field(default_factory=dict)
    refused: dict[int, int | None] = field(default_factory=dict)
    answered_as: dict[int, int | None] = field(default_factory=dict)
    window: bytes = b""
    window_refused: bool = False
    saved: dict[int, SavedRecord | None] = field(default_factory=dict)
    events: dict[int, list[int]] = field(default_factory=dict)
    parameters: dict[str, int] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    counted_from_0: bool | None = None
    shortened: bool | None = None
    hours: list[tuple[float, int]] = field(default_factory=list)
    hour_unit: int | None = None

    def number(self, register: int, count: int = 1) -> int | None:
        """Get the number in some registers; None if one of them is missing."""
        words = [self.words.get(register + place) for place in range(count)]
        known = [word for word in words if word is not None]
        return (
            int.from_bytes(b"".join(word.to_bytes(2) for word in known)) if known == words else None
        )


@dataclass(slots=True)
class RestSeen:
    """What the REST API shows.

    Attributes:
        answers: by what was asked for, as `rest.QUESTIONS` names it.
        searched: whether a search for a transaction ID found something, by the field it was for.
        written: answers to settings, by the method.
        set_to: what the clock was set to last, Unix time in s.
        shown: the settings after that.
        refused: the answer to a setting that is out of its range.
        ending: the status on a connection that the meter was not asked to close.
        host: where it was reached; it is not in the file.
        events: how many metrological events were saved before the clock was set, and after it was set
            once by each method.
        display: the answer to a command of the display, over TLS.
        tls: whether the connection is encrypted.
        modbus_voltage: what register 0x000A of the same meter shows, in V.
        shown_voltage: what a person read on the display, in V.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    searched: dict[str, bool] = field(default_factory=dict)
    written: dict[str, Answer] = field(default_factory=dict)
    set_to: int | None = None
    shown: Answer | None = None
    refused: Answer | None = None
    ending: Answer | None = None
    host: str = ""
    events: list[int | None] = field(default_factory=list)
    display: Answer | None = None
    tls: bool = False
    modbus_voltage: float | None = None
    shown_voltage: float | None = None
