"""A simulated LOVATO DMED4: a DC energy meter that really signs, over Modbus TCP and REST."""

from .clock import Clock, ManualClock, SystemClock
from .errors import BusyError, MeterError, NotValidError, OutOfRangeError
from .meter import Command, MeasurementStatus, SignatureStatus, SimulatedMeter
from .modbus import ModbusTcpServer, handle_pdu
from .models import MODELS
from .prototype import JsonError
from .quirks import Quirks
from .rest import RestServer

__all__ = [
    "MODELS",
    "BusyError",
    "Clock",
    "Command",
    "JsonError",
    "ManualClock",
    "MeasurementStatus",
    "MeterError",
    "ModbusTcpServer",
    "NotValidError",
    "OutOfRangeError",
    "Quirks",
    "RestServer",
    "SignatureStatus",
    "SimulatedMeter",
    "SystemClock",
    "handle_pdu",
]
