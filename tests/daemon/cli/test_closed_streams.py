from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SAYSO = Path(sys.executable).parent / "sayso"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_reason_to_fail(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" models verify {closed}', str(SAYSO)], capture_output=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
