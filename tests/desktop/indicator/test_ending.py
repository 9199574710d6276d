"""When the indicator ends, and what it lives through."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from tests.desktop.bus.fake_service import FakeService, serving
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.indicator.conftest import Service, Show
from tests.desktop.rig.indicator import Indicator, OnTheBus
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import X11Rig

from sayso.bus import NAME
from sayso.config import load_settings

IDLE_SECONDS = 3
QUIET_LOOKS = 30  # a third of a second


def test_it_ends_when_the_service_lets_go_of_its_standard_input(service: Service, show: Show) -> None:
    indicator = show(tray=True)
    indicator.close_input()
    assert indicator.wait() == 0
    assert indicator.output == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_to(service: Service, show: Show, number: int) -> None:
    indicator = show(tray=True, notifications=True, sounds=True)
    indicator.send(number)
    assert indicator.wait() == 0
    assert indicator.output == ""


def test_it_lives_through_another_start_of_the_service(witness: OnTheBus, show: Show, bus: PrivateBus) -> None:
    first, second = FakeService(), FakeService()
    with serving(first, []):
        until(lambda: witness.has_owner(NAME), "the service")
        indicator = show(tray=True)
        item = f"org.kde.StatusNotifierItem-{indicator.pid}-1"
        until(lambda: witness.has_owner(item), "the item")
    with serving(second, []):
        until(lambda: witness.has_owner(NAME), "the service again")
        witness.ask(item, "/StatusNotifierItem", "org.kde.StatusNotifierItem", "Activate", "ii", [0, 0])
        until(lambda: len(second.asked) == 1, "the click at the new service")
    assert indicator.is_running


def test_it_ends_when_nobody_has_had_the_name_of_the_service_for_long(show: Show) -> None:
    python = (
        "import sys; from sayso.indicator import ending; ending.WITHOUT_SERVICE_SECONDS /= 10; "
        "from sayso.__main__ import main; sys.exit(main())"
    )
    indicator = show({}, python, tray=True)
    assert indicator.wait() == 1
    assert "sayso is not running, so there is nothing to show: start it with" in indicator.output


def test_it_ends_with_a_clear_line_when_the_bus_goes_away(service: Service, show: Show, bus: PrivateBus) -> None:
    indicator = show(tray=True, notifications=True, sounds=True)
    bus.end()
    assert indicator.wait() == 1
    assert indicator.output.strip().splitlines() == [
        "sayso: the session bus went away, and the indicator with it; the service starts it again"
    ]


def test_a_second_one_takes_the_place_of_the_first(service: Service, show: Show, witness: OnTheBus) -> None:
    first, second = show(tray=True), show(tray=True)
    assert first.wait() == 0
    assert "another indicator has taken the place" in first.output
    assert second.is_running


def by_the_service(folder: Path, *options: str) -> str:
    """A program that starts it as the service does, with settings that it was given in the past."""
    applied = folder / "applied.yaml"
    applied.touch()
    only = replace(load_settings(applied).indicator, overlay="never", notifications=False, sounds=False)
    arguments = ["sayso", "indicator", "--applied", json.dumps(asdict(only)), *options]
    return f"import sys; sys.argv = {arguments!r}; from sayso.__main__ import main; sys.exit(main())"


def test_a_file_that_is_broken_by_now_is_nothing_to_what_the_service_has_applied(
    service: Service, show: Show, tmp_path: Path
) -> None:
    (tmp_path / "sayso").mkdir()
    (tmp_path / "sayso" / "config.yaml").write_text("indicator: {overlay: [")
    indicator = show({"XDG_CONFIG_HOME": str(tmp_path)}, by_the_service(tmp_path))
    assert indicator.is_running
    assert indicator.output == ""


def test_one_that_has_failed_before_says_nothing_until_it_has_begun(
    service: Service, show: Show, bus: PrivateBus, tmp_path: Path
) -> None:
    program = by_the_service(tmp_path, "--quiet-start")
    indicator = show({}, program)
    bus.end()
    assert indicator.wait() == 1
    assert "the session bus went away" in indicator.output
    with Indicator({"XDG_RUNTIME_DIR": str(tmp_path)}, program) as without_bus:
        assert without_bus.wait() == 1
        assert without_bus.output == ""


def test_without_a_bus_it_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sayso", "indicator"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "there is no session bus" in done.stderr


@pytest.mark.alone
def test_it_costs_nothing_while_nothing_is_done(
    x11: X11Rig, service: Service, show: Show, figure: Callable[[str], None]
) -> None:
    indicator = show(x11.env, overlay="auto", tray=True, notifications=True, sounds=True)

    def cpu_ticks() -> int:
        fields = Path(f"/proc/{indicator.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    looks = [-1, cpu_ticks()]

    def has_settled() -> bool:
        looks.append(cpu_ticks())
        return len(set(looks[-QUIET_LOOKS:])) == 1

    until(has_settled, "it to have begun")
    before = cpu_ticks()
    time.sleep(IDLE_SECONDS)  # the measurement is of time that passes
    used = cpu_ticks() - before
    status = Path(f"/proc/{indicator.pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    figure(f"indicator, idle: {used * 10} ms of CPU time in {IDLE_SECONDS} s, {int(resident) // 1024} MB resident")
    assert used <= 1
