from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.evdev.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Input devices in a folder; none is plugged in."""
    machine = Machine(tmp_path)
    yield machine
    machine.close()
