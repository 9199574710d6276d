"""Behind the lockers that tell nobody, i3lock and swaylock, nobody is listened to and nothing is typed.

Each locks the screen for every service of this user that runs meanwhile: hence `alone`.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.clients import Busctl
from tests.desktop.rig.phrases import LETTER, WEATHER, Phrase, run_sayso, words
from tests.desktop.rig.programs import COMMAND_SECONDS, need
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying, say
from tests.desktop.rig.service import OPENED, Service
from tests.desktop.rig.sway import GtkOnSway, SwayRig
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkTextView
from tests.desktop.rig.x11 import X11Rig

from sayso.capture.loudness import SILENCE_DBFS

pytestmark = pytest.mark.alone
QUIET_SECONDS = 1.5  # what waits because of a locker is tried again every second


@contextmanager
def running(
    command: list[str], env: dict[str, str], unlock: signal.Signals = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    """A locker; the screen is unlocked at the end."""
    null = subprocess.DEVNULL
    with subprocess.Popen(command, env=env, stdin=null, stdout=null, stderr=null) as locker:
        try:
            yield locker
        finally:
            locker.send_signal(unlock)
            assert locker.wait(COMMAND_SECONDS) is not None


def recordings(pulse: PulseRig) -> str:
    """Who records, as the sound server says."""
    command = [need("pactl", "pulseaudio-utils"), "list", "source-outputs"]
    return subprocess.run(command, env=pulse.env, capture_output=True, text=True, check=True).stdout


def lock_and_unlock(
    service: Service,
    busctl: Busctl,
    pulse: PulseRig,
    phrases: dict[str, Phrase],
    lock: Callable[[], object],
    text: Callable[[], str],
) -> None:
    """Whether nobody is listened to behind a locker, and hands-free listens on afterwards."""
    service.wait_for_line(OPENED)
    busctl.wait_for_service()
    busctl.wait_for_state("listening")
    assert "sayso" in recordings(pulse)
    with running(*lock()):
        busctl.wait_for_state("paused")
        until(lambda: "sayso" not in recordings(pulse), "the microphone to be closed")
        assert "nobody is listened to" in run_sayso(service.env, "start", status=1).stderr
        with Saying(pulse, phrases[LETTER]) as saying:
            saying.wait(phrases[LETTER].onset + 0.5)
            assert busctl.read("Level") == SILENCE_DBFS
            saying.wait_to_end()
        assert busctl.read("State") == "paused"
        assert (
            busctl.status["problems"].keys() & {"microphone-lost", "microphone-stalled", "microphone-silent"}
            == set()
        )
    busctl.wait_for_state("listening")
    service.wait_for_line("microphone: ")
    say(pulse, phrases[WEATHER])
    until(lambda: words(text()) == words(WEATHER), "what was said afterwards, and nothing else")


def test_i3lock_ends_listening_and_hands_free_listens_on_when_it_is_gone(
    pulse: PulseRig, x11: X11Rig, bus: BusRig, gtk_view: GtkTextView, store: Path, phrases: dict[str, Phrase]
) -> None:
    env = {"DISPLAY": x11.display, **bus.env}
    with Service(pulse, store, env=env) as service:
        i3lock = [need("i3lock", "i3lock"), "--nofork", "--color=204060"]
        lock_and_unlock(service, Busctl(bus), pulse, phrases, lambda: (i3lock, x11.env), lambda: gtk_view.text)


def test_swaylock_ends_listening_and_hands_free_listens_on_when_it_is_gone(
    pulse: PulseRig, bus: BusRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    with SwayRig() as sway, GtkOnSway(sway, 3, "view") as window:
        env = {**bus.env, "WAYLAND_DISPLAY": str(sway.find()), "XDG_SESSION_TYPE": "wayland"}
        swaylock = [need("swaylock", "swaylock"), "--color=204060"]
        with Service(pulse, store, env=env) as service:
            unlock = signal.SIGUSR1  # where it is ended otherwise, newer compositors stay locked
            lock_and_unlock(
                service, Busctl(bus), pulse, phrases, lambda: (swaylock, sway.env, unlock), lambda: window.text
            )


def test_text_that_waits_for_its_window_is_not_typed_behind_a_locker(
    pulse: PulseRig,
    x11: X11Rig,
    bus: BusRig,
    gtk_view: GtkTextView,
    store: Path,
    phrases: dict[str, Phrase],
    tmp_path: Path,
) -> None:
    locker = (
        tmp_path / "xsecurelock"
    )  # one that leaves the keyboard alone: nothing else keeps text from the window
    locker.symlink_to(need("sleep", "coreutils"))
    with Service(pulse, store, settings="mode: toggle", env={"DISPLAY": x11.display, **bus.env}) as service:
        service.wait_for_line(OPENED)
        busctl = Busctl(bus)
        busctl.wait_for_service()
        run_sayso(service.env, "start")
        with Saying(pulse, phrases[WEATHER]) as saying:
            busctl.wait_for_state("speaking")
            x11.focus_nothing()
            saying.wait_to_end()
        run_sayso(service.env, "stop")
        until(lambda: busctl.status["held"] == 1, "the text to wait")
        with running([str(locker), "60"], x11.env):
            gtk_view.focus()
            assert gtk_view.is_quiet_for(QUIET_SECONDS)
            assert "until you are back" in run_sayso(service.env, "here", status=1).stderr
        until(lambda: words(gtk_view.text) == words(WEATHER), "the text in its window")


def test_a_screen_that_is_locked_when_the_service_starts_is_not_listened_behind(
    pulse: PulseRig, bus: BusRig, store: Path, tmp_path: Path
) -> None:
    locker = tmp_path / "slock"
    locker.symlink_to(need("sleep", "coreutils"))
    with running([str(locker), "60"], pulse.env), Service(pulse, store, env=bus.env) as service:
        busctl = Busctl(bus)
        busctl.wait_for_service()
        busctl.wait_for_state("paused")
        assert "nobody is listened to" in run_sayso(service.env, "start", status=1).stderr
