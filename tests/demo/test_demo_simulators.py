"""What the demo reads from the simulator."""

import pytest

from tools.demo.console import DemoError
from tools.demo.simulators import parse_ready_line


def test_a_rest_meter() -> None:
    line = "DMED404R0600 serial 13399248 REST http://127.0.0.1:37485 fingerprint 3f89 public key 3059ab"
    meter = parse_ready_line("rest", line)
    assert meter.name == "DMED404R0600 serial 13399248"
    assert meter.settings == {"host": "127.0.0.1", "port": 37485}
    assert meter.public_key == b"\x30\x59\xab"


def test_a_modbus_meter() -> None:
    line = "DMED404D0150 serial 7 Modbus TCP 127.0.0.1:502 unit 1 fingerprint 12 public key 30ff"
    meter = parse_ready_line("modbus_tcp", line)
    assert meter.settings == {"host": "127.0.0.1", "port": 502, "unit_id": 1, "serial_number": "7"}


def test_anything_else_is_refused() -> None:
    with pytest.raises(DemoError, match="unexpected"):
        parse_ready_line("rest", "serving on port 80")
