"""The system parameters over Modbus: one at a time, by menu and number (manual: parameters setup)."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Protocol

from .errors import MeterError, ParametersPendingError, RefusedError
from .found import Found
from .parameters import ADDRESS, MAYBE_ADDRESSES, NAMES, WORD_LIMIT, note_addresses

# The registers that choose a parameter, hold its value, and save all to flash.
_MENU: Final = 0x5000
_SUBMENU: Final = 0x5001
_NUMBER: Final = 0x5002
_VALUE: Final = 0x5004
_SAVE: Final = 0x2F03
_SAVE_CODE: Final = 5

_ADDRESS_WORDS: Final = 2

# What is selected in a meter that has just started.
_NONE: Final = [0, 0, 0]


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

    async def write_unanswered(self, register: int, value: int) -> bool:
        """Write one register (0x06), to which no answer is the normal answer; return whether one came."""


class Journal(Protocol):
    """Keeps what has been written and is not known to be saved, longer than the program runs."""

    @property
    def pending(self) -> Mapping[str, int]:
        """The values from before, by the parameters' names."""

    async def keep(self, pending: Mapping[str, int]) -> None:
        """Keep the values from before."""


class Memory:
    """A journal that lasts as long as the program.

    Attributes:
        pending: the values from before, by the parameters' names.
    """

    def __init__(self) -> None:
        self.pending: Mapping[str, int] = {}

    async def keep(self, pending: Mapping[str, int]) -> None:
        """Keep the values from before."""
        self.pending = pending


class ModbusParameters:
    """One parameter at a time, by menu and number (manual: parameters setup).

    What is written is at first in the meter's memory only, where it shows like what is saved, and the
    next save takes all of it. So its former values are kept until a restart, which empties that memory.

    Attributes:
        turn: held from the choice of a parameter until it has been read, or written and saved.
        journal: where the former values are kept.
    """

    def __init__(self, registers: MenuRegisters) -> None:
        self._registers = registers
        self.turn: Final = asyncio.Lock()
        self.journal: Journal = Memory()
        # What is selected, unless the meter has restarted.
        self._selected = _NONE

    async def read(self) -> Mapping[str, int]:
        """Read one parameter after the other; those that the meter refuses are left out.

        What an earlier change may have left in the meter is taken back first.
        """
        async with self.turn:
            await self.take_back()
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
        """Write one parameter after the other and look at what the meter made of them; save nothing.

        Unless every one was taken, what was written is taken back. Needs the turn.
        """
        await self.take_back()
        if self.journal.pending:
            raise ParametersPendingError(tuple(self.journal.pending))
        try:
            for name, value in changes.items():
                await self._write_one(name, value)
        except BaseException:
            # Also when Home Assistant stops in the middle.
            await self.take_back()
            raise

    async def _write_one(self, name: str, value: int) -> None:
        """Write one parameter and see that it is there; note before that what it was."""
        await self._select(name)
        await self._check_selection(name)
        before, words = await self._value(name)
        await self.journal.keep({**self.journal.pending, name: before})
        await self._write_value(value, max(words, _words(value)))
        if (await self._value(name))[0] != value:
            raise RefusedError(f"{name} was not taken")

    async def save(self) -> bool:
        """Save what was written, which may be done twice; return whether the meter says that it did.

        That it says nothing is what the manual has. Needs the turn.
        """
        try:
            return await self._registers.write_unanswered(_SAVE, _SAVE_CODE)
        except BaseException:
            # Also when Home Assistant stops in the middle, or the meter refuses to save.
            await self.take_back()
            raise

    async def restarted(self) -> bool:
        """Whether the meter has lost what was selected in it. Needs the turn.

        The selection is in the same memory as what is not saved. A meter may keep it all the same, which
        proves nothing.
        """
        return await self._read_selection() != self._selected

    async def forget_pending(self) -> None:
        """Keep nothing for a take-back any more: all that was written is saved."""
        if self.journal.pending:
            await self.journal.keep({})

    async def take_back(self) -> None:
        """Write the former values back and see that they are there. Needs the turn.

        What can't be taken back stays in the journal.
        """
        if not (pending := dict(self.journal.pending)):
            return
        with suppress(MeterError):
            if await self._read_selection() == _NONE:
                # The meter has restarted, and a user may have set at the meter what failed from here.
                pending.clear()
        for name, before in tuple(pending.items()):
            with suppress(MeterError):
                await self._select(name)
                await self._check_selection(name)
                present, words = await self._value(name)
                if present != before:
                    await self._write_value(before, max(words, _words(before)))
                    present, _ = await self._value(name)
                if present == before:
                    del pending[name]
        await self.journal.keep(pending)

    async def _select(self, name: str) -> None:
        menu, number = _place(name)
        await self._registers.write(_MENU, menu)
        await self._registers.write(_SUBMENU, 0)
        await self._registers.write(_NUMBER, number)
        self._selected = [menu, 0, number]

    async def _read_selection(self) -> list[int]:
        return await self._registers.read_words(_MENU, 3)

    async def _check_selection(self, name: str) -> None:
        """Make sure that no other client of the meter has selected something else meanwhile."""
        menu, number = _place(name)
        if await self._read_selection() != [menu, 0, number]:
            raise RefusedError("another client changes parameters at the same time")

    async def _value(self, name: str) -> tuple[int, int]:
        """Read the selected parameter; return its value and of how many words it is made."""
        if name not in (ADDRESS, *MAYBE_ADDRESSES):
            (value,) = await self._registers.read_words(_VALUE, 1)
            return value, 1
        try:
            high, low = await self._registers.read_words(_VALUE, _ADDRESS_WORDS)
        except RefusedError:
            (value,) = await self._registers.read_words(_VALUE, 1)
            return value, 1
        if name == ADDRESS or low or _is_mask(high) or not await self._is_padded():
            return high << 16 | low, 2
        return high, 1

    async def _is_padded(self) -> bool:
        """Whether the meter gives more words than an address has: zeros behind what it is made of."""
        try:
            await self._registers.read_words(_VALUE, _ADDRESS_WORDS + 1)
        except RefusedError:
            return False
        return True

    async def _write_value(self, value: int, words: int) -> None:
        if words == 1:
            await self._registers.write(_VALUE, value)
        else:
            await self._registers.write_many(_VALUE, [value >> 16, value & WORD_LIMIT])


def _place(name: str) -> tuple[int, int]:
    return int(name[1:3]), int(name[4:6])


def _words(value: int) -> int:
    return _ADDRESS_WORDS if value > WORD_LIMIT else 1


def _is_mask(high: int) -> bool:
    """Whether a word is the first of a network mask: ones, then zeros."""
    zeros = WORD_LIMIT - high
    return high > WORD_LIMIT // 2 and not zeros & (zeros + 1)
