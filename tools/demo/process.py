"""A program that runs as long as the demo does, and nothing of which may stay behind."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
import os
from pathlib import Path
import re
import signal

from .console import DemoError, say

# Home Assistant takes 1 to 3 s to write its state and leave. While it starts, an interrupt may hit an import
# that swallows it; the second one shows it.
STOP_SECONDS = (10, 5)
# Home Assistant lists all its integrations in one line; a person needs the beginning.
TAIL_WIDTH = 400
# A line may hold a whole record in JSON; asyncio's own limit is 64 KiB and breaks the reader.
LINE_LIMIT = 1024 * 1024


class Process:
    """A child in a process group of its own, whose output is kept in a file and in memory."""

    def __init__(self, name: str, child: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.lines: list[str] = []
        self._child = child
        self._log = log.open("a", encoding="utf-8")
        self._news = asyncio.Condition()
        self._ended = False
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._child.stdout  # noqa: S101 - it was started with a pipe
        async for raw in self._child.stdout:
            line = raw.decode(errors="replace")
            self._log.write(line)
            self._log.flush()
            self.lines.append(line.rstrip())
            async with self._news:
                self._news.notify_all()
        self._log.close()
        self._ended = True
        async with self._news:
            self._news.notify_all()

    async def wait_for_line(self, pattern: re.Pattern[str], seconds: float) -> re.Match[str]:
        """Wait until a line matches, or say what the program printed instead."""
        seen = 0
        try:
            async with asyncio.timeout(seconds), self._news:
                while True:
                    for line in self.lines[seen:]:
                        if found := pattern.search(line):
                            return found
                    seen = len(self.lines)
                    if self._ended:
                        raise DemoError(f"{self.name} ended early:\n{self.tail()}")
                    await self._news.wait()
        except TimeoutError:
            raise DemoError(
                f"{self.name} was not ready within {seconds:.0f} s:\n{self.tail()}"
            ) from None

    def tail(self, count: int = 20) -> str:
        """Return the last lines of the output, indented for a message."""
        return "\n".join(f"    {line[:TAIL_WIDTH]}" for line in self.lines[-count:])

    async def wait(self) -> int:
        """Wait until the program ends and return its exit code."""
        return await self._child.wait()

    async def kill(self) -> None:
        """End the program and its whole group at once, whatever they are doing."""
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        await self._child.wait()
        await self._reader

    @property
    def number(self) -> int:
        """The process's own number."""
        return self._child.pid

    async def stop(self) -> None:
        """Ask the program to stop, insist after a while, and take its whole group along."""
        if self._child.returncode is not None and self._reader.done():
            return  # Long gone, and its number may be another's by now.
        try:
            for seconds in STOP_SECONDS:
                if await self._interrupt(seconds):
                    break
            else:
                say(f"{self.name} did not stop within {sum(STOP_SECONDS)} s and is killed.")
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
        await self._reader

    async def _interrupt(self, seconds: float) -> bool:
        """Return whether the program ends when it is asked to."""
        if self._child.returncode is None:
            self._child.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(seconds):
                await self._child.wait()
        except TimeoutError:
            return False
        return True


async def start(
    name: str,
    *command: str | Path,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Process:
    """Start a program; the caller has to stop it."""
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=cwd,
        env=env,
        limit=LINE_LIMIT,
        # Ctrl-C in the terminal must reach the demo only, which then stops its children in order.
        start_new_session=True,
    )
    return Process(name, child, log)


@asynccontextmanager
async def running(
    name: str,
    *command: str | Path,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Process]:
    """Run a program for as long as the context lasts."""
    process = await start(name, *command, log=log, cwd=cwd, env=env)
    try:
        yield process
    finally:
        await process.stop()
