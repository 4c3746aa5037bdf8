"""The system parameters over Modbus: one at a time, by menu and number (manual: parameters setup)."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Protocol

from .errors import MeterError, RefusedError
from .found import Found
from .parameters import ADDRESS, MAYBE_ADDRESSES, NAMES, WORD_LIMIT, note_addresses

# The registers that choose a parameter, hold its value, and save all to flash.
_MENU: Final = 0x5000
_SUBMENU: Final = 0x5001
_NUMBER: Final = 0x5002
_VALUE: Final = 0x5004
_SAVE: Final = 0x2F03
_SAVE_CODE: Final = 5


class MenuRegisters(Protocol):
    """What parameters by menu need of a Modbus meter; numbers are the manual's."""

    @property
    def found(self) -> Found:
        """What has been found out about the meter."""

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
        note_addresses(self._registers.found, values)
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
                    await self._write_one(name, value, before)
                await self._registers.write_unanswered(_SAVE, _SAVE_CODE)
            except BaseException:
                # Also when Home Assistant stops in the middle, or the meter refuses to save.
                await self._take_back(before)
                raise

    async def _write_one(self, name: str, value: int, before: dict[str, int]) -> None:
        """Write one parameter and see that it is there; note before that what it was."""
        await self._select(name)
        await self._check_selection(name)
        before[name], words = await self._value(name)
        await self._write_value(value, max(words, _words(value)))
        if (await self._value(name))[0] != value:
            raise RefusedError(f"{name} was not taken")

    async def save_again(self) -> None:
        """Save what was written: that is not answered, so that a lost request is not noticed."""
        async with self.turn:
            await self._registers.write_unanswered(_SAVE, _SAVE_CODE)

    async def _take_back(self, before: Mapping[str, int]) -> None:
        """Write values back and see that they are there; what can't be stays pending in the meter."""
        self._pending |= before
        for name, value in before.items():
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
        if name not in (ADDRESS, *MAYBE_ADDRESSES):
            (value,) = await self._registers.read_words(_VALUE, 1)
            return value, 1
        try:
            high, low = await self._registers.read_words(_VALUE, 2)
        except RefusedError:
            (value,) = await self._registers.read_words(_VALUE, 1)
            return value, 1
        # Behind a parameter of one word there is nothing; a mask may end in zeros, too.
        if name == ADDRESS or low or _is_mask(high):
            return high << 16 | low, 2
        return high, 1

    async def _write_value(self, value: int, words: int) -> None:
        if words == 1:
            await self._registers.write(_VALUE, value)
        else:
            await self._registers.write_many(_VALUE, [value >> 16, value & WORD_LIMIT])


def _place(name: str) -> tuple[int, int]:
    return int(name[1:3]), int(name[4:6])


def _words(value: int) -> int:
    return 2 if value > WORD_LIMIT else 1


def _is_mask(high: int) -> bool:
    """Whether a word is the first of a network mask: ones, then zeros."""
    zeros = WORD_LIMIT - high
    return high > WORD_LIMIT // 2 and not zeros & (zeros + 1)
