"""Devices that are off and share their line: each attempt takes seconds of it from the others.

So they are asked less and less often: what is set up by its coordinator, what could not be set up by
Home Assistant, whose attempts are up to ten minutes apart.
"""

from datetime import timedelta
from typing import Final

LONGEST_PAUSE: Final = timedelta(minutes=5)
"""What is set up, is off and shares its line is asked at least this often."""

# Where doubling ends.
_MOST_FAILURES: Final = 10


def pause(failures: int, interval: timedelta) -> timedelta:
    """Get how long to leave a device alone that is off and shares its line.

    Args:
        failures: how often it has not answered, one after the other.
        interval: at which it is asked while it answers.
    """
    longer: timedelta = interval * 2 ** min(failures, _MOST_FAILURES)
    return max(interval, min(longer, LONGEST_PAUSE))
