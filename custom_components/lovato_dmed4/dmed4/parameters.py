"""The system parameters, P01.01 to P06.02, and how to change them safely.

The manual shows which exist, what the values of some mean, and how each transport reaches them. It
does not say which ones are IP addresses beyond its example, P05.03 [unclear], which is the address in
one order of the maker's menus and its mask in another. So an address is recognised by its value, which
is too large for one register, never by its number. A zero proves nothing: over REST a block that is
refused is sent again with some of the zeros split into bytes, which changes nothing until the meter
takes one; over Modbus a value is read back before it is saved.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from itertools import chain, combinations, islice
import re
from typing import Final, Protocol

from .errors import (
    CannotConnectError,
    MeterError,
    NotLoggedInError,
    ParametersLockedError,
    ParametersNotTakenError,
    ParameterValueError,
    RebootTimeoutError,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
    UnknownParameterError,
)
from .meter import Meter
from .model import OperativeStatus, SystemStatus

_WORD_LIMIT: Final = 0xFFFF
_BAD_REQUEST: Final = 400
_ADDRESS_LIMIT: Final = 0xFFFFFFFF
_ADDRESS_BYTES: Final = 4
_POSSIBLE: Final = f"0…{_WORD_LIMIT}, 0.0.0.0…255.255.255.255"

_POSSIBLE_ADDRESS: Final = "0.0.0.0…255.255.255.255"

# The manual's example of an IP address, and what else in that menu may be one, the likeliest first.
_ADDRESS: Final = "P05_03"
_MAYBE_ADDRESSES: Final = ("P05_06", "P05_09", "P05_07", "P05_04", "P05_02", "P05_08")

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

# MenuRegisters that choose a parameter, hold its value, and save all to flash.
_MENU: Final = 0x5000
_SUBMENU: Final = 0x5001
_NUMBER: Final = 0x5002
_VALUE: Final = 0x5004
_SAVE: Final = 0x2F03
_SAVE_CODE: Final = 5


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
    return name == _ADDRESS or value > _WORD_LIMIT


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
        if value > _WORD_LIMIT and not (
            is_address(name, present) or (name in _MAYBE_ADDRESSES and not present)
        ):
            raise ParameterValueError(name, f"0…{_WORD_LIMIT}")
        if is_address(name, present) and 0 < value <= _WORD_LIMIT:
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
        changes: new values by name; what has its value already is not written, nor is the meter
            rebooted for it.
        log_in: makes sure that the meter takes requests that need a login.
        timing: how long to wait for the reboot.

    Returns:
        All parameters as they are now.

    Raises:
        ParameterError: a name is unknown or a value out of its range; nothing was written.
        ParametersLockedError: the meter is commissioned; nothing was written.
        RefusedError: the meter refused; nothing was saved.
        RebootTimeoutError: the meter did not come back where it was.
        ParametersNotTakenError: it came back without the new values.
    """
    check(changes)
    timing = timing or RebootTiming()
    await log_in()
    if (await meter.read_system()).operative_status is OperativeStatus.OPERATING:
        raise ParametersLockedError("the meter is commissioned")
    before = await meter.parameters.read()
    _check_against(before, changes)
    wanted = {name: value for name, value in changes.items() if before[name] != value}
    if not wanted:
        return before
    await meter.parameters.write(wanted)
    await _wait_out_reboot(meter, timing)
    await log_in()
    after = await meter.parameters.read()
    if missed := tuple(name for name, value in wanted.items() if after.get(name) != value):
        raise ParametersNotTakenError(missed)
    return after


async def _wait_out_reboot(meter: Meter, timing: RebootTiming) -> None:
    """Wait until the meter has gone and come back."""
    gone = _now() + timing.going
    while _now() < gone and await _answers(meter) is None:  # noqa: ASYNC110
        await asyncio.sleep(timing.poll)
    deadline = _now() + timing.coming
    while (error := await _answers(meter)) is not None:
        if _now() >= deadline:
            raise RebootTimeoutError("the meter did not come back") from error
        await asyncio.sleep(timing.poll)


async def _answers(meter: Meter) -> MeterError | None:
    """Ask for the status; return what went wrong."""
    try:
        await meter.read_status()
    except MeterError as err:
        return err
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
    ) -> None:
        self._get = get
        self._post = post
        self._read_system = read_system
        self._host = host

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
        for more in _splits([name for name in _MAYBE_ADDRESSES if wanted.get(name) == 0]):
            try:
                await self._send(wanted, addresses.union(more))
            except RefusedError as err:
                refused = refused or err
                if err.code != _BAD_REQUEST:
                    break
            else:
                return
        if refused is not None:
            raise refused

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
        if _ADDRESS not in values:
            raise UnexpectedAnswerError("the system parameters are not all there")
        dotted = {name for name, value in raw.items() if isinstance(value, str) and "." in value}
        dotted |= values.keys() - raw.keys()
        addresses = {name for name, value in values.items() if is_address(name, value)}
        if _ADDRESS not in dotted and self._is_backwards(values[_ADDRESS]):
            values |= {name: _reversed(values[name]) for name in addresses - dotted}
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


# --- Modbus -----------------------------------------------------------------------------------


class MenuRegisters(Protocol):
    """What parameters by menu need of a Modbus meter; numbers are the manual's."""

    async def read_words(self, register: int, count: int) -> list[int]:
        """Read registers (0x04)."""

    async def write(self, register: int, value: int) -> None:
        """Write one register (0x06)."""

    async def write_many(self, register: int, values: list[int]) -> None:
        """Write registers (0x10)."""

    async def write_unanswered(self, register: int, value: int) -> None:
        """Write one register (0x06), to which no answer is the normal answer."""


class ModbusParameters:
    """One parameter at a time, by menu and number (manual: parameters setup).

    Attributes:
        turn: held from the choice of a parameter until it has been read or written.
    """

    def __init__(self, registers: MenuRegisters) -> None:
        self._registers = registers
        self.turn: Final = asyncio.Lock()
        # What a change that failed may have left in the meter, with the values from before.
        self._pending: dict[str, int] = {}

    async def read(self) -> Mapping[str, int]:
        """Read one parameter after the other; those that the meter refuses are left out."""
        async with self.turn:
            return await self.read_in_turn()

    async def read_in_turn(self) -> Mapping[str, int]:
        """Do as `read`, while the turn is held."""
        values: dict[str, int] = {}
        for name in NAMES:
            with suppress(RefusedError):
                await self._select(name)
                values[name], _ = await self._value(name)
        if not values:
            raise RefusedError("the meter does not give its parameters")
        return values

    async def write(self, changes: Mapping[str, int]) -> None:
        """Write one parameter after the other, look at what the meter made of them, save all.

        Unless every one was taken nothing is saved, and what was written is taken back.
        """
        before: dict[str, int] = {}
        async with self.turn:
            await self._take_back(dict(self._pending))
            if self._pending:
                names = ", ".join(self._pending)
                raise RefusedError(f"an earlier change of {names} can't be taken back")
            try:
                for name, value in changes.items():
                    await self._select(name)
                    await self._check_selection(name)
                    before[name], words = await self._value(name)
                    await self._write_value(value, max(words, _words(value)))
                    if (await self._value(name))[0] != value:
                        raise RefusedError(f"{name} was not taken")
            except MeterError:
                await self._take_back(before)
                raise
            await self._registers.write_unanswered(_SAVE, _SAVE_CODE)

    async def _take_back(self, before: Mapping[str, int]) -> None:
        """Write values back and see that they are there; what can't be stays pending in the meter."""
        for name, value in before.items():
            self._pending[name] = value
            with suppress(MeterError):
                await self._select(name)
                await self._check_selection(name)
                _, words = await self._value(name)
                await self._write_value(value, max(words, _words(value)))
                if (await self._value(name))[0] == value:
                    del self._pending[name]

    async def _select(self, name: str) -> None:
        menu, number = _place(name)
        await self._registers.write(_MENU, menu)
        await self._registers.write(_SUBMENU, 0)
        await self._registers.write(_NUMBER, number)

    async def _check_selection(self, name: str) -> None:
        """Make sure that no other client of the meter has selected something else meanwhile."""
        menu, number = _place(name)
        if await self._registers.read_words(_MENU, 3) != [menu, 0, number]:
            raise RefusedError("another client changes parameters at the same time")

    async def _value(self, name: str) -> tuple[int, int]:
        """Read the selected parameter; return its value and of how many words it is made."""
        if name not in (_ADDRESS, *_MAYBE_ADDRESSES):
            (value,) = await self._registers.read_words(_VALUE, 1)
            return value, 1
        try:
            high, low = await self._registers.read_words(_VALUE, 2)
        except RefusedError:
            (value,) = await self._registers.read_words(_VALUE, 1)
            return value, 1
        # Behind a parameter of one word there is nothing; a mask may end in zeros, too.
        if name == _ADDRESS or low or _is_mask(high):
            return high << 16 | low, 2
        return high, 1

    async def _write_value(self, value: int, words: int) -> None:
        if words == 1:
            await self._registers.write(_VALUE, value)
        else:
            await self._registers.write_many(_VALUE, [value >> 16, value & _WORD_LIMIT])


def _place(name: str) -> tuple[int, int]:
    return int(name[1:3]), int(name[4:6])


def _words(value: int) -> int:
    return 2 if value > _WORD_LIMIT else 1


def _is_mask(high: int) -> bool:
    """Whether a word is the first of a network mask: ones, then zeros."""
    zeros = _WORD_LIMIT - high
    return high > _WORD_LIMIT // 2 and not zeros & (zeros + 1)
