"""Simulated LOVATO DMED4 devices: meters that really sign, and their remote displays."""

from .clock import Clock, ManualClock, SystemClock
from .display import DISPLAY_MODELS, RemoteDisplay
from .errors import BusyError, MeterError, NotValidError, OutOfRangeError
from .faults import ModbusFault, RestFault
from .lasting import LastingMeter
from .meter import Command, MeasurementStatus, SignatureStatus, SimulatedMeter
from .modbus import handle_pdu
from .models import MODELS
from .prototype import JsonError
from .readings import OPEN_PLACES, OpenPlace, Readings
from .replay import ReplayedMeter
from .rest import RestServer
from .servers import (
    GatewayServer,
    ModbusTcpServer,
    Pty,
    SerialOverTcpServer,
    SerialServer,
    open_pty,
)

__all__ = [
    "DISPLAY_MODELS",
    "MODELS",
    "OPEN_PLACES",
    "BusyError",
    "Clock",
    "Command",
    "GatewayServer",
    "JsonError",
    "LastingMeter",
    "ManualClock",
    "MeasurementStatus",
    "MeterError",
    "ModbusFault",
    "ModbusTcpServer",
    "NotValidError",
    "OpenPlace",
    "OutOfRangeError",
    "Pty",
    "Readings",
    "RemoteDisplay",
    "ReplayedMeter",
    "RestFault",
    "RestServer",
    "SerialOverTcpServer",
    "SerialServer",
    "SignatureStatus",
    "SimulatedMeter",
    "SystemClock",
    "handle_pdu",
    "open_pty",
]
