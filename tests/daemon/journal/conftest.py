"""What every test of the journal may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.journal.keeping import filled, opened
from tests.daemon.journal.spooling import Net

from sayso.journal.database import Database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a journal is to be; it is not there yet."""
    return tmp_path / "state" / "journal"


@pytest.fixture
def db(folder: Path) -> Iterator[Database]:
    """An empty journal, open for writing."""
    database = opened(folder)
    yield database
    database.close()


@pytest.fixture
def three(folder: Path) -> Iterator[Database]:
    """A journal with the utterances 1, 2 and 3, open for writing."""
    database = filled(folder, 3)
    yield database
    database.close()


@pytest.fixture
def net(tmp_path: Path) -> Net:
    """A journal that keeps nothing beyond its delivery."""
    return Net(tmp_path)


@pytest.fixture
def learning(tmp_path: Path) -> Net:
    """A journal that keeps everything."""
    return Net(tmp_path, learns=True)
