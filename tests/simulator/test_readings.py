"""The table of open places itself: what a reading does is tested where it is done."""

import pytest

from simulator import OPEN_PLACES, Readings
from simulator.__main__ import main, parse


def test_the_default_is_the_first_reading() -> None:
    readings = Readings()
    assert dict(readings) == {name: place.default for name, place in OPEN_PLACES.items()}
    assert len(readings) == len(OPEN_PLACES)
    assert readings["logbook_index"] == "0"
    assert readings.follows("logbook_index", "0")


def test_a_reading_is_chosen_on_the_command_line() -> None:
    chosen = parse(["--rest", "0", "--reading", "logbook_index=1", "--reading", "names=spaces"])
    assert chosen.readings.follows("logbook_index", "1")
    assert not chosen.readings.follows("names", "underscores")
    assert chosen.readings["numbers"] == "numbers"


@pytest.mark.parametrize("text", ["nonsense=1", "logbook_index=2", "logbook_index"])
def test_only_what_the_table_knows_can_be_chosen(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--rest", "0", "--reading", text])
    assert exit_.value.code == 2
    assert "logbook_index" in capsys.readouterr().err


def test_a_misspelt_reading_is_no_reading() -> None:
    with pytest.raises(ValueError, match="logbook_index is one of 0, 1"):
        Readings().follows("logbook_index", "last")
