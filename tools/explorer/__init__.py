"""The meter explorer: examines a real meter without a Home Assistant, for a person and for a test.

Unless it is allowed to write, it only reads: it gives no command and sets nothing, and so leaves alone
what can be read only after something was selected (over Modbus: saved records, events, parameters).
"""

from importlib.util import find_spec
from pathlib import Path
import sys
from types import ModuleType

if find_spec("homeassistant") is None:
    # The integration itself can't be imported then, but its packages for the meter and for signed
    # records can, which know nothing of it.
    _integration = ModuleType("custom_components.lovato_dmed4")
    _folder = Path(__file__).parents[2] / "custom_components" / "lovato_dmed4"
    _integration.__path__ = [str(_folder)]
    sys.modules[_integration.__name__] = _integration
