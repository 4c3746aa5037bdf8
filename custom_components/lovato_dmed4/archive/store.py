"""The archive: signed records, kept for good, in a database of the user's choice."""

from collections.abc import Iterator
from datetime import datetime

from .model import (
    ArchiveSummary,
    MeterInfo,
    SessionDetail,
    SessionPage,
    SessionQuery,
    Source,
    StoredKey,
    StoredRecord,
    StoreResult,
)


class Archive:
    """The records of all meters that share a database.

    Every method blocks: none may be called in an event loop. All may be called from several threads
    at once, and raise ArchiveError when the database fails; what was stored before that stays.
    """

    def __init__(self, url: str) -> None:
        """Name the database by its SQLAlchemy URL; nothing is opened yet."""

    def open(self) -> None:
        """Connect, and make or migrate the tables.

        Raises:
            ArchiveError: also for a URL that is none, a driver that is not installed, and tables
                that a newer version has made.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of all connections."""
        raise NotImplementedError

    def pause(self) -> None:
        """Write everything into the database's own file, and nothing after that until `resume`.

        For a backup that copies the file; writers wait. Does nothing but for SQLite.
        """
        raise NotImplementedError

    def resume(self) -> None:
        """Go on after `pause`."""
        raise NotImplementedError

    def register_meter(self, info: MeterInfo) -> int:
        """Note a meter and what is known of it now; returns its number in the archive."""
        raise NotImplementedError

    def rename_meter(self, old: str, new: str) -> None:
        """Know a meter by another unique ID."""
        raise NotImplementedError

    def see_key(self, meter_id: int, spki: bytes, now: datetime) -> StoredKey:
        """Note the key that a meter shows: the first one is pinned, another one is CHANGED.

        Records that could not be verified for want of a key are verified with a pinned one.
        """
        raise NotImplementedError

    def accept_key(self, meter_id: int, spki: bytes, now: datetime) -> None:
        """Pin a key that the user says is right; the pinned one becomes a former one.

        The meter's records signed with it are verified again.
        """
        raise NotImplementedError

    def keys(self, meter_id: int) -> tuple[StoredKey, ...]:
        """Return the keys that a meter was seen with, the first one first."""
        raise NotImplementedError

    def store(
        self, meter_id: int, raw: bytes, source: Source, now: datetime, *, chained: bool = False
    ) -> StoreResult:
        """Verify and keep a record; on disk when this returns.

        A record is kept once, by its digest. The same again changes nothing, except that one with a
        valid signature takes the place of one without, that COMMAND takes the place of METER, and
        that `chained` is taken over.

        Args:
            meter_id: the meter it came from.
            raw: any bytes, also such as are no record.
            source: how it came here.
            now: the time.
            chained: whether every older record of the meter's logbook is known to be here.
        """
        raise NotImplementedError

    def is_chained(self, meter_id: int, raw: bytes) -> bool:
        """Tell whether a record is here together with all that are older in the logbook."""
        raise NotImplementedError

    def settle(self, meter_id: int, *, charging: bool) -> None:
        """Settle how sessions ended whose end is not told by a record.

        All open ones are END_MISSING, but for the newest one while the meter is charging.
        """
        raise NotImplementedError

    def summary(self, meter_id: int) -> ArchiveSummary:
        """Return what the archive has of a meter."""
        raise NotImplementedError

    def sessions(self, query: SessionQuery) -> SessionPage:
        """Return a page of sessions, the newest first."""
        raise NotImplementedError

    def session(self, session_id: int) -> SessionDetail | None:
        """Return a session with its records; None if there is none of that number."""
        raise NotImplementedError

    def each_session(self, query: SessionQuery) -> Iterator[SessionDetail]:
        """Return all sessions that a query is about, the oldest first, whatever its page."""
        raise NotImplementedError

    def record(self, record_id: int) -> StoredRecord | None:
        """Return a record; None if there is none of that number."""
        raise NotImplementedError

    def find_record(self, digest: str) -> StoredRecord | None:
        """Return a record by the SHA-256 of its payload in hex."""
        raise NotImplementedError

    def verify_again(self, after: int, limit: int, now: datetime) -> int | None:
        """Verify the next records after a number; returns the last one's, None at the end."""
        raise NotImplementedError

    def forget_meter(self, meter_id: int) -> None:
        """Delete a meter with all its records and keys, because the user asked for it."""
        raise NotImplementedError
