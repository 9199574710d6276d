"""Accessibility is on while it is used, and left as it was found."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.desktop.accessibility.conftest import Watching
from tests.desktop.rig.accessibility import AccessibilityRig
from tests.desktop.rig.waiting import until

SERVICE = """
import sys, threading
from pathlib import Path
from sayso.accessibility.watch import AccessibilityWatch
AccessibilityWatch(Path(sys.argv[1])).start()
threading.Event().wait()
"""


def test_what_was_off_is_off_again_and_no_screen_reader_is_ever_pretended(
    rig: AccessibilityRig, tmp_path: Path
) -> None:
    watching = Watching(tmp_path / "state" / "mark")
    assert not rig.is_enabled
    watching.watch.start()
    watching.until(lambda watch: watch.absence is None, "the accessibility bus")
    assert rig.is_enabled
    assert not rig.has_screen_reader
    watching.watch.close()
    assert not rig.is_enabled
    assert list((tmp_path / "state").iterdir()) == []


def test_what_was_on_stays_on(rig: AccessibilityRig, tmp_path: Path) -> None:
    rig.enable()
    watching = Watching(tmp_path / "mark")
    watching.watch.start()
    watching.until(lambda watch: watch.absence is None, "the accessibility bus")
    watching.watch.close()
    assert rig.is_enabled


def test_it_stays_on_where_other_assistive_technology_has_come_to_need_it(
    rig: AccessibilityRig, tmp_path: Path
) -> None:
    first, second = Watching(tmp_path / "first"), Watching(tmp_path / "second")
    for watching in (first, second):
        watching.watch.start()
        watching.until(lambda watch: watch.absence is None, "the accessibility bus")
    first.watch.close()
    assert rig.is_enabled
    second.watch.close()


def test_a_service_that_was_killed_is_tidied_up_after_by_the_next(rig: AccessibilityRig, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": rig.session.address}
    with subprocess.Popen([sys.executable, "-c", SERVICE, str(mark)], env=env) as service:
        until(lambda: rig.is_enabled, "accessibility to be on")
        service.send_signal(signal.SIGKILL)
    assert rig.is_enabled
    assert mark.exists()
    watching = Watching(mark)
    watching.watch.start()
    watching.until(lambda watch: watch.absence is None, "the accessibility bus")
    watching.watch.close()
    assert not rig.is_enabled
    assert not mark.exists()


def test_without_any_bus_the_watch_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    watching = Watching(tmp_path / "mark")
    watching.watch.start()
    watching.until(lambda watch: "at-spi2-core" in str(watch.absence), "the bus to be missed")
    assert watching.watch.focused() is None
    assert watching.watch.confirm() is None
    watching.watch.close()
    assert not (tmp_path / "mark").exists()
