"""Nothing deprecated is used: the guards that all tests have see it when it is."""

import logging
import warnings

from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.helpers.deprecation import deprecated_function
import pytest

from tests.conftest import Warnings
from tests.deprecations import deprecations

OURS = "lovato_dmed4"


def in_our_code(statement: str, **names: object) -> None:
    """Run a statement as if it stood in a module of the integration."""
    file = f"/config/custom_components/{OURS}/example.py"
    space = {"__name__": f"custom_components.{OURS}.example", "warnings": warnings, **names}
    exec(compile(statement, file, "exec"), space)  # noqa: S102 - our own statement


@pytest.mark.parametrize("kind", ["DeprecationWarning", "FutureWarning", "ResourceWarning"])
def test_a_warning_from_our_code_is_an_error(kind: str) -> None:
    with pytest.raises(Warning, match="is old"):
        in_our_code(f"warnings.warn('this is old', {kind})")


@pytest.mark.usefixtures("hass")
async def test_what_home_assistant_says_of_an_integration_is_found(
    caplog: pytest.LogCaptureFixture, logged_warnings: Warnings
) -> None:
    @deprecated_function("new_function", breaks_in_ha_version="2099.1")
    def old_function() -> None:
        pass

    in_our_code("old_function()", old_function=old_function)
    in_our_code(
        "report('does something old', breaks_in_ha_version='2099.1')", report=frame.report_usage
    )
    found = deprecations(caplog.records, OURS)
    assert any("old_function" in line for line in found)
    assert any("does something old" in line for line in found)
    # Not a failure of this test: it was meant to be.
    logged_warnings.records.clear()


async def test_other_lines_are_left_alone(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger(f"custom_components.{OURS}").warning("The meter is silent")
    logging.getLogger("homeassistant").warning("Detected that integration 'other' is deprecated")
    logging.getLogger("homeassistant").info("%s is deprecated", OURS)
    assert deprecations(caplog.records, OURS) == []
