"""What the archive takes: `python -m tools.benchmarks.archive`; by default 10,000 records in SQLite."""

import argparse
import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
import statistics
import sys
from tempfile import TemporaryDirectory
import time
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custom_components.lovato_dmed4.archive import (
    Archive,
    MeterInfo,
    SessionQuery,
    SessionVerdict,
    Source,
)

BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
KEY: Final = ec.derive_private_key(0x0D4ED4, ec.SECP256R1())
# Records that are verified again at once.
_CHUNK: Final = 50
_PAGE: Final = 50
_TICK: Final = 0.01
# Records of a long session.
LENGTH: Final = 1000


@dataclass(frozen=True, slots=True)
class Timing:
    """How long something took, each time, and the processor time of it where that was measured; in s.

    The processor time depends less on what else the machine does, and leaves out waiting for the disk.
    """

    name: str
    times: list[float]
    cpu: list[float] = field(default_factory=list)


def measure(url: str, records: int, runs: int, length: int = LENGTH) -> Iterator[Timing]:
    """Fill an archive with records of two to a session, and ask it what a user asks.

    Then store one session of many records.
    """
    with opened(url) as archive:
        meter = archive.register_meter(MeterInfo(unique_id="benchmark", name="Benchmark"))
        spki = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        archive.see_key(meter, spki, BEGIN)
        storing = [
            partial(archive.store, meter, raw, Source.METER, BEGIN) for raw in signed(records)
        ]
        yield take_time("store a record", storing)
        sessions = archive.sessions(SessionQuery(limit=1)).total
        newest = archive.sessions(SessionQuery(limit=runs)).sessions

        questions = {
            f"list the newest {_PAGE} sessions": SessionQuery(limit=_PAGE),
            f"list the oldest {_PAGE}": SessionQuery(limit=_PAGE, offset=sessions - _PAGE),
            f"list {_PAGE} that hold a text": SessionQuery(limit=_PAGE, search="card 77"),
            "find none with a text": SessionQuery(search="nobody"),
            "find none with a verdict": SessionQuery(verdicts=(SessionVerdict.INVALID,)),
        }
        for name, query in questions.items():
            yield take_time(name, [partial(archive.sessions, query)] * runs)
        yield take_time("open a session", [partial(archive.session, each.id) for each in newest])
        yield take_time("count the records", [partial(archive.summary, meter)] * runs)
        yield from _long_session(archive, length, runs)
        times, delays, computing = asyncio.run(_verify_in_background(archive))
        yield Timing(f"verify {_CHUNK} records again", times)
        yield Timing("delay of an event loop meanwhile", delays)
        yield Timing("of that, with the thread computing", computing)


def _long_session(archive: Archive, length: int, runs: int) -> Iterator[Timing]:
    """Store intermediate records of one session, and more when it has many."""
    meter = archive.register_meter(MeterInfo(unique_id="long", name="Long"))
    storing = [
        partial(archive.store, meter, raw, Source.METER, BEGIN)
        for raw in intermediate(length + runs)
    ]
    yield take_time(f"store one of the first {runs} of a session", storing[:runs])
    take_time("fill", storing[runs:length])
    yield take_time(f"store one more when it has {length}", storing[length:])


def take_time(name: str, runs: Sequence[Callable[[], object]]) -> Timing:
    """Do something some times, and note how long each took."""
    times, cpu = [], []
    for run in runs:
        begun, worked = time.perf_counter(), time.thread_time()
        run()
        cpu.append(time.thread_time() - worked)
        times.append(time.perf_counter() - begun)
    return Timing(name, times, cpu)


async def _verify_in_background(
    archive: Archive,
) -> tuple[list[float], list[float], list[float]]:
    """Verify all records in a thread; an event loop with nothing to do notes how late it gets.

    It is late when the thread computes and does not let it run, and when the machine lets neither of
    them: only the first is due to us.
    """
    verifying = asyncio.create_task(asyncio.to_thread(lambda: list(_verify(archive))))
    delays: list[float] = []
    computing: list[float] = []
    while not verifying.done():
        begun, others = time.perf_counter(), _time_of_others()
        await asyncio.sleep(_TICK)
        delays.append(time.perf_counter() - begun - _TICK)
        computing.append(min(delays[-1], _time_of_others() - others))
    return await verifying, delays, computing


def _time_of_others() -> float:
    """CPU time of all threads but this one, in s."""
    return time.process_time() - time.thread_time()


def _verify(archive: Archive) -> Iterator[float]:
    after: int | None = 0
    while after is not None:
        begun = time.perf_counter()
        after = archive.verify_again(after, _CHUNK, BEGIN)
        if after is not None:
            yield time.perf_counter() - begun


@contextmanager
def opened(url: str) -> Iterator[Archive]:
    """Open an archive for a while."""
    archive = Archive(url)
    archive.open()
    try:
        yield archive
    finally:
        archive.close()


def signed(records: int) -> Iterator[bytes]:
    """Sign a begin and an end for each charge, an hour apart."""
    for number in range(records):
        charge, is_end = divmod(number, 2)
        begin = _reading("B", charge, 0)
        now = _reading("E", charge, 11) if is_end else begin
        yield _signed(number, f"card {charge % 100:02}", begin, now)


def intermediate(records: int) -> Iterator[bytes]:
    """Sign a begin and what was read afterwards, every three minutes."""
    begin = _reading("B", 0, 0)
    yield _signed(0, "card 00", begin, begin)
    for number in range(1, records):
        yield _signed(number, "card 00", begin, _reading("C", 0, number))


def _signed(number: int, identification: str, begin: str, now: str) -> bytes:
    payload = (
        f'{{"FV":"1.3","GI":"DMED4","PG":"T{number + 1}","MS":"4711","IS":true,"IL":"TRUSTED",'
        f'"IF":["RFID_PLAIN"],"IT":"ISO14443","ID":"{identification}","TT":"0.49 EUR/kWh",'
        f'"RD":[{begin},{now}]}}'
    )
    signature = KEY.sign(payload.encode(), ec.ECDSA(SHA256())).hex()
    return f'OCMF|{payload}|{{"SA":"ECDSA-secp256r1-SHA256","SD":"{signature}"}}'.encode()


def _reading(reason: str, charge: int, energy: int) -> str:
    moment = BEGIN + charge * timedelta(hours=1) + energy * timedelta(minutes=3)
    return (
        f'{{"TM":"{moment:%Y-%m-%dT%H:%M:%S},000+0000 S","TX":"{reason}","RV":{11 * charge + energy}.000,'
        '"RI":"01-00:01.08.00*FF","RU":"kWh","RT":"DC","EF":"","ST":"G"},'
        '{"RV":0.000,"RI":"01-00:02.08.00*FF","RU":"kWh","ST":"G"},'
        f'{{"RV":{energy}.000,"RI":"01-00:01.09.00*FF","RU":"kWh","ST":"G"}}'
    )


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.archive", description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=100, help="of each question")
    parser.add_argument("--url", help="of an empty database; by default a new file of SQLite")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = arguments.url or f"sqlite:///{Path(folder) / 'records.db'}"
        sys.stderr.write(f"signing and storing {arguments.records} records\n")
        print(f"{arguments.records} records, two to a session:\n")
        print("| | times | median | longest | CPU time, median |")
        print("|---|---|---|---|---|")
        for timing in measure(url, arguments.records, arguments.runs):
            median, longest = statistics.median(timing.times), max(timing.times)
            cpu = _shown(statistics.median(timing.cpu)) if timing.cpu else ""
            shown = f"{_shown(median)} | {_shown(longest)} | {cpu}"
            print(f"| {timing.name} | {len(timing.times)} | {shown} |")


def _shown(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"


if __name__ == "__main__":
    main()
