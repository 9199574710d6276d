"""The service as people have it: installed, started by their own systemd, in a session with a display."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.systemd import confinement
from tests.desktop.systemd.manager import UNIT, UserSession, missing

START_SECONDS = 30.0
STOP_SECONDS = 2.0
NAME, OBJECT = "org.sayso.Dictation1", "/org/sayso/Dictation1"


@pytest.fixture
def person(store: Path) -> Iterator[UserSession]:
    """Somebody who has installed sayso and not logged in since; the watchdog is quick."""
    if (lack := missing()) is not None:
        pytest.skip(f"no systemd --user can be had here: {lack}")
    with UserSession(store) as session:
        session.change("quick", "WatchdogSec=2", "RestartSec=100ms")
        session.sayso("install", "--no-start")
        yield session


def status(person: UserSession) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(person.sayso("status", "--json"))
    return answer


def main_pid(person: UserSession) -> int:
    """The service's process; fails where it does not run (0 would be a signal to ourselves)."""
    assert person.shown("ActiveState") == "active", person.logs
    return int(person.shown("MainPID"))


def wait_for_restart(person: UserSession, times: int) -> None:
    """Wait until systemd has started the service again by itself, so many times in all, and it is ready."""
    until(
        lambda: person.shown("NRestarts", "ActiveState") == f"{times} active",
        f"{times} restarts\n{person.logs}",
        START_SECONDS,
    )


def wait_for_display(person: UserSession, x11: X11Rig) -> None:
    """Wait until the service types on this display and has its keys there."""

    def has_it() -> bool:
        now = status(person)
        types_there = now["typist"].startswith(f"X11, display {x11.display};")
        return types_there and "no display" not in now["hotkeys"]["toggle"]

    until(has_it, f"the service to have the display {x11.display}: {status(person)}", START_SECONDS)


def autostart(person: UserSession) -> list[str]:
    """The command of the autostart entry, as a desktop reads it."""
    entry = (person.home / ".config/autostart/sayso.desktop").read_text()
    command = next(line for line in entry.splitlines() if line.startswith("Exec=")).removeprefix("Exec=")
    return shlex.split(command)


def test_a_fresh_session_starts_the_service_and_it_takes_the_display_that_comes_later(
    person: UserSession, x11: X11Rig, figure: Callable[[str], None]
) -> None:
    began = time.monotonic()
    person.log_in()
    figure(f"systemd: from log-in to a service that is ready {time.monotonic() - began:.2f} s")
    assert person.shown("ActiveState", "UnitFileState") == "active enabled", person.logs
    pid = main_pid(person)
    # There is no sound server either: it lives on and says so.
    until(lambda: "microphone-absent" in status(person)["problems"], "the missing microphone to be noticed")
    assert status(person)["typist"].startswith("X11, no display;")
    began = time.monotonic()
    person.run(*autostart(person), DISPLAY=x11.display)
    wait_for_display(person, x11)
    figure(f"systemd: from the display to typing and keys on it {time.monotonic() - began:.2f} s")
    assert main_pid(person) == pid


def test_a_session_that_has_its_display_at_once_gives_it_to_the_service(person: UserSession, x11: X11Rig) -> None:
    person.env["DISPLAY"] = x11.display
    person.log_in()
    environment = Path(f"/proc/{main_pid(person)}/environ").read_text().split("\0")
    assert f"DISPLAY={x11.display}" in environment
    wait_for_display(person, x11)


def test_a_hang_is_ended_by_the_watchdog_and_a_killed_service_starts_again(
    person: UserSession, figure: Callable[[str], None]
) -> None:
    person.log_in()
    fed = person.shown("WatchdogTimestampMonotonic")
    until(lambda: person.shown("WatchdogTimestampMonotonic") != fed, "the watchdog of an idle service to be fed")
    hung = main_pid(person)
    began = time.monotonic()
    os.kill(hung, signal.SIGSTOP)
    wait_for_restart(person, 1)
    figure(f"systemd: a hang, with a watchdog of 2 s, is over after {time.monotonic() - began:.2f} s")
    killed = main_pid(person)
    assert killed != hung
    os.kill(killed, signal.SIGKILL)
    wait_for_restart(person, 2)
    assert main_pid(person) != killed


def test_a_stopped_service_leaves_at_once_stays_away_and_is_started_by_a_call(
    person: UserSession, figure: Callable[[str], None]
) -> None:
    person.log_in()
    pid = main_pid(person)
    person.systemctl("reload", UNIT)
    until(lambda: "settings applied" in person.logs, "the settings to be applied")
    until(lambda: person.shown("ActiveState") == "active", "the end of reloading")
    assert main_pid(person) == pid
    began = time.monotonic()
    person.systemctl("stop", UNIT)
    took = time.monotonic() - began
    figure(f"systemd: stopped within {took:.2f} s")
    assert took < STOP_SECONDS
    assert person.shown("ActiveState", "Result") == "inactive success", person.logs
    began = time.monotonic()
    answer = person.run("busctl", "--user", "--json=short", "call", NAME, OBJECT, NAME, "GetStatus")
    figure(f"systemd: a call starts the stopped service and is answered after {time.monotonic() - began:.2f} s")
    assert '"toggle"' in answer
    until(lambda: person.shown("ActiveState") == "active", "systemd to be told that it is ready")


def test_the_unit_forbids_what_it_says_and_the_service_works_all_the_same(person: UserSession) -> None:
    report = person.folder / "report"
    person.change("confinement", f"ExecStartPre={sys.executable} {confinement.__file__} {report}")
    person.log_in()
    assert person.shown("ActiveState") == "active", person.logs  # it has decoded once before it is ready
    assert report.read_text() == "possible: []\ncore: (0, 0)\numask: 77\n"


def test_installed_in_a_running_session_it_runs_there_and_then_and_uninstalled_it_is_gone(
    person: UserSession, x11: X11Rig
) -> None:
    person.sayso("uninstall")
    person.log_in()
    assert person.shown("LoadState") == "not-found"
    said = person.sayso("install", DISPLAY=x11.display)
    assert said.splitlines()[-1].startswith("started it")
    pid = main_pid(person)
    assert f"DISPLAY={x11.display}" in person.systemctl("show-environment").splitlines()
    assert NAME in person.run("busctl", "--user", "list", "--activatable")

    assert person.sayso("install").count("unchanged") == 4
    assert main_pid(person) != pid  # another version of sayso may be there by now

    said = person.sayso("uninstall")
    assert "stopped it" in said
    assert "your models stay in ~/.local/share/sayso/models" in said
    assert not [path for path in person.home.rglob("*sayso*") if path.is_file() or path.is_symlink()]
    assert (person.home / ".local/share/sayso/models/tiny.en").is_dir()
    assert person.shown("ActiveState", "FragmentPath") == "inactive "
    assert NAME not in person.run("busctl", "--user", "list", "--activatable")
