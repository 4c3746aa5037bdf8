"""What a line is, and the arithmetic of docs/modbus-timing.md."""

import warnings

from modbus_connection import ModbusSerialParams, ModbusTcpParams
import pytest

from custom_components.lovato_dmed4.dmed4.lines import (
    BAUD_RATES,
    DATA_FORMATS,
    Framing,
    SerialLine,
    TcpLine,
)

# The blocks of a live poll, in registers: measures, fast measures, errors, status.
LIVE = (32, 10, 4, 3)


@pytest.mark.parametrize(
    ("framing", "bytes_"),
    [
        (Framing.TCP, 4 * (12 + 9) + 2 * 49),
        (Framing.RTU, 4 * (8 + 5) + 2 * 49),
        (Framing.ASCII, 4 * (17 + 11) + 4 * 49),
    ],
)
def test_bytes_of_a_live_poll(framing: Framing, bytes_: int) -> None:
    assert sum(map(framing.read, LIVE)) == bytes_


@pytest.mark.parametrize(
    ("data_format", "stop_bits", "bits"),
    [("8N", 1, 10), ("8N", 2, 11), ("8O", 1, 11), ("8E", 2, 12), ("7O", 1, 10), ("7E", 2, 11)],
)
def test_bits_of_a_character(data_format: str, stop_bits: int, bits: int) -> None:
    line = SerialLine(device="/dev/x", data_format=data_format, stop_bits=stop_bits)
    assert line.character_seconds == pytest.approx(bits / 9600)


@pytest.mark.parametrize(
    ("baudrate", "milliseconds"),
    [(1200, 29.17), (9600, 3.646), (19200, 1.823), (38400, 1.75), (115200, 1.75)],
)
def test_pause_between_rtu_messages(baudrate: int, milliseconds: float) -> None:
    rtu = SerialLine(device="/dev/x", baudrate=baudrate)
    assert rtu.pause * 1000 == pytest.approx(milliseconds, rel=1e-3)
    assert SerialLine(device="/dev/x", baudrate=baudrate, framing=Framing.ASCII).pause == 0


def test_a_live_poll_at_9600_baud_fits_its_interval_twice() -> None:
    seconds = SerialLine(device="/dev/x").poll_seconds(LIVE)
    # 150 bytes and eight pauses of 3.5 characters
    assert seconds == pytest.approx((150 + 28) * 10 / 9600)
    assert 2 * seconds < 2


def test_the_longest_exchange_takes_time_that_a_timeout_has_to_allow_for() -> None:
    slow = SerialLine(device="/dev/x", baudrate=1200, data_format="7E", framing=Framing.ASCII)
    assert slow.exchange_seconds == pytest.approx((499 + 17) * 10 / 1200)
    assert TcpLine(host="meter", port=502).exchange_seconds == 0


@pytest.mark.parametrize("data_format", DATA_FORMATS)
@pytest.mark.parametrize("baudrate", BAUD_RATES)
def test_the_settings_of_a_serial_port_are_those_of_the_meter(
    baudrate: int, data_format: str
) -> None:
    line = SerialLine(
        device="/dev/x",
        baudrate=baudrate,
        data_format=data_format,
        stop_bits=2,
        framing=Framing.ASCII,
    )
    params = line.params
    assert params == ModbusSerialParams(
        device="/dev/x",
        baudrate=baudrate,
        bytesize=8 if data_format[0] == "8" else 7,
        parity={"N": "N", "O": "O", "E": "E"}[data_format[1]],  # type: ignore[arg-type]
        stopbits=2,
        framer="ascii",
    )
    assert str(line) == f"{baudrate} bit/s {data_format}2 ASCII"


@pytest.mark.parametrize("framing", Framing)
def test_a_tcp_line_is_described_without_a_warning(framing: Framing) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        params = TcpLine(host="METER", port=1502, framing=framing).params
    assert isinstance(params, ModbusTcpParams)
    assert (params.host, params.port) == ("meter", 1502)
    # What is framed otherwise is the connection's own business: the library's word for it goes.
    assert params.framer == "socket"


def test_spelling_makes_no_other_line() -> None:
    assert TcpLine(host="Meter", port=502) == TcpLine(host="meter", port=502)
    assert TcpLine(host="meter", port=502, framing=Framing.RTU).endpoint == (
        TcpLine(host="meter", port=502).endpoint
    )
