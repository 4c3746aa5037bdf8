"""Archives that are there at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import shutil
from typing import Any
from unittest.mock import patch

from sqlalchemy import URL, Engine, create_engine

from custom_components.lovato_dmed4.archive import database


@contextmanager
def ready_made_archives(empty: Path) -> Iterator[None]:
    """Let each new archive in a file begin as a copy of an empty one.

    Their engines share what SQLAlchemy compiles for each of its own.
    """
    pattern = create_engine(f"sqlite:///{empty}")
    pattern.connect().close()
    pattern.dispose()

    def make(url: URL, **settings: Any) -> Engine:
        engine = create_engine(url, **settings)
        if engine.dialect.name != "sqlite":
            return engine
        engine.dialect = engine.pool._dialect = pattern.dialect
        engine._compiled_cache = pattern._compiled_cache
        path = Path(url.database or "")
        # The log of a file that was deleted is of no use to a new one: SQLite itself sees to that.
        if path.parent.is_dir() and not path.exists() and not Path(f"{path}-wal").exists():
            shutil.copyfile(empty, path)
        return engine

    with patch.object(database, "create_engine", make):
        yield
