"""A text in the person's own editor."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from sayso.errors import JournalError
from sayso.interruption import unwinding

FALLBACKS: Final = ("editor", "nano", "vim", "vi")
IN_MEMORY: Final = "/dev/shm"
"""Where a file never reaches the disk, and which everybody has; what is dictated lies nowhere in plain text."""

NOT_SAVED: Final = "nothing was changed: the text was not saved"
EARLIER: Final = 1_000_000_000  # when the file says that it was written, in seconds since 1970, until it is saved

PREFIX: Final = "sayso-edit-"
LEAVING_SECONDS: Final = 2.0  # for an editor to put the terminal in order
VIMS: Final = ("vim", "nvim", "gvim", "view")
OBLIVIOUS: Final = ("-n", "-i", "NONE", "-c", "set noundofile nobackup nowritebackup")
"""For vim: no swap file, no viminfo, and none of what may be set in a vimrc (`-c` comes after it)."""


def edited(text: str, name: str) -> str | None:
    """Let the person change a text in their editor; blocks until they have left it.

    It lies in a folder of its own that nobody else can read, in memory where there is such a place, and is gone
    afterwards with whatever the editor has put beside it, also where sayso is told to leave by a signal. What a
    sayso that was killed has left there goes first.

    Args:
        text: as it is.
        name: what the file is called, for the editor's title.

    Returns:
        None where they have not saved it: who leaves an editor like that has said nothing, not even that it is
        right.

    Raises:
        JournalError: there is no editor, or it failed.

    """
    command = editor(os.environ)
    sweep()
    place = next(_places(os.environ))
    with unwinding(), tempfile.TemporaryDirectory(prefix=PREFIX, dir=place) as folder, _held(Path(folder)):
        file = Path(folder) / f"{name}.txt"
        file.write_text(f"{text}\n", encoding="utf-8", errors="replace")
        file.chmod(0o600)
        os.utime(file, (EARLIER, EARLIER))
        try:
            status = _run([*oblivious(command), str(file)])
        except OSError as error:
            raise JournalError(f"{command[0]}: {error.strerror}; set EDITOR to one that is there") from None
        if status:
            raise JournalError(f"{command[0]} has ended with status {status}, so nothing is changed")
        if file.stat().st_mtime == EARLIER:
            return None
        return file.read_text(encoding="utf-8", errors="replace").strip("\n")


def sweep() -> None:
    """Remove what an editor was given by a sayso that was killed; what is being edited stays."""
    with contextlib.suppress(FileNotFoundError):  # no place for temporary files: nothing can be left there
        for place in _places(os.environ):
            for folder in Path(place).glob(f"{PREFIX}*"):
                _sweep(folder)


def editor(environment: Mapping[str, str]) -> list[str]:
    """The command of the person's editor.

    Raises:
        JournalError: there is none.

    """
    for variable in ("VISUAL", "EDITOR"):
        if environment.get(variable, "").strip():
            return shlex.split(environment[variable])
    found = next((path for name in FALLBACKS if (path := shutil.which(name)) is not None), None)
    if found is None:
        raise JournalError("there is no editor here: set EDITOR, or give the text: sayso correct ID TEXT")
    return [found]


def oblivious(command: Sequence[str]) -> list[str]:
    """The command, with options by which vim keeps nothing of what it edits; other editors have none."""
    found = Path(shutil.which(command[0]) or command[0]).resolve().name.partition(".")[0]  # such as vim.basic
    return [command[0], *(OBLIVIOUS if found in VIMS else ()), *command[1:]]


def _run(command: Sequence[str]) -> int:
    """The status with which an editor ends; it is ended, too, where sayso is told to leave.

    Raises:
        OSError: it cannot be started.

    """
    stdin = None if sys.stdin.isatty() else subprocess.DEVNULL
    with contextlib.ExitStack() as ending:
        before = signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches both, and is the editor's
        ending.callback(signal.signal, signal.SIGINT, before)
        with _told_afterwards():
            running = subprocess.Popen(command, stdin=stdin)
            ending.callback(_end, running)
        return running.wait()


@contextlib.contextmanager
def _told_afterwards() -> Iterator[None]:
    """Be told to leave only when the block is over: amid Popen nobody would know of the process."""
    told: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    handled = {number: handler for number, handler in before.items() if callable(handler)}
    for number in handled:
        signal.signal(number, lambda number, _: told.append(number))
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)
        for came in told:
            signal.raise_signal(came)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End an editor that has not ended; blocks for LEAVING_SECONDS at most."""
    running.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.wait(LEAVING_SECONDS)
    running.kill()
    running.wait()


def _places(environment: Mapping[str, str]) -> Iterator[str]:
    """Where a text may lie, the best first: folders in memory, and at last wherever temporary files go."""
    for place in (environment.get("XDG_RUNTIME_DIR", ""), IN_MEMORY):
        if Path(place).is_absolute() and os.access(place, os.W_OK | os.X_OK):
            yield place
    yield tempfile.gettempdir()


@contextlib.contextmanager
def _held(folder: Path, how: int = fcntl.LOCK_EX) -> Iterator[int]:
    """Lock a folder; the lock goes with the process, however it ends."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, how)
        yield handle
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove a folder of ours that nobody holds; an empty one may be about to be held."""
    with contextlib.suppress(OSError), _held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as handle:
        if os.fstat(handle).st_uid == os.geteuid() and any(folder.iterdir()):
            shutil.rmtree(folder)
