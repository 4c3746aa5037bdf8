"""The open places of the manual: each can be read in more than one way, and a meter follows one of them.

A reading is exclusive. A meter that follows it refuses, or does not do, what belongs to the other
readings of the same place, so that a client which knows only those fails on it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import override

BOTH = ("modbus", "rest")
MODBUS = ("modbus",)
REST = ("rest",)


@dataclass(frozen=True)
class OpenPlace:
    """A place of the manual that can be read in more than one way.

    Attributes:
        name: As it is given on the command line.
        manual: Where it is, and what it says.
        readings: What a meter does that follows each reading; the first is the default.
        transports: Over which of `modbus` and `rest` a client can notice it.
    """

    name: str
    manual: str
    readings: Mapping[str, str]
    transports: tuple[str, ...] = BOTH

    @property
    def default(self) -> str:
        """The reading that a meter follows unless it is told otherwise."""
        return next(iter(self.readings))


_LOGBOOKS = (
    OpenPlace(
        "logbook_index",
        'Getting OCMF files different from the last one: "the index of the required OCMF starting '
        'from the last one"',
        {"0": "the last entry has index 0", "1": "the last entry has index 1"},
    ),
)

_REST = (
    OpenPlace(
        "ocmf_text",
        "v1/ocmf: the record, which holds double quotes, is printed inside double quotes",
        {
            "escaped": "its quotes are escaped, as JSON demands",
            "unescaped": "its quotes stand as they are",
        },
        REST,
    ),
    OpenPlace(
        "names",
        "REST: some names are printed with spaces where others have underscores",
        {"underscores": "all have underscores", "spaces": "all have spaces"},
        REST,
    ),
    OpenPlace(
        "numbers",
        'REST: "number" may be a type or a content',
        {"numbers": "JSON numbers", "strings": "every number is in quotes"},
        REST,
    ),
    OpenPlace(
        "system_names",
        "v1/system_status: its schema and its tables spell names and types differently",
        {"schema": "as in the schema", "tables": "as in the tables"},
        REST,
    ),
    OpenPlace(
        "display_with_tls",
        'v1/force_display: "TLS NOT activated" stands above the address',
        {"offered": "with and without TLS", "refused": "only without TLS"},
        REST,
    ),
    OpenPlace(
        "ip_parameters",
        "v1/system_parameters: an IP address is split into bytes, P05_03 being the example",
        {
            "03_04_06": "P05_03 address, P05_04 mask, P05_06 gateway",
            "03_09": "P05_03 and P05_09",
            "03_04_06_09": "P05_03, P05_04, P05_06 and P05_09",
        },
    ),
)

OPEN_PLACES = {place.name: place for place in (*_LOGBOOKS, *_REST)}
"""All open places by their name."""


class Readings(Mapping[str, str]):
    """Which reading a device follows in each of the open places.

    Args:
        chosen: Names of open places with the readings that are not the default.

    Raises:
        ValueError: There is no such open place, or it has no such reading.
    """

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self._chosen = dict(chosen or {})
        for name, value in self._chosen.items():
            _check(name, value)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Readings:
        """Read `NAME=VALUE` as it is given on the command line.

        Raises:
            ValueError: It is not of this form, or there is no such open place or reading.
        """
        return cls({name: value for name, _, value in (text.partition("=") for text in texts)})

    def follows(self, name: str, *values: str) -> bool:
        """Return whether the device follows one of these readings of an open place.

        Raises:
            ValueError: There is no such open place, or it has no such reading.
        """
        for value in values:
            _check(name, value)
        return self[name] in values

    @override
    def __getitem__(self, name: str) -> str:
        return self._chosen.get(name, OPEN_PLACES[name].default)

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(OPEN_PLACES)

    @override
    def __len__(self) -> int:
        return len(OPEN_PLACES)


def _check(name: str, value: str) -> None:
    if (place := OPEN_PLACES.get(name)) is None:
        raise ValueError(f"no open place {name!r}: {', '.join(OPEN_PLACES)}")
    if value not in place.readings:
        raise ValueError(f"{name} is one of {', '.join(place.readings)}, not {value!r}")
