"""A real Neovim with the plug-in, and the service's own interface on a private bus: what reaches the service."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.learning_life import Life
from tests.desktop.bus.fake_service import FakeService, serving
from tests.desktop.bus.private_bus import PrivateBus
from tests.desktop.rig.programs import need
from tests.desktop.rig.rig import Rig
from tests.desktop.rig.waiting import is_listened_to, until

from sayso.bus.server import BusServer
from sayso.events import Edit, HypothesisChanged, State, StateChanged, UtteranceFinished

PLUGIN = Path(__file__).parents[3] / "contrib" / "neovim"
CALL_SECONDS = 10.0
HEARD = "I deployed it to the cooper netties cluster"
IDLE_MS = 50


class Neovim(Rig):
    """Neovim without a screen, in a folder of its own, driven over its socket as a person's keys would.

    Args:
        bus: the session bus that it is on.

    """

    def __init__(self, bus: PrivateBus) -> None:
        self._program = need("nvim", "neovim")
        need("busctl", "systemd")
        self._folder = tempfile.TemporaryDirectory(prefix="sayso-nvim-")
        self._home = Path(self._folder.name)
        self._socket = self._home / "socket"
        self.file = self._home / "notes.txt"
        self._log = self._home / "started"
        self._env = {**bus.env, "HOME": str(self._home), "XDG_RUNTIME_DIR": str(self._home), "TERM": "dumb"}
        self._process: subprocess.Popen[bytes] | None = None

    def _enter(self) -> None:
        command = self._home / "sayso"
        command.write_text(f"#!/bin/sh\necho \"$*\" >> '{self._log}'\nexec '{sys.executable}' -m sayso \"$@\"\n")
        command.chmod(0o700)
        setup = f"lua require('sayso').setup({{ idle_ms = {IDLE_MS}, command = {{ '{command}' }} }})"
        self._process = subprocess.Popen(
            [
                *(self._program, "--headless", "--listen", str(self._socket), "-u", "NONE", "-i", "NONE", "-n"),
                *("--cmd", f"set runtimepath^={PLUGIN}", "-c", setup, str(self.file)),
            ],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: self._socket.exists() and is_listened_to(self._socket), "Neovim")

    def _leave(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait(CALL_SECONDS)
        self._folder.cleanup()

    def _ask(self, *arguments: str, has_left: bool = False) -> str:
        command = [self._program, "--server", str(self._socket), *arguments]
        done = subprocess.run(
            command, env=self._env, capture_output=True, text=True, timeout=CALL_SECONDS, check=False
        )
        assert has_left or not done.returncode, done.stderr  # who leaves may do so before it answers
        return done.stdout + done.stderr  # 0.7 prints what an expression is worth on either

    def press(self, keys: str) -> None:
        """Press keys, in Vim's notation; returns when they have been taken."""
        self._ask("--remote-send", keys)
        self.value("1")

    def value(self, expression: str) -> str:
        """What an expression is worth."""
        return self._ask("--remote-expr", expression).strip()

    def paste(self, text: str) -> None:
        """Put text in as a terminal does whose clipboard is pasted."""
        quoted = text.replace("'", "''")
        self.value(f"nvim_paste('{quoted}', v:true, -1)")

    @property
    def followed(self) -> int:
        """How many dictations it follows."""
        return int(self.value("luaeval('require(\"sayso\").count()')"))

    @property
    def marks(self) -> int:
        """How many places in the buffer it keeps."""
        places = 'vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace("sayso"), 0, -1, {})'
        return int(self.value(f"luaeval('#{places}')"))

    @property
    def started(self) -> list[str]:
        """The arguments with which it has started sayso."""
        return self._log.read_text().splitlines()

    def has_begun(self, utterance: int) -> bool:
        """Whether it has heard a dictation begin."""
        return self.value(f"luaeval('require(\"sayso\").has_begun({utterance})')") in ("true", "v:true")

    def write_and_leave(self, keys: str = "") -> None:
        """Press keys, write the file and leave, all in one go; returns when it has left."""
        assert self._process is not None
        self._ask("--remote-send", f"{keys}<Esc>:wq<CR>", has_left=True)
        self._process.wait(CALL_SECONDS)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A private bus that is this process's session bus."""
    with PrivateBus() as private:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
        yield private


@pytest.fixture
def service() -> FakeService:
    """The service behind the bus."""
    return FakeService()


@pytest.fixture
def server(bus: PrivateBus, service: FakeService) -> Iterator[BusServer]:
    """The service on the bus."""
    with serving(service, []) as running:
        yield running


@pytest.fixture
def nvim(bus: PrivateBus, server: BusServer) -> Iterator[Neovim]:
    """Neovim, listening to the service."""
    with Neovim(bus) as editor:
        until(lambda: "busctl" in monitors(bus), "Neovim to listen")
        yield editor


def monitors(bus: PrivateBus) -> str:
    """The programs on the bus; one that monitors has no name, so its process is looked for."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                command = (process / "cmdline").read_bytes().decode().split("\0")
                environment = (process / "environ").read_bytes().decode().split("\0")
            except (OSError, UnicodeDecodeError):
                continue
            if f"DBUS_SESSION_BUS_ADDRESS={bus.address}" in environment:
                found.append(Path(command[0]).name)
    return " ".join(found)


def dictate(nvim: Neovim, server: BusServer, text: str, utterance: int = 7) -> None:
    """Dictate into the buffer: the text arrives, and the service says that it is over."""
    before = nvim.followed
    begin(nvim, server, utterance)
    nvim.paste(text)
    server.watch(UtteranceFinished(utterance, Edit(0, ""), text, 1.5, 0))
    until(lambda: nvim.followed > before, "the dictation to be followed")


def begin(nvim: Neovim, server: BusServer, utterance: int = 7) -> None:
    """Somebody begins to dictate; returns when Neovim has heard it."""

    def is_heard() -> bool:  # busctl does not say from when on it listens
        server.watch(HypothesisChanged(utterance, "", "so"))
        return nvim.has_begun(utterance)

    until(is_heard, "Neovim to hear somebody dictate")


def told(service: FakeService) -> list[tuple[object, ...]]:
    return [one for one in service.learning.told if one[0] == "edited"]


def wait_for_told(service: FakeService, *texts: str) -> None:
    expected = [("edited", 7, text, "neovim") for text in texts]
    until(lambda: told(service) == expected, f"{texts}; told was {told(service)}")


def test_a_word_that_is_changed_is_told_and_what_is_written_after_it_is_not(
    nvim: Neovim, server: BusServer, service: FakeService
) -> None:
    dictate(nvim, server, HEARD)
    nvim.press("<Esc>0/cooper<CR>c2wKubernetes<Esc>")
    wait_for_told(service, "I deployed it to the Kubernetes cluster")
    nvim.write_and_leave("A and went home.")
    assert nvim.file.read_text() == "I deployed it to the Kubernetes cluster and went home.\n"
    wait_for_told(service, "I deployed it to the Kubernetes cluster")


def test_a_change_that_is_written_and_left_at_once_is_told(
    nvim: Neovim, server: BusServer, service: FakeService
) -> None:
    dictate(nvim, server, HEARD)
    nvim.write_and_leave("<Esc>0/cooper<CR>c2wKubernetes<Esc>A and more")
    wait_for_told(service, "I deployed it to the Kubernetes cluster")


@pytest.mark.parametrize(
    ("keys", "became"),
    [
        ("$ciwnode<Esc>", "I deployed it to the cooper netties node"),
        ("0ciwWe<Esc>", "We deployed it to the cooper netties cluster"),
        ("$a nodes<BS><BS><BS><BS><BS><BS>s<Esc>", None),
        ("ITwo days ago <Esc>", None),
        ("oA line below<Esc>", None),
        ("OA line above<Esc>", None),
        ("0wwwdaw", "I deployed it the cooper netties cluster"),
        ("0ciwWe<Esc>u", None),
        ("dd", None),
    ],
)
def test_what_belongs_to_the_dictation_is_told_and_nothing_else(
    nvim: Neovim, server: BusServer, service: FakeService, keys: str, became: str | None
) -> None:
    dictate(nvim, server, HEARD)
    nvim.write_and_leave(f"<Esc>{keys}")
    wait_for_told(service, *([] if became is None else [became]))


def test_quotes_line_breaks_and_every_script_arrive_as_they_are(
    nvim: Neovim, server: BusServer, service: FakeService
) -> None:
    dictate(nvim, server, 'she said "é ש $HOME"\nsecond line; done')
    nvim.press("<Esc>0?second<CR>ciwthird — 😀<Esc>")
    wait_for_told(service, 'she said "é ש $HOME"\nthird — 😀 line; done')


def test_two_dictations_side_by_side_are_kept_apart(nvim: Neovim, server: BusServer, service: FakeService) -> None:
    dictate(nvim, server, "the first one", 7)
    nvim.paste(" ")
    dictate(nvim, server, "and the second one", 8)
    nvim.press("<Esc>0wwciwthing<Esc>")
    wait_for_told(service, "the first thing")
    nvim.press("$ciwthing<Esc>")
    until(lambda: ("edited", 8, "and the second thing", "neovim") in told(service), f"8 in {told(service)}")
    assert len(told(service)) == 2


def test_what_was_written_behind_it_is_not_taken_for_its_last_word_when_that_is_changed(
    nvim: Neovim, server: BusServer, service: FakeService
) -> None:
    dictate(nvim, server, HEARD)
    nvim.write_and_leave("<Esc>A and went home<Esc>0wwwwwwwciwnode")  # in one go, before anything is told
    wait_for_told(service, HEARD.replace("cluster", "node"))


def test_a_dictation_into_another_window_is_not_followed(
    nvim: Neovim, server: BusServer, service: FakeService
) -> None:
    dictate(nvim, server, "what is here")
    for utterance, text in ((9, "said somewhere else"), (10, "what is here")):
        begin(nvim, server, utterance)
        server.watch(UtteranceFinished(utterance, Edit(0, ""), text, 1.5, 0))
    begin(nvim, server, 11)  # so that it has heard all before
    assert nvim.followed == 1
    nvim.write_and_leave("<Esc>0ciwthat<Esc>")
    wait_for_told(service, "that is here")


def test_while_another_window_has_the_focus_nothing_that_comes_into_the_buffer_is_a_dictation(
    nvim: Neovim, server: BusServer
) -> None:
    nvim.value("execute('doautocmd FocusLost')")
    begin(nvim, server, 9)
    nvim.paste("read from the disk again ")
    server.watch(UtteranceFinished(9, Edit(0, ""), "read from the disk again", 1.5, 0))
    nvim.value("execute('doautocmd FocusGained')")
    begin(nvim, server, 10)
    assert nvim.followed == 0
    dictate(nvim, server, "and this is one", 11)
    assert nvim.followed == 1


def test_a_dictation_of_which_nothing_is_told_before_its_end_is_followed_from_where_somebody_began_to_speak(
    nvim: Neovim, server: BusServer, service: FakeService
) -> None:
    begin(nvim, server, 6)
    marks = nvim.marks
    service.become(state=State.SPEAKING)
    server.watch(StateChanged(State.SPEAKING))
    until(lambda: nvim.marks > marks, "Neovim to hear that somebody speaks")
    nvim.paste(HEARD)
    server.watch(UtteranceFinished(7, Edit(0, ""), HEARD, 1.5, 0))
    until(lambda: nvim.followed == 1, "the dictation to be followed")


def test_no_program_has_the_text_among_its_arguments(
    nvim: Neovim, server: BusServer, service: FakeService
) -> None:
    dictate(nvim, server, HEARD)
    nvim.press("<Esc>0/cooper<CR>c2wKubernetes<Esc>")
    wait_for_told(service, "I deployed it to the Kubernetes cluster")
    assert nvim.started == ["edited 7 --plugin neovim"]


def test_what_is_fixed_there_is_learnt_by_a_service_that_really_learns(
    nvim: Neovim, server: BusServer, service: FakeService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STATE", "DATA", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    with Life(tmp_path, learning="on") as life:
        service.learning = life.learning
        life.dictate(7, HEARD)
        dictate(nvim, server, HEARD)
        nvim.press("<Esc>0/cooper<CR>c2wKubernetes<Esc>A and went home.<Esc>")
        until(lambda: life.terms == ["Kubernetes"], "the name to be known to the flow")
