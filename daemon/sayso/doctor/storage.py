"""Where sayso keeps things: can it write there, may others read it, is there room, was anything left behind?"""

from __future__ import annotations

import os
import shlex
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sayso import paths
from sayso.config import Settings
from sayso.doctor import Finding, Light
from sayso.errand import Errand, Overdue
from sayso.errors import ConfigError
from sayso.journal.recovery import unfinished

PART = "storage"
LOOK_SECONDS = 4.0  # a folder on a network may take for ever
# An hour of speech that is kept because nothing could type it has 115 MB (16 kHz of 2 bytes).
LEAST_BYTES = 200_000_000
# A medium model has 1.5 GB, a large one 3: below this hardly any other model fits.
WANTED_BYTES = 2_000_000_000
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Use(StrEnum):
    """What a folder is for; the value is how a person is told."""

    SETTINGS = "settings"
    MODELS = "models"
    SPOOL = "audio not typed yet"
    LOCK = "lock and sockets"


PRIVATE = (Use.SPOOL, Use.LOCK)
WRITTEN = (Use.SPOOL, Use.LOCK, Use.MODELS)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, or what there is of the way to it.

    Attributes:
        use: what for.
        path: where it is, or will be when it is needed.
        is_there: whether it exists already.
        error: why it cannot be written, or read where it is only read; empty where it can.
        is_foreign: it, or the folder in which it will be made, belongs to another user.
        mode: its permissions; 0 where it is not there.
        free_bytes: on its disk, for this user; None where it is not known.

    """

    use: Use
    path: Path
    is_there: bool
    error: str = ""
    is_foreign: bool = False
    mode: int = 0
    free_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Storage:
    """What was found.

    Attributes:
        folders: each that these settings need.
        left_behind: dictations in the spool that no living process writes.
        unread: the settings file is there and cannot be read.

    """

    folders: tuple[Folder, ...]
    left_behind: int = 0
    unread: bool = False


def check_storage(settings: Settings) -> Iterator[Finding]:
    """Try the folders, by a file that is written and removed. Blocks for some milliseconds, at most 4 s."""
    try:
        storage = Errand(lambda: find_storage(settings)).wait(LOOK_SECONDS)
    except Overdue:
        message = f"the disk does not answer within {LOOK_SECONDS:g} s"
        remedy = "If your home folder is on a network, see whether that is there (df ~)"
        yield Finding(PART, Light.RED, message, remedy)
    except ConfigError as error:
        yield Finding(PART, Light.RED, str(error), "Set HOME to the absolute path of your home folder")
    else:
        yield from judge_storage(storage)


def find_storage(settings: Settings) -> Storage:
    """Find out; makes no folder.

    Raises:
        ConfigError: the home folder is not known.

    """
    spool = paths.state_dir() / "spool"
    wanted = {Use.SETTINGS: paths.config_file().parent, Use.MODELS: paths.models_dir()}
    wanted |= {Use.SPOOL: spool} if settings.journal.safety_net else {}
    wanted |= {Use.LOCK: paths.runtime_dir()}
    try:
        left = len(unfinished(paths.state_dir()))
    except OSError:  # the folder's own finding says why
        left = 0
    file = paths.config_file()
    unread = file.exists() and not os.access(file, os.R_OK)
    return Storage(tuple(_folder(use, path) for use, path in wanted.items()), left, unread)


def _folder(use: Use, path: Path) -> Folder:
    try:
        existing = next(one for one in (path, *path.parents) if one.exists())
        about = existing.stat()
        disk = os.statvfs(existing)
    except OSError as error:
        return Folder(use, path, False, error.strerror or type(error).__name__)
    is_there = existing == path
    return Folder(
        use,
        path,
        is_there,
        _why_not(existing, is_there=is_there, writes=use in WRITTEN),
        about.st_uid != os.getuid(),
        stat.S_IMODE(about.st_mode) if is_there else 0,
        disk.f_bavail * disk.f_frsize,
    )


def _why_not(folder: Path, *, is_there: bool, writes: bool) -> str:
    """Why it cannot be used, by trying; empty where it can."""
    if not folder.is_dir():
        return "a file is in its place"
    try:
        if not writes:
            os.scandir(folder).close()
        elif is_there:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(4096))
                file.flush()
        elif not os.access(folder, os.W_OK | os.X_OK):  # trying would make a folder that nobody may ever need
            return "Permission denied"
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def judge_storage(storage: Storage) -> Iterator[Finding]:
    """What is to be said about it, the worst first."""
    found = [finding for folder in storage.folders for finding in _of_the_folder(folder)]
    found += _of_the_room(storage.folders)
    if storage.unread:
        file = paths.shown(paths.config_file())
        found.append(Finding(PART, Light.RED, f"{file} cannot be read", f"Run: chmod u+r {file}"))
    if storage.left_behind:
        found.append(_left_behind(storage))
    facts = _figures(storage)
    if not found:
        where = ", ".join(f"{folder.use.value} in {paths.shown(folder.path)}" for folder in storage.folders)
        yield Finding(PART, Light.GREEN, f"{where}; {_in_words(facts['free_mb'])} free", facts=facts)
    for finding in sorted(found, key=lambda finding: -finding.light):
        yield Finding(finding.part, finding.light, finding.message, finding.remedy, facts)
        facts = {}


def _figures(storage: Storage) -> dict[str, float | int | str | bool | None]:
    least = _least_free(storage.folders)
    return {"free_mb": None if least is None else least // 1_000_000, "left_behind": storage.left_behind}


def _in_words(megabytes: float | str | None) -> str:
    return "an unknown amount" if megabytes is None else f"{megabytes} MB"


def _least_free(folders: tuple[Folder, ...]) -> int | None:
    """Of what is on a disk: the lock has no size, and is in memory."""
    known = [one.free_bytes for one in folders if one.use is not Use.LOCK and one.free_bytes is not None]
    return min(known, default=None)


def _of_the_folder(folder: Folder) -> Iterator[Finding]:
    where = f"{paths.shown(folder.path)} ({folder.use.value})"
    typed = as_typed(folder.path)
    if folder.error:
        light = Light.RED if folder.use in PRIVATE else Light.AMBER
        what = "written" if folder.use in WRITTEN else "read"
        remedy = f'Run: sudo chown -R "$USER" {typed}' if folder.is_foreign else _make_room(folder)
        yield Finding(PART, light, f"{where} cannot be {what}: {folder.error}", remedy)
    elif folder.is_there and folder.is_foreign:
        message = f"{where} belongs to another user, as after running sayso with sudo"
        yield Finding(PART, Light.AMBER, message, f'Run: sudo chown -R "$USER" {typed}')
    if folder.is_there and folder.use in PRIVATE and folder.mode & OTHERS:
        message = f"others on this machine may look into {where}: its mode is {folder.mode:04o}, not 0700"
        yield Finding(PART, Light.AMBER, message, f"Run: chmod 700 {typed}")
    elif folder.is_there and folder.mode & stat.S_IWOTH:
        message = f"everybody on this machine may write into {where}: its mode is {folder.mode:04o}"
        yield Finding(PART, Light.AMBER, message, f"Run: chmod o-w {typed}")


def _make_room(folder: Folder) -> str:
    variable = {
        Use.SETTINGS: "XDG_CONFIG_HOME",
        Use.MODELS: "XDG_DATA_HOME",
        Use.SPOOL: "XDG_STATE_HOME",
        Use.LOCK: "XDG_RUNTIME_DIR",
    }[folder.use]
    return f"Mend its permissions, make room on its disk, or set {variable} to a folder of yours that can be used"


def _of_the_room(folders: tuple[Folder, ...]) -> Iterator[Finding]:
    least = _least_free(folders)
    if least is None or least >= WANTED_BYTES:
        return
    light = Light.RED if least < LEAST_BYTES else Light.AMBER
    why = "what is said may not be kept" if light is Light.RED else "a larger model may not fit"
    message = f"only {least // 1_000_000} MB are free on the disk: {why}"
    yield Finding(PART, light, message, "Make room; models not in use go with: sayso models rm NAME")


def _left_behind(storage: Storage) -> Finding:
    count = storage.left_behind
    pieces = "1 dictation was" if count == 1 else f"{count} dictations were"
    return Finding(
        PART,
        Light.AMBER,
        f"{pieces} cut short, by a crash or because an engine failed, and not taken up yet",
        "Read what was said with: sayso history --recovered",
    )


def as_typed(path: Path) -> str:
    """A path to be copied into a shell, which knows `~` only outside of quotes."""
    shown = paths.shown(path)
    return f"~/{shlex.quote(shown[2:])}" if shown.startswith("~/") else shlex.quote(shown)
