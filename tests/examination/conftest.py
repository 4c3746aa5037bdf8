"""Time is driven: an examination waits for a meter whose clock is that of the event loop."""

import pytest

from tests.driven_time import drive_time


@pytest.fixture(autouse=True)
async def driven_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let deadlines pass at once."""
    drive_time(monkeypatch)
