"""What the demo makes of Home Assistant's log."""

from tools.demo.check import find_log_errors

CLEAN = """\
2026-11-22 17:00:54.434 WARNING (SyncWorker_0) [homeassistant.loader] We found a custom integration lovato_dmed4
2026-11-22 17:00:54.776 INFO (MainThread) [homeassistant.bootstrap] Setting up stage labs: {'labs'}
Dependencies: {}; already set up: {}
2026-11-22 17:00:55.100 DEBUG (MainThread) [custom_components.lovato_dmed4] ERROR is only a word here
"""
FOREIGN = (
    "2026-11-22 17:00:56.100 ERROR (ImportExecutor_0) [homeassistant.components.camera] no library"
)
LOGGED = "2026-11-22 17:00:57.100 ERROR (MainThread) [custom_components.lovato_dmed4.archive] full"
TRACEBACK = """\
2026-11-22 17:00:58.100 WARNING (MainThread) [asyncio] Task exception was never retrieved
Traceback (most recent call last):
  File "/config/custom_components/lovato_dmed4/coordinator.py", line 1, in poll
ValueError: 1"""


def test_a_clean_log_has_none() -> None:
    assert find_log_errors(CLEAN) == ([], [])


def test_ours_are_told_from_others() -> None:
    log = f"{CLEAN}\n{FOREIGN}\n{LOGGED}\n{TRACEBACK}\n{CLEAN}"
    assert find_log_errors(log) == ([LOGGED, TRACEBACK], [FOREIGN])


def test_a_warning_of_ours_is_worth_a_note() -> None:
    warning = "2026-11-22 17:00:58.100 WARNING (MainThread) [homeassistant.helpers.frame] Detected that custom integration 'lovato_dmed4' blocks"
    assert find_log_errors(f"{CLEAN}{warning}") == ([], [warning])


def test_output_before_the_first_entry_counts() -> None:
    crash = 'Traceback (most recent call last):\n  File "/x/custom_components/y.py"\nSyntaxError'
    assert find_log_errors(f"{crash}\n{CLEAN}") == ([crash], [])
