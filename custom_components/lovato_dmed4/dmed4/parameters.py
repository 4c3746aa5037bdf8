"""The system parameters, P01.01 to P06.02, and how to change them safely.

The manual shows which exist, what the values of some mean, and how each transport reaches them. It
does not say which ones are IP addresses beyond its example, P05.03 [unclear], which is the address in
one order of the maker's menus and its mask in another. So an address is recognised by its value, which
is too large for one register, never by its number. A zero proves nothing: over REST a block that is
refused is sent again with some of the zeros split into bytes, which changes nothing until the meter
takes one; over Modbus a value is read back before it is saved.

Whether a meter over Modbus has saved is not said either, as it answers nothing: see `_save`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import AddressValueError, IPv4Address
from itertools import chain, combinations, islice
import re
from typing import Final

from .errors import (
    CannotConnectError,
    MeterError,
    NotLoggedInError,
    ParametersLockedError,
    ParametersNotSavedError,
    ParametersNotTakenError,
    ParameterValueError,
    RebootTimeoutError,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
    UnknownParameterError,
)
from .found import Found
from .meter import Meter
from .model import OperativeStatus, Status, SystemStatus

WORD_LIMIT: Final = 0xFFFF
_BAD_REQUEST: Final = 400
_ADDRESS_LIMIT: Final = 0xFFFFFFFF
_ADDRESS_BYTES: Final = 4
_POSSIBLE: Final = f"0…{WORD_LIMIT}, 0.0.0.0…255.255.255.255"

_POSSIBLE_ADDRESS: Final = "0.0.0.0…255.255.255.255"

# The manual's example of an IP address, and what else in that menu may be one, the likeliest first.
ADDRESS: Final = "P05_03"
MAYBE_ADDRESSES: Final = ("P05_06", "P05_09", "P05_07", "P05_04", "P05_02", "P05_08")

# How often a meter is asked to save before it is not known whether it did.
_SAVES: Final = 2

# So often is a block sent with other zeros split, at most: all ways to split four of them.
_SPLITS: Final = 16

_OFF_ON: Final = ("off", "on")
_FRAMINGS: Final = ("RTU", "ASCII")

_MEANINGS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("P02_01", "P02_02", "P02_03", "P02_04"), _OFF_ON),
    "P02_05": ("°C", "°F"),
    "P03_01": _OFF_ON,
    "P04_02": tuple(
        f"{rate} bps" for rate in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
    ),
    "P04_03": ("8 bits, none", "8 bits, odd", "8 bits, even", "7 bits, odd", "7 bits, even"),
    "P04_05": _FRAMINGS,
    "P04_06": _OFF_ON,
    "P05_05": ("slave", "gateway"),
    "P05_10": ("RTU", "TCP"),
    "P05_11": _OFF_ON,
    "P06_01": ("hexadecimal", "base64"),
}
"""What the values from 0 on mean, where the manual says so; no other value is known."""

_MENUS: Final = {1: 1, 2: 5, 3: 2, 4: 6, 5: 11, 6: 2}
"""How many parameters each menu has."""

NAMES: Final = tuple(
    f"P{menu:02}_{number:02}" for menu, count in _MENUS.items() for number in range(1, count + 1)
)

_BLOCK_NAME: Final = re.compile(r"P\d\d_\d\d(_\d\d)?")
_PART: Final = re.compile(r"P\d\d_\d\d_\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class RebootTiming:
    """How long to wait for a reboot, in seconds. The manual gives no times."""

    poll: float = 0.5
    """Between two looks whether the meter answers."""
    going: float = 10
    """Until the reboot has begun; a meter that is not seen to go has been quick."""
    coming: float = 120
    """Until the meter answers again: network and boards have to start."""


# --- values -----------------------------------------------------------------------------------


def is_address(name: str, value: int) -> bool:
    """Whether a parameter with this value is an IP address."""
    return name == ADDRESS or value > WORD_LIMIT


def address_text(value: int) -> str:
    """Write an IP address as people do."""
    return str(IPv4Address(value))


def meaning(name: str, value: int) -> str | None:
    """What a value means, in the manual's words; None where it does not say."""
    words = _MEANINGS.get(name, ())
    return words[value] if 0 <= value < len(words) else None


def read_changes(given: Mapping[str, str | int]) -> dict[str, int]:
    """Read what a person gave: names such as P05_03 or P05.03, whole numbers or IP addresses.

    Raises:
        ParameterError: a name is unknown or a value out of its range.
    """
    changes: dict[str, int] = {}
    for given_name, value in given.items():
        name = given_name.strip().upper().replace(".", "_")
        try:
            changes[name] = _number(value)
        except ValueError as err:
            raise ParameterValueError(name, _POSSIBLE) from err
    check(changes)
    return changes


def _number(value: object) -> int:
    """Read a number, which may stand in quotes, or an address with dots; ValueError for others."""
    if isinstance(value, str):
        with suppress(AddressValueError):
            return int(IPv4Address(value.strip()))
        value = float(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("no whole number")  # noqa: TRY004 - as float says it of a text
    return value


def check(changes: Mapping[str, int]) -> None:
    """Check names and values as far as the manual knows them.

    Raises:
        ParameterError: a name is unknown or a value out of its range.
    """
    for name, value in changes.items():
        if name not in NAMES:
            raise UnknownParameterError(name)
        if (words := _MEANINGS.get(name)) is not None:
            if not 0 <= value < len(words):
                raise ParameterValueError(name, f"0…{len(words) - 1}")
        elif not 0 <= value <= _ADDRESS_LIMIT:
            raise ParameterValueError(name, _POSSIBLE)


def _check_against(before: Mapping[str, int], changes: Mapping[str, int]) -> None:
    for name, value in changes.items():
        if name not in before:
            raise UnknownParameterError(name)
        present = before[name]
        if value > WORD_LIMIT and not (
            is_address(name, present) or (name in MAYBE_ADDRESSES and not present)
        ):
            raise ParameterValueError(name, f"0…{WORD_LIMIT}")
        if is_address(name, present) and 0 < value <= WORD_LIMIT:
            # A port or a mode, given for a parameter that is something else on this meter.
            raise ParameterValueError(name, _POSSIBLE_ADDRESS)


# --- changing ---------------------------------------------------------------------------------


async def change(
    meter: Meter,
    changes: Mapping[str, int],
    log_in: Callable[[], Awaitable[None]],
    timing: RebootTiming | None = None,
) -> Mapping[str, int]:
    """Change parameters, wait until the meter has rebooted, and read them back.

    To be called only while no charge is running: the reboot would end it.

    Args:
        meter: whose parameters.
        changes: new values by name; what has its value already is not written.
        log_in: makes sure that the meter takes requests that need a login.
        timing: how long to wait for the reboot.

    Returns:
        All parameters as they are now.

    Raises:
        ParameterError: a name is unknown or a value out of its range; nothing was written.
        ParametersLockedError: the meter is commissioned; nothing was written.
        RefusedError: the meter refused; nothing was saved.
        ParametersPendingError: what an earlier change left can't be taken back; nothing was saved.
        ParametersNotSavedError: it is not known whether the new values are saved.
        RebootTimeoutError: the meter did not come back where it was.
        ParametersNotTakenError: it came back without the new values.
    """
    check(changes)
    await log_in()
    if (await meter.read_system()).operative_status is OperativeStatus.OPERATING:
        raise ParametersLockedError("the meter is commissioned")
    before = await meter.parameters.read()
    _check_against(before, changes)
    wanted = {name: value for name, value in changes.items() if before[name] != value}
    if not wanted:
        return before
    async with meter.parameters.turn:
        await meter.parameters.write(wanted)
        await _save(meter, tuple(wanted), timing or RebootTiming())
    await log_in()
    after = await meter.parameters.read()
    if missed := tuple(name for name, value in wanted.items() if after.get(name) != value):
        raise ParametersNotTakenError(missed)
    return after


async def _save(meter: Meter, names: tuple[str, ...], timing: RebootTiming) -> None:
    """Have the meter save what was written, and find out whether it did.

    A request to save that is lost leaves a meter over Modbus as it was, which shows what it has not
    saved: only a restart or an answer proves that it has. Saving again changes nothing.
    """
    silences = 0
    for _ in range(_SAVES):
        before = await _status(meter)
        answered = await meter.parameters.save()
        silent, restarted = await _wait_out_restart(meter, timing, before)
        silences += silent
        # A meter may keep what others lose at a restart. Silent after each of two requests to save, it
        # did restart: that the line failed twice, just then and only then, is less likely.
        if answered or restarted or silences == _SAVES:
            await meter.parameters.forget_pending()
            return
    await meter.parameters.take_back()
    raise ParametersNotSavedError(names)


class _Sign(Enum):
    """What a look at a meter that has to restart shows."""

    NOTHING = auto()
    SILENT = auto()
    RESTARTED = auto()


async def _wait_out_restart(
    meter: Meter, timing: RebootTiming, before: Status | None
) -> tuple[bool, bool]:
    """Wait until the meter has gone and come back, or has gone unnoticed.

    Args:
        meter: which.
        timing: how long to wait.
        before: its status before.

    Returns:
        Whether it was silent, and whether it has lost what a restart loses.

    Raises:
        RebootTimeoutError: it did not come back.
    """
    deadline = _now() + timing.going
    sign = await _look(meter, before)
    while sign is _Sign.NOTHING and _now() < deadline:
        await asyncio.sleep(timing.poll)
        sign = await _look(meter, before)
    silent = sign is _Sign.SILENT
    deadline = _now() + timing.coming
    while sign is _Sign.SILENT:
        if _now() >= deadline:
            raise RebootTimeoutError("the meter did not come back")
        await asyncio.sleep(timing.poll)
        sign = await _look(meter, before)
    return silent, sign is _Sign.RESTARTED


async def _look(meter: Meter, before: Status | None) -> _Sign:
    try:
        status = await meter.read_status()
        lost = before is not None and before.signature & ~status.signature
        restarted = bool(lost) or await meter.parameters.restarted()
    except MeterError:
        return _Sign.SILENT
    return _Sign.RESTARTED if restarted else _Sign.NOTHING


async def _status(meter: Meter) -> Status | None:
    with suppress(MeterError):
        return await meter.read_status()
    return None


def _now() -> float:
    return asyncio.get_running_loop().time()


# --- REST -------------------------------------------------------------------------------------


class RestParameters:
    """All parameters in one block, behind a login (manual: v1/system_parameters)."""

    def __init__(
        self,
        *,
        get: Callable[[str], Awaitable[Mapping[str, object]]],
        post: Callable[[str, Mapping[str, int]], Awaitable[None]],
        read_system: Callable[[], Awaitable[SystemStatus]],
        host: str,
        found: Found,
    ) -> None:
        self._get = get
        self._post = post
        self._read_system = read_system
        self._host = host
        self._found = found
        self.turn: Final = asyncio.Lock()

    async def read(self) -> Mapping[str, int]:
        """Read the block."""
        values, _ = await self._block()
        return {name: value for name, value in values.items() if name in NAMES}

    async def write(self, changes: Mapping[str, int]) -> None:
        """Write the complete block, its addresses split into bytes.

        Which of the zeros are addresses shows in what the meter takes.
        """
        values, addresses = await self._block()
        wanted = {**values, **changes}
        addresses |= {name for name in wanted if is_address(name, wanted[name])}
        refused: RefusedError | None = None
        for more in _splits([name for name in MAYBE_ADDRESSES if wanted.get(name) == 0]):
            try:
                await self._send(wanted, addresses.union(more))
            except RefusedError as err:
                refused = refused or err
                if err.code != _BAD_REQUEST:
                    break
            else:
                if more:
                    names = ", ".join(sorted(more))
                    self._found.note(
                        f"The meter takes {names} for IP addresses, although they are 0"
                    )
                return
        if refused is not None:
            raise refused

    async def save(self) -> bool:
        """Do nothing: a block is written and saved at once, and what is read back is saved."""
        return True

    async def restarted(self) -> bool:
        """Return False: nothing is lost at a restart."""
        return False

    async def forget_pending(self) -> None:
        """Do nothing: nothing is pending."""

    async def take_back(self) -> None:
        """Do nothing: nothing is pending."""

    async def _send(self, values: Mapping[str, int], addresses: set[str]) -> None:
        body: dict[str, int] = {}
        for name, value in values.items():
            if name in addresses:
                parts = value.to_bytes(_ADDRESS_BYTES)
                body |= {f"{name}_{place:02}": part for place, part in enumerate(parts, 1)}
            else:
                body[name] = value
        # The reboot may come before the answer: what was taken is read back afterwards.
        with suppress(CannotConnectError, SilentError, UnexpectedAnswerError):
            await self._post("system_parameters", body)

    async def _block(self) -> tuple[dict[str, int], set[str]]:
        """Read all values, whatever their names, and find out which of them are addresses."""
        try:
            answer = await self._get("system_parameters")
        except RefusedError as err:
            if (await self._read_system()).logged_in:
                raise
            raise NotLoggedInError("the parameters need a login") from err
        raw = {name.upper(): value for name, value in answer.items()}
        raw = {name: value for name, value in raw.items() if _BLOCK_NAME.fullmatch(name)}
        try:
            values = _joined({name: _number(value) for name, value in raw.items()})
        except (OverflowError, ValueError) as err:
            raise UnexpectedAnswerError("a system parameter is no number") from err
        if ADDRESS not in values:
            raise UnexpectedAnswerError("the system parameters are not all there")
        dotted = {name for name, value in raw.items() if isinstance(value, str) and "." in value}
        if dotted:
            self._found.note("The meter writes IP addresses among its parameters with dots")
        if split := values.keys() - raw.keys():
            self._found.note("The meter gives IP addresses among its parameters byte by byte")
        dotted |= split
        addresses = {name for name, value in values.items() if is_address(name, value)}
        if ADDRESS not in dotted and self._is_backwards(values[ADDRESS]):
            values |= {name: _reversed(values[name]) for name in addresses - dotted}
            self._found.note("The meter gives IP addresses with their first byte at the low end")
        note_addresses(self._found, values)
        return values, addresses | dotted

    def _is_backwards(self, address: int) -> bool:
        """Whether the meter's own address, as a number, has its first byte at the low end.

        The manual does not say at which end it is; the address at which the meter answers does.
        """
        try:
            host = int(IPv4Address(self._host))
        except AddressValueError:
            return False
        return host not in (address, _reversed(host)) and host == _reversed(address)


def note_addresses(found: Found, values: Mapping[str, int]) -> None:
    """Say which parameters are IP addresses, unless it is the manual's example alone."""
    names = [name for name in NAMES if values.get(name, 0) > WORD_LIMIT]
    if names and names != [ADDRESS]:
        found.note(f"The meter's IP addresses are {', '.join(names)}, as their values show")


def _joined(values: Mapping[str, int]) -> dict[str, int]:
    """Join what a meter gives in the four bytes in which it takes it (P05_03_01 to P05_03_04)."""
    joined = dict(values)
    for name in sorted({name[:-3] for name in values if _PART.fullmatch(name)}):
        try:
            parts = [joined.pop(f"{name}_{place:02}") for place in range(1, _ADDRESS_BYTES + 1)]
        except KeyError:
            raise ValueError(f"{name} is not made of four bytes") from None
        joined[name] = int.from_bytes(bytes(parts))
    return joined


def _splits(zeros: list[str]) -> Iterator[tuple[str, ...]]:
    """Which of the zeros to split, in the order in which to try: as few as possible."""
    ways = chain.from_iterable(combinations(zeros, count) for count in range(len(zeros) + 1))
    return islice(ways, _SPLITS)


def _reversed(address: int) -> int:
    return int.from_bytes((address & _ADDRESS_LIMIT).to_bytes(_ADDRESS_BYTES), "little")
