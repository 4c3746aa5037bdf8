"""What these tests share: meters that have charged, and their examination over each transport."""

from collections.abc import Mapping
import json
from typing import Any, Literal, override

from custom_components.lovato_dmed4.dmed4.lines import Framing, Line, SerialLine, TcpLine
from custom_components.lovato_dmed4.dmed4.rest_session import Tls, open_session
from custom_components.lovato_dmed4.examination.frames import message
from custom_components.lovato_dmed4.examination.modbus import ExaminedModbusMeter
from custom_components.lovato_dmed4.examination.rest import ExaminedRestMeter
from custom_components.lovato_dmed4.examination.run import Examination, Wishes, examine
from custom_components.lovato_dmed4.examination.trace import Trace
from simulator import (
    Command,
    ModbusTcpServer,
    Pty,
    ReplayedMeter,
    RestServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from tests.driven_time import LoopClock

UNIT = 1
PRIVATE = {
    "ID": "04A2B3C4D5E6F7",
    "TT": 'Friends \\"and\\" family',
    "CI": "DE*ABC*E123",
    "GS": "Garage-77",
}
PROTOTYPE = (
    '{"FV":"1.3","GI":"DMED4","GS":"Garage-77","PG":"T900","IS":true,"IL":"TRUSTED","IF":[],'
    f'"IT":"ISO14443","ID":"{PRIVATE["ID"]}","TT":"{PRIVATE["TT"]}","CI":"{PRIVATE["CI"]}"}}'
).encode()
PASSWORD = "1000"

type Device = SimulatedMeter | ReplayedMeter


class PassingClock(LoopClock):
    """The time of the event loop, which can be moved on."""

    def __init__(self) -> None:
        super().__init__()
        self._stopped: float | None = None

    @override
    def now(self) -> float:
        return super().now() if self._stopped is None else self._stopped

    def stop(self) -> None:
        """Let the time stand still from now on."""
        self._stopped = self.now()

    def advance(self, seconds: float) -> None:
        """Move the time on by so many seconds."""
        self._ahead += seconds


def charged(
    readings: Mapping[str, str],
    *,
    sessions: int = 2,
    charging: bool = False,
    stopped: bool = False,
) -> SimulatedMeter:
    """Make a meter that has charged a few times: a begin, an intermediate reading and an end each.

    Args:
        readings: that it follows, other than the default.
        sessions: that it has made.
        charging: whether another one is under way.
        stopped: whether its time stands still from now on, so that it measures always the same.
    """
    clock = PassingClock()
    meter = SimulatedMeter(
        seed=3,
        clock=clock,
        time_offset=60,
        readings=readings,
        signing_time=0,
        checking_time=0,
    )
    for _ in range(sessions):
        meter.configure(datetime=int(meter.now))
        meter.submit_prototype(PROTOTYPE)
        meter.update()
        for command in (Command.BEGIN, Command.INTERMEDIATE, Command.END):
            meter.command(command)
            meter.update()
            # Long enough that the lengths of the records become odd and even ones.
            clock.advance(187)
    if charging:
        meter.submit_prototype(PROTOTYPE)
        meter.update()
        meter.command(Command.BEGIN)
        clock.advance(60)
    meter.update()
    if stopped:
        clock.stop()
    return meter


async def examined(device: Device, way: str, wishes: Wishes | None = None) -> Examination:
    """Examine a meter over REST, over Modbus TCP or on a serial line, ``rtu`` or ``ascii``."""
    wishes = wishes or Wishes(writes=True, ports=())
    if way in ("rest", "tls"):
        async with RestServer(device, tls=way == "tls") as web:
            return await examined_at(web, wishes)
    if way == "modbus":
        unit = device.unit_id if isinstance(device, ReplayedMeter) else UNIT
        async with ModbusTcpServer(device, unit_id=unit) as server:
            return await examined_on(TcpLine(host=server.host, port=server.port), wishes)
    with open_pty() as pty:
        return await _on_a_serial_line(device, pty, Framing(way), wishes)


async def _on_a_serial_line(
    device: Device, pty: Pty, framing: Framing, wishes: Wishes
) -> Examination:
    name: Literal["rtu", "ascii"] = "ascii" if framing is Framing.ASCII else "rtu"
    async with SerialServer({UNIT: device}, pty, framing=name, baudrate=115200):
        line = SerialLine(device=pty.path, baudrate=115200, framing=framing)
        return await examined_on(line, wishes)


async def examined_on(line: Line, wishes: Wishes) -> Examination:
    """Examine what is on a Modbus line."""
    trace = Trace()
    meter = ExaminedModbusMeter.on(line, UNIT)
    meter.listen(trace)
    try:
        return await examine(meter, trace, wishes)
    finally:
        await meter.close()


async def examined_at(web: RestServer, wishes: Wishes) -> Examination:
    """Examine what is behind a web server."""
    trace = Trace()
    async with open_session(tap=trace) as session:
        meter = ExaminedRestMeter(
            session,
            web.host,
            web.port,
            tls=Tls.PINNED if web.tls else Tls.OFF,
            certificate=web.certificate_fingerprint,
        )
        return await examine(meter, trace, wishes)


def saved(examination: Examination) -> dict[str, Any]:
    """Write the file and read it again."""
    content: dict[str, Any] = json.loads(json.dumps(examination.content))
    return content


def readings_of(examination: Examination) -> dict[str, tuple[str, ...]]:
    """Get the readings that are left for each place of which something was seen."""
    return {one.place: one.readings for one in examination.findings if one.looked}


def functions_of(examination: Examination, way: str) -> set[object]:
    """Get the methods or the functions of all requests."""
    sent = [entry["sent"] for entry in examination.content["exchanges"]]
    if way in ("rest", "tls"):
        return {text.split(" ")[0] for text in sent}
    framing = Framing("tcp" if way == "modbus" else way)
    return {message(framing, bytes.fromhex(text))[1][0] for text in sent}
