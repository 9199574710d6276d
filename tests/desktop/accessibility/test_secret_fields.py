"""Passwords are known by real fields, and by real terminals in which one is asked for."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.desktop.accessibility.conftest import Watching
from tests.desktop.rig.accessibility import AccessibilityRig, AccessibleWindow
from tests.desktop.rig.programs import Program, environment_without_desktop, need
from tests.desktop.rig.waiting import until
from tests.desktop.rig.x11 import X11Rig

from sayso.processes import children
from sayso.secret_fields import SecretFields
from sayso.secret_fields.prompts import YOUNG_SECONDS, asks_for_password
from sayso.typist import Target

KEY_TAB = 23
TERMINALS = Path(__file__).with_name("terminals.py")
READY = "are you there? "

READ = ["bash", "--norc", "-c", f"read -s -p '{READY}' answer"]
GETPASS = [sys.executable, "-ISs", "-c", f"import getpass; getpass.getpass('{READY}')"]
NESTED = ["script", "-qc", f"bash --norc -c \"read -s -p '{READY}' answer\"", "/dev/null"]
SHELL = ["env", f"PS1={READY}", "bash", "--norc", "-i"]
LINES = ["bash", "--norc", "-c", f"read -p '{READY}' answer"]
RAW = [sys.executable, "-ISs", "-c", f"import os, tty; tty.setraw(0); os.write(1, b'{READY}'); os.read(0, 1)"]


@contextmanager
def serving(folder: Path, *commands: list[str]) -> Iterator[int]:
    """The process of a program that serves a terminal for each of the commands, once all of them are there."""
    need("script", "bsdutils")
    command = [sys.executable, "-ISs", str(TERMINALS), *map(json.dumps, commands)]
    program = Program(command, environment_without_desktop(), folder / "terminals.log")
    try:
        until(lambda: program.output.count(READY) == len(commands), "the programs in the terminals")
        yield program._process.pid
    finally:
        program.end()


@pytest.mark.parametrize("command", [READ, GETPASS, NESTED], ids=["read", "getpass", "nested"])
def test_a_password_that_is_asked_for_in_a_terminal_is_noticed(tmp_path: Path, command: list[str]) -> None:
    with serving(tmp_path, command) as pid:
        until(lambda: asks_for_password(pid, True), "the password to be asked for")


@pytest.mark.parametrize("command", [SHELL, LINES, RAW], ids=["shell", "lines", "raw"])
def test_a_shell_a_question_and_an_editor_ask_for_none(tmp_path: Path, command: list[str]) -> None:
    with serving(tmp_path, command) as pid:
        assert not asks_for_password(pid, True)


def test_of_several_terminals_any_that_asks_counts(tmp_path: Path) -> None:
    with serving(tmp_path, SHELL, READ, RAW) as pid:
        until(lambda: asks_for_password(pid, True), "the password to be asked for")


def test_another_programs_terminal_does_not_count(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with serving(tmp_path, READ) as asking, serving(other, SHELL) as pid:
        until(lambda: asks_for_password(asking, True), "the password to be asked for")
        assert not asks_for_password(pid, True)
        assert not asks_for_password(pid, False)


def test_a_terminal_whose_programs_cannot_be_found_is_not_trusted_while_any_asks(tmp_path: Path) -> None:
    with serving(tmp_path, READ):
        until(lambda: asks_for_password(0, True), "the password to be asked for", YOUNG_SECONDS + 10)
        assert not asks_for_password(0, False)


def test_terminals_in_a_program_that_is_no_terminal_count_too(tmp_path: Path) -> None:
    with serving(tmp_path, READ) as pid:
        until(lambda: asks_for_password(pid, False), "the password to be asked for", YOUNG_SECONDS + 10)


def test_a_password_in_xterm_is_noticed(x11: X11Rig, tmp_path: Path) -> None:
    command = [need("xterm", "xterm"), "-e", *READ]
    xterm = Program(command, x11.env, tmp_path / "xterm.log")
    try:
        secret_fields = SecretFields(None)
        target = Target(1, "XTerm", pid=xterm._process.pid)
        until(lambda: secret_fields.is_secret(target) is True, "the password to be asked for")
    finally:
        xterm.end()


def test_looking_at_terminals_costs_little_and_keeps_nobody_from_ending(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    with serving(tmp_path, *[SHELL] * 5) as pid:
        assert len(list(children(pid))) == 5
        costs: dict[bool, list[float]] = {True: [], False: []}
        for is_terminal in (True, False) * 20:
            begun = time.perf_counter()
            assert not asks_for_password(pid, is_terminal)
            costs[is_terminal].append(1000 * (time.perf_counter() - begun))
    terminal, other = (sorted(costs[kind])[10] for kind in (True, False))
    figure(
        f"secret fields: a terminal with 5 tabs is looked at in {terminal:.2f} ms, another program in {other:.2f}"
    )
    assert terminal < 10


@pytest.mark.parametrize("toolkit", ["gtk3", "gtk4", "qt"])
def test_a_field_for_passwords_is_secret_and_others_are_not(
    rig: AccessibilityRig, watching: Watching, toolkit: str
) -> None:
    with AccessibleWindow(rig, toolkit):
        line = watching.field()
        target, secret_fields = Target(1, "fields", pid=line.pid), SecretFields(watching.watch)
        until(lambda: secret_fields.is_secret(target) is False, "a field that is not secret")
        assert secret_fields.is_secret(Target(2, "elsewhere", pid=1)) is None
        rig.display.press(KEY_TAB)
        watching.field(lambda field: field.is_password, "the password")
        until(lambda: secret_fields.is_secret(target) is True, "a field that is secret")


def test_without_accessibility_fields_are_unknown() -> None:
    assert SecretFields(None).is_secret(Target(1, "fields", pid=threading.get_native_id())) is None
