"""What the meter says about its own two boards (manual: v1/system_status).

The numbers `board_1_status` and `board_2_status` have their bits in the order of the manual's
list; the manual gives only the names.
"""

from collections.abc import Mapping
from typing import Literal

type Board = Literal["board_1", "board_2"]

BOARD_BITS: Mapping[Board, tuple[str, ...]] = {
    "board_1": (
        "hw_test_ongoing",
        "flash_err",
        "mac_err",
        "flash_init_err",
        "udp_client_err",
        "meas_not_comm_err",
    ),
    "board_2": (
        "fram_init_err",
        "flash_init_err",
        "adconv_init_err",
        "display_init_err",
        "temp_i1_init_err",
        "temp_i2_init_err",
        "signature_err",
        "timer_irq_err",
        "fw_crc_err",
        "k_crc_err",
        "init_uncorrect_err",
        "temp_i1_err",
        "temp_i2_err",
        "adconv_err",
        "flash_err",
        "wiring_err",
        "osc_err",
        "hw_test_ongoing",
        "fatal_err",
    ),
}
"""Board 1 is the communication (power) board, board 2 the measure board."""

FATAL_ERRORS = range(1, 13)
"""Their numbers, e_1 to e_12."""

# The names of the manual's tables where they differ from those of its JSON; None has no place.
_TABLE_NAMES: Mapping[Board, Mapping[str, str | None]] = {
    "board_1": {
        "flash_err": "flash_pattern_error",
        "mac_err": None,
        "meas_not_comm_err": "meas_not_comm_error",
    },
    "board_2": {"init_uncorrect_err": "init_uncorrect_flag"},
}
_JSON_NAMES: Mapping[Board, Mapping[str, str | None]] = {
    "board_1": {},
    "board_2": {"hw_test_ongoing": None},
}

_OK, _MEASURE_ERROR, _COMMUNICATION_ERROR, _BOARDS_DO_NOT_TALK, _HARDWARE_TEST = 0, 1, 10, 11, 22


class Boards:
    """The error bits that stay until they are taken back."""

    def __init__(self) -> None:
        self._bits: dict[Board, set[str]] = {"board_1": set(), "board_2": set()}
        self._fatal: set[int] = set()

    def set_bit(self, board: Board, bit: str, *, on: bool) -> None:
        """Set or clear a bit by its name in `BOARD_BITS`."""
        if bit not in BOARD_BITS[board]:
            raise ValueError(f"{board} has no {bit}")
        (self._bits[board].add if on else self._bits[board].discard)(bit)

    def set_fatal(self, number: int, *, on: bool) -> None:
        """Set or clear a fatal error by its number."""
        if number not in FATAL_ERRORS:
            raise ValueError(f"no fatal error {number}")
        (self._fatal.add if on else self._fatal.discard)(number)

    @property
    def fatal(self) -> bool:
        """Whether there is a fatal error."""
        return bool(self._fatal)

    def status(self, live: set[str], *, table_spelling: bool) -> dict[str, object]:
        """Return the fields of the REST answer.

        Args:
            live: Bits of board 2 that are set for now.
            table_spelling: Name the bits as the manual's tables do, not as its JSON.
        """
        bits_1 = self._bits["board_1"]
        bits_2 = self._bits["board_2"] | live | ({"fatal_err"} if self._fatal else set())
        names = _TABLE_NAMES if table_spelling else _JSON_NAMES
        board_1 = _named("board_1", bits_1, names)
        board_2 = _named("board_2", bits_2, names)
        return {
            "system_status": _code(bits_1, bits_2),
            "board_1_status": _word(board_1),
            "board_1_status_bits": board_1,
            "board_2_status": _word(board_2),
            "board_2_status_bits": {
                **board_2,
                "fatal_err_bits": {f"e_{n}": int(n in self._fatal) for n in FATAL_ERRORS},
            },
        }


def _named(
    board: Board, bits: set[str], names: Mapping[Board, Mapping[str, str | None]]
) -> dict[str, int]:
    pairs = ((names[board].get(bit, bit), int(bit in bits)) for bit in BOARD_BITS[board])
    return {name: value for name, value in pairs if name}


def _word(bits: Mapping[str, int]) -> int:
    return sum(bit << place for place, bit in enumerate(bits.values()))


def _code(bits_1: set[str], bits_2: set[str]) -> int:
    if "hw_test_ongoing" in bits_1 | bits_2:
        return _HARDWARE_TEST
    if "meas_not_comm_err" in bits_1:
        return _BOARDS_DO_NOT_TALK
    if bits_2:
        return _MEASURE_ERROR
    return _COMMUNICATION_ERROR if bits_1 else _OK
