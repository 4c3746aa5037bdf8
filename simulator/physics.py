"""What flows through the meter: a vehicle's battery, energies, temperatures, hour counters.

Everything happens on a grid of 100 ms, the pace of the meter's fast registers, and is worked out
when it is asked for. The result does not depend on how often that is.
"""

from dataclasses import dataclass
from math import floor, sin
from random import Random

from .models import Model

TICKS_PER_SECOND = 10
"""Steps of the simulation in a second."""

# Voltage counts 10⁻² V and current 10⁻⁴ A, so their product counts µW, and a tick's energy 10⁻⁷ J.
_UNITS_PER_W = 10**6
_UNITS_PER_WH = 3600 * _UNITS_PER_W * TICKS_PER_SECOND
_TICKS_PER_HOUR = 3600 * TICKS_PER_SECOND

_AMBIENT = 22.0
_HEATING = (38.0, 36.5)  # K above ambient at the rated current, of I1 and I2
_WARMING_PER_TICK = 1 / (300.0 * TICKS_PER_SECOND)  # the time constant is five minutes

_GIVES_BACK_DOWN_TO = 0.85  # of a full battery


@dataclass(frozen=True)
class Sample:
    """What the meter measures at one tick.

    Attributes:
        tick: When, in ticks of Unix time.
        voltage: 0.01 V.
        current: 0.0001 A; negative when the vehicle gives energy back.
        power: W; negative as the current.
        imported: Wh, never wrapped round.
        exported: Wh, never wrapped round.
        cycle_imported: Wh since the last begin.
        cycle_exported: Wh since the last begin.
        temperatures: °C of I1 and I2.
        total_seconds: With power.
        working_seconds: With current.
    """

    tick: int
    voltage: int
    current: int
    power: int
    imported: int
    exported: int
    cycle_imported: int
    cycle_exported: int
    temperatures: tuple[float, float]
    total_seconds: int
    working_seconds: int


class Battery:
    """A vehicle: charged with constant current, then with constant voltage.

    A vehicle at a bidirectional meter gives some of it back once it is full, and is charged again.

    Attributes:
        finished: Whether no current will flow any more.
    """

    def __init__(self, model: Model, random: Random) -> None:
        self._bidirectional = model.bidirectional
        self._charge_current = model.rated_current * random.uniform(0.5, 0.6)
        self._capacity = self._charge_current * random.uniform(0.7, 0.8) * 3600  # As
        self._empty_voltage = random.uniform(340.0, 360.0)
        self._resistance = 12.0 / self._charge_current
        self._charged = random.uniform(0.2, 0.35)
        self._ripple_phase = random.uniform(0.0, 6.28)
        self._giving_back = False
        self._swing = 50.0  # V between empty and full
        self.finished = False

    def step(self, tick: int) -> tuple[float, float]:
        """Live through one tick; return voltage (V) and current (A)."""
        open_voltage = self._empty_voltage + self._swing * self._charged
        current = self._steady_current(open_voltage)
        current *= 1 + 0.003 * sin(0.9 * tick + self._ripple_phase)
        self._charged += current / TICKS_PER_SECOND / self._capacity
        return open_voltage + current * self._resistance, current

    def _steady_current(self, open_voltage: float) -> float:
        if self._giving_back:
            self._giving_back = self._charged > _GIVES_BACK_DOWN_TO
            return -0.2 * self._charge_current
        full_voltage = self._empty_voltage + self._swing
        current = min(self._charge_current, (full_voltage - open_voltage) / self._resistance)
        if current > 0.03 * self._charge_current:
            return current
        self._giving_back = self._bidirectional
        self.finished = not self._bidirectional
        return 0.0


class Physics:
    """The measuring side of one meter, from `start` (Unix seconds) on.

    `imported` and `exported` are the counters' values at the start, in Wh. While `reversed` is set,
    the current flows the other way through the meter, as with swapped cables.
    """

    def __init__(
        self, *, model: Model, seed: int, start: float, imported: int, exported: int
    ) -> None:
        self._model = model
        self._seed = seed
        self._cycles = 0
        self._battery: Battery | None = None
        self._tick = _tick_of(start)
        self._voltage = 0
        self._current = 0
        self._imported = imported * _UNITS_PER_WH
        self._exported = exported * _UNITS_PER_WH
        self._cycle_start = (imported, exported)
        self._cycle = (0, 0)
        self._temperatures = (_AMBIENT, _AMBIENT)
        random = Random(f"hours {seed}")  # noqa: S311
        self._working_ticks = random.randrange(100, 2000) * _TICKS_PER_HOUR
        self._total_ticks = self._working_ticks * 4
        self.reversed = False
        self.fast = self._sample()
        self.slow = self.fast

    def advance(self, to_time: float) -> None:
        """Catch up to a Unix time.

        `fast` is then the sample of the last 100 ms, `slow` that of the last whole second. A time
        that has passed already changes nothing.
        """
        tick = _tick_of(to_time)
        if tick <= self._tick:
            return
        whole_second = tick - tick % TICKS_PER_SECOND
        if whole_second > self._tick:
            self._run(whole_second - self._tick)
            self.slow = self._sample()
        self._run(tick - self._tick)
        self.fast = self._sample()

    def begin(self) -> None:
        """Connect the next vehicle; the cycle's energies start from 0."""
        self._cycles += 1
        self._connect()
        self._cycle_start = (self.fast.imported, self.fast.exported)
        self.fast = self._sample()

    def end(self) -> None:
        """Disconnect the vehicle."""
        self._battery = None
        self._voltage = self._current = 0
        self.fast = self._sample()

    def save(self) -> list[int]:
        """Return what a meter keeps without power: counters, and the energies of the last cycle."""
        return [self._cycles, self._imported, self._exported, *self._cycle_start, *self._cycle]

    def restore(self, saved: list[int], *, charging: bool) -> None:
        """Go on from what was saved; the vehicle of a running cycle is charged from its start."""
        self._cycles, self._imported, self._exported, *starts_and_energies = saved
        imported_before, exported_before, imported, exported = starts_and_energies
        self._cycle_start = (imported_before, exported_before)
        self._cycle = (imported, exported)
        if charging:
            self._connect()
        self.fast = self.slow = self._sample()

    def _connect(self) -> None:
        self._battery = Battery(self._model, Random(f"{self._seed} {self._cycles}"))  # noqa: S311

    def _run(self, ticks: int) -> None:
        self._total_ticks += ticks
        for done in range(ticks):
            # Where no current flows there is nothing to go through tick by tick.
            if self._battery is None or self._battery.finished:
                self._cool(ticks - done)
                return
            self._step(self._battery)

    def _cool(self, ticks: int) -> None:
        self._tick += ticks
        cooling = (1 - _WARMING_PER_TICK) ** ticks
        first, second = (_AMBIENT + (t - _AMBIENT) * cooling for t in self._temperatures)
        self._temperatures = (first, second)

    def _step(self, battery: Battery) -> None:
        self._tick += 1
        voltage, current = battery.step(self._tick)
        if self.reversed:
            current = -current
        self._voltage = round(voltage * 100)
        self._current = round(current * 10_000)
        energy = self._voltage * self._current
        if energy > 0:
            self._imported += energy
        else:
            self._exported -= energy
        if energy:
            self._working_ticks += 1
        load = (current / self._model.rated_current) ** 2
        first, second = self._temperatures
        self._temperatures = (
            first + (_AMBIENT + _HEATING[0] * load - first) * _WARMING_PER_TICK,
            second + (_AMBIENT + _HEATING[1] * load - second) * _WARMING_PER_TICK,
        )

    def _sample(self) -> Sample:
        imported = self._imported // _UNITS_PER_WH
        exported = self._exported // _UNITS_PER_WH
        if self._battery is not None:
            self._cycle = (imported - self._cycle_start[0], exported - self._cycle_start[1])
        return Sample(
            tick=self._tick,
            voltage=self._voltage,
            current=self._current,
            power=round(self._voltage * self._current / _UNITS_PER_W),
            imported=imported,
            exported=exported,
            cycle_imported=self._cycle[0],
            cycle_exported=self._cycle[1],
            temperatures=self._temperatures,
            total_seconds=self._total_ticks // TICKS_PER_SECOND,
            working_seconds=self._working_ticks // TICKS_PER_SECOND,
        )


def _tick_of(time: float) -> int:
    # The margin keeps a sum of tenths, such as 0.1 + 0.2, from falling short of its tick.
    return floor(time * TICKS_PER_SECOND + 1e-4)
