"""Ctrl-C, wherever it comes while a command begins: it ends, and says not a word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sayso.cli import main

AT_IMPORT = """
import os, signal, sys

module = sys.argv.pop(1)

def interrupt(event, arguments):
    if event == "import" and arguments[0] == module:
        os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(interrupt)
from sayso.__main__ import main
sys.exit(main())
"""

WORK = """
import os, signal
from sayso.interruption import at_once, unwinding

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)
"""


def python(code: str, *arguments: str, home: Path, **env: str) -> tuple[int, str]:
    """Run code in a process of its own; its status and all that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "XDG_RUNTIME_DIR": str(home), **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("run", "argparse"),
        ("run", "sayso.capture.presence"),
        ("run", "numpy"),
        ("run", "sayso.service"),
        ("run", "ctranslate2._ext"),
        ("status", "dbus_fast.aio"),
        ("demo", "ctranslate2"),
    ],
)
def test_whatever_is_being_imported_it_leaves_without_a_word(
    command: str, module: str, tmp_path: Path, data_home: Path
) -> None:
    bus = f"unix:path={tmp_path}/bus"
    env = {"XDG_DATA_HOME": str(data_home), "DBUS_SESSION_BUS_ADDRESS": bus}
    assert python(AT_IMPORT, module, command, home=tmp_path, **env) == (-signal.SIGINT, "")


def test_where_nothing_must_be_left_tidy_the_process_ends(tmp_path: Path) -> None:
    code = f"{WORK}\nwith at_once():\n try:\n  interrupt()\n finally:\n  print('went on')"
    assert python(code, home=tmp_path) == (-signal.SIGINT, "")


def test_work_that_must_be_left_tidy_is_unwound(tmp_path: Path) -> None:
    work = "try:\n   interrupt()\n  finally:\n   print('tidied')"
    code = f"{WORK}\ntry:\n with at_once(), unwinding():\n  {work}\nexcept KeyboardInterrupt:\n pass"
    assert python(code, home=tmp_path) == (0, "tidied\n")


def test_in_the_background_where_it_is_ignored_it_stays_ignored(tmp_path: Path) -> None:
    ignoring = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)"
    code = f"{ignoring}\n{WORK}\nwith at_once(), unwinding():\n interrupt()\n print('went on')"
    assert python(code, home=tmp_path) == (0, "went on\n")


def test_on_another_thread_signals_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    thread = threading.Thread(target=lambda: main(["models", "list"]))
    thread.start()
    thread.join()
    assert "tiny.en" in capsys.readouterr().out


def test_nothing_of_it_is_left_behind_in_a_program_that_calls_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("sayso ")
    assert signal.getsignal(signal.SIGINT) == before
