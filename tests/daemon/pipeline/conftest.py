"""What every test of the pipeline may ask for."""

from __future__ import annotations

import pytest
from tests.daemon.pipeline.bench import Bench


@pytest.fixture
def bench() -> Bench:
    """A pipeline that listens."""
    bench = Bench()
    bench.do("listen")
    return bench
