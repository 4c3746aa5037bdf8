"""Modbus frames: what is one, and what is not (manual: Modbus)."""

import pytest

from simulator.framing import AsciiFraming, Frame, RtuFraming, TcpFraming, crc, lrc

READ = bytes.fromhex("04 0001 0004")
RTU = bytes.fromhex("08 04 0001 0004 A090")
ASCII = b":0804000100 04EF\r\n".replace(b" ", b"")


def test_crc_of_the_manual() -> None:
    assert crc(bytes.fromhex("0207")) == bytes.fromhex("4112")
    assert crc(bytes.fromhex("0106 2F02 0005")) == bytes.fromhex("E0DD")
    assert crc(bytes.fromhex("0106 4FFF 0002")) == bytes.fromhex("2EEF")
    assert crc(bytes.fromhex("0506 2F4F 0004")) == bytes.fromhex("B08E")


def test_lrc_of_the_manual_without_its_misprint() -> None:
    assert lrc(bytes.fromhex("01 04 00 00 00 08")) == 0xF3


class TestRtu:
    def test_one_frame(self) -> None:
        assert list(RtuFraming().feed(RTU)) == [Frame(8, READ)]
        assert RtuFraming().encode(Frame(8, READ)) == RTU

    def test_byte_by_byte(self) -> None:
        framing = RtuFraming()
        frames = [frame for byte in RTU for frame in framing.feed(bytes([byte]))]
        assert frames == [Frame(8, READ)]
        assert not framing.waiting

    @pytest.mark.parametrize(
        "pdu",
        [
            "03 0001 0004",
            "06 4280 0042",
            "10 49FF 0002 04 41424344",
            "11",
            "01 0000 0001",
            "10 49FF 0078 F0" + "41" * 240,
        ],
    )
    def test_length_from_the_function(self, pdu: str) -> None:
        framing = RtuFraming()
        frame = Frame(1, bytes.fromhex(pdu))
        assert list(framing.feed(2 * framing.encode(frame))) == [frame, frame]
        assert not framing.waiting

    def test_a_function_of_unknown_length_ends_with_the_pause(self) -> None:
        framing = RtuFraming()
        frame = Frame(1, bytes.fromhex("2B 0E 01 00"))
        assert list(framing.feed(framing.encode(frame))) == []
        assert framing.waiting
        assert list(framing.silence()) == [frame]
        assert list(framing.silence()) == []

    @pytest.mark.parametrize(
        "garbage",
        [
            "00",
            "FF",
            "08 04 00",
            "08 10 00",
            "08 10 00 00 00 01 02",
            "08 04 0001 0004 A091",
            "2B" * 300,
        ],
    )
    def test_garbage_is_over_after_a_pause(self, garbage: str) -> None:
        framing = RtuFraming()
        assert list(framing.feed(bytes.fromhex(garbage))) == []
        assert framing.waiting
        assert list(framing.silence()) == []
        assert list(framing.feed(RTU)) == [Frame(8, READ)]

    def test_garbage_right_before_a_frame_spoils_it(self) -> None:
        framing = RtuFraming()
        assert list(framing.feed(b"\0" + RTU)) == []
        assert list(framing.silence()) == []

    def test_what_never_pauses_is_never_a_frame(self) -> None:
        framing = RtuFraming()
        for _ in range(100):
            assert list(framing.feed(b"\xff" * 100)) == []
        assert len(framing._buffer) < 300


class TestAscii:
    def test_one_frame(self) -> None:
        assert list(AsciiFraming().feed(ASCII)) == [Frame(8, READ)]
        assert AsciiFraming().encode(Frame(8, READ)) == ASCII

    def test_byte_by_byte_and_in_small_letters(self) -> None:
        framing = AsciiFraming()
        frames = [frame for byte in ASCII.lower() for frame in framing.feed(bytes([byte]))]
        assert frames == [Frame(8, READ)]
        assert not framing.waiting
        assert list(framing.silence()) == []

    @pytest.mark.parametrize(
        "garbage",
        [
            b"abc",
            b":08",
            b"\r\n",
            b"0804\r\n",
            b":08040001\r\n",
            b":0804zz\r\n",
            b":080\r\n",
            b":\r\n",
            b":01FF\r\n",
            b": 08 04 00 01 00 04 EF\r\n",
            b"\xff" * 2000,
        ],
    )
    def test_garbage_before_a_frame(self, garbage: bytes) -> None:
        framing = AsciiFraming()
        assert list(framing.feed(garbage)) == []
        assert list(framing.feed(ASCII + ASCII)) == [Frame(8, READ)] * 2

    def test_what_never_ends_is_forgotten(self) -> None:
        framing = AsciiFraming()
        for _ in range(100):
            assert list(framing.feed(b":00" * 100)) == []
        assert len(framing._buffer) < 600


class TestTcp:
    def test_byte_by_byte(self) -> None:
        framing = TcpFraming()
        frame = Frame(255, READ, 0xFFFF)
        data = framing.encode(frame)
        assert data == bytes.fromhex("FFFF 0000 0006 FF 04 0001 0004")
        frames = [found for byte in data for found in framing.feed(bytes([byte]))]
        assert frames == [frame]
