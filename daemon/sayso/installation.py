"""sayso as a service of the person who runs this: which files make it one, and putting them in place.

What is written carries a checksum of itself in its first line, so that a file which the person has changed since
is recognised and never overwritten or removed.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sayso import paths
from sayso.errors import SaysoError, StorageError
from sayso.portal import APP_ID
from sayso.usermanager import UserManager

UNIT = "sayso.service"
ACTIVATION = "org.sayso.Dictation1.service"
AUTOSTART = "sayso.desktop"
APPLICATION = f"{APP_ID}.desktop"

_PLACEHOLDER = "/usr/bin/env sayso"  # what stands in the templates where the command goes
_BACK_OFF_MARK = "#254 "  # before a line that only systemd 254 and newer understand
_SEAL = "# sayso install: sha256 of the lines below "


@dataclass(frozen=True, slots=True)
class Facts:
    """What an installation depends on.

    Attributes:
        command: program and arguments that are `sayso`, the program as an absolute path.
        uid: who runs this.
        home_uid: whose the home directory is.
        sudo_uid: who called sudo, where it was sudo that started this.

    """

    command: tuple[str, ...]
    uid: int
    home_uid: int
    sudo_uid: int | None


def find_facts(environment: Mapping[str, str] = os.environ) -> Facts:
    """Look at the process and its surroundings."""
    home = Path(environment.get("HOME", "/"))
    sudo = environment.get("SUDO_UID", "")
    return Facts(
        own_command(sys.argv[0], sys.executable),
        os.getuid(),
        home.stat().st_uid if home.is_dir() else os.getuid(),
        int(sudo) if sudo.isdecimal() else None,
    )


def own_command(argv0: str, executable: str) -> tuple[str, ...]:
    """How to call the `sayso` that runs now; symbolic links stay, because installers move what they point to."""
    called, beside = Path(argv0), Path(executable).with_name("sayso")
    if called.name.startswith("sayso") and os.access(called, os.X_OK):
        return (os.path.abspath(called),)  # noqa: PTH100 (resolve() would follow the links)
    return (str(beside),) if os.access(beside, os.X_OK) else (executable, "-m", "sayso")


def refusal(facts: Facts) -> str | None:
    """Why nothing may be installed for whoever this is; None where it may."""
    if facts.uid == 0 and facts.sudo_uid:
        return "sayso is installed for the person who runs it, and with sudo that is root; run it without sudo"
    if any(mark in one for mark in "\"'\\" for one in facts.command):
        return (
            f"systemd starts no program whose path has a quote or a backslash in it: {facts.command[0]}; "
            "move sayso to another folder"
        )
    if facts.home_uid != facts.uid:
        return (
            f"HOME belongs to user {facts.home_uid}, and this is user {facts.uid}; "
            "log in as the person who will dictate, and run it again"
        )
    return None


def render(template: str, command: str, systemd_version: int) -> str:
    """Fill in a template and seal it.

    Args:
        template: a file of `systemd/`.
        command: how to call sayso, quoted as this file needs it.
        systemd_version: of the machine that it is for.

    """
    lines = [
        line.removeprefix(_BACK_OFF_MARK)
        for line in template.replace(_PLACEHOLDER, command).splitlines(keepends=True)
        if systemd_version >= 254 or not line.startswith(_BACK_OFF_MARK)
    ]
    return seal("".join(lines))


def seal(text: str) -> str:
    """Put the checksum before the text."""
    return f"{_SEAL}{hashlib.sha256(text.encode()).hexdigest()}\n{text}"


def is_sealed(text: str) -> bool:
    """Whether it was written here, and nobody has changed it since."""
    return text == seal(text.partition("\n")[2])


def for_systemd(command: Sequence[str]) -> str:
    """Quote a command for ExecStart=; see "Command lines" in systemd.service(5)."""
    program, *arguments = (f'"{one.replace("%", "%%")}"' for one in command)
    # Variables are put in for $ in the arguments, and not in the path of the program.
    return " ".join([program, *(one.replace("$", "$$") for one in arguments)])


def for_dbus(command: Sequence[str]) -> str:
    """Quote a command for Exec= of an activation file: a shell's words, in a key file's value."""
    return shlex.join(command).replace("\\", "\\\\")


class Installation:
    """The files that make sayso a service, and what the user manager is told about them.

    Args:
        facts: whose service it is, and which `sayso` it runs.
        manager: the person's systemd.

    Attributes:
        files: path → the command in it, quoted for its format.

    Each method yields, line by line, what it has done; the work is done as the lines are taken.

    """

    def __init__(self, facts: Facts, manager: UserManager) -> None:
        self._facts = facts
        self._manager = manager
        self.unit = paths.config_file().parents[1] / "systemd" / "user" / UNIT
        self.files = {
            self.unit: for_systemd(facts.command),
            paths.data_dir().parent / "dbus-1" / "services" / ACTIVATION: for_dbus(facts.command),
            paths.config_file().parents[1] / "autostart" / AUTOSTART: "",
            paths.data_dir().parent / "applications" / APPLICATION: "",
        }
        # What `systemctl --user enable` makes of WantedBy=default.target. Made here, because without a running
        # manager systemctl refuses to.
        self._link = self.unit.parent / "default.target.wants" / UNIT

    def install(self, *, start: bool) -> Iterator[str]:
        """Put everything in place; what is there already is left alone or brought up to date.

        Raises:
            SaysoError: it is not for this person, a file was changed by hand, or the service does not start.
            StorageError: a file cannot be written.

        """
        self._refuse_others()
        version = self._manager.version()
        for path in (*self.files, self._link):
            _refuse_if_in_the_way(path)
        for path in self.files:
            self._refuse_if_changed(path)
        for path, command in self.files.items():
            text = render(template(path.name).read_text(), command, version)
            yield f"{'wrote' if _write(path, text) else 'unchanged:'} {paths.shown(path)}"
        _link(self._link, self.unit)
        yield "it starts by itself whenever you log in"
        yield from self._manager.take_up(self.unit, start=start)

    def uninstall(self) -> Iterator[str]:
        """Stop the service and remove what `install` put in place; what the person made of sayso stays.

        Raises:
            SaysoError: it is not this person's.
            StorageError: a file cannot be removed.

        """
        self._refuse_others()
        yield from self._manager.stop(UNIT)
        if _is_folder(self._link):
            yield f"left {paths.shown(self._link)}: it is a folder, which sayso did not make; remove it yourself"
        elif _remove(self._link):
            yield "it no longer starts by itself"
        for path in self.files:
            if not (path.exists() or path.is_symlink()):
                continue
            if is_changed(path):
                yield f"left {paths.shown(path)}: it was changed by hand; remove it yourself"
            else:
                _remove(path)
                yield f"removed {paths.shown(path)}"
        if (drop_ins := self.unit.with_name(f"{UNIT}.d")).is_dir():
            yield f"left {paths.shown(drop_ins)}: your changes to the unit"
        yield from self._manager.forget(UNIT)
        for what, folder in (
            ("settings", paths.config_file().parent),
            ("models", paths.models_dir()),
            ("audio and history", paths.state_dir()),
        ):
            if folder.is_dir():
                yield f"your {what} stay in {paths.shown(folder)}"

    def _refuse_others(self) -> None:
        if (reason := refusal(self._facts)) is not None:
            raise SaysoError(reason)

    def _refuse_if_changed(self, path: Path) -> None:
        if path.is_symlink() and path.readlink() == Path("/dev/null"):
            raise SaysoError(f"{paths.shown(path)} is masked; first: systemctl --user unmask {UNIT}")
        if is_changed(path):
            raise SaysoError(
                f"{paths.shown(path)} was changed by hand and is left alone. Move the changes elsewhere (for the "
                f"unit: systemctl --user edit {UNIT}), remove the file, and run `sayso install` again"
            )


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _refuse_if_in_the_way(path: Path) -> None:
    """Before anything is written: a folder where a file belongs, or a file where one of its folders does."""
    file = next((one for one in reversed(path.parents) if one.exists() and not one.is_dir()), None)
    if file is not None:
        reason = f"{paths.shown(file)} is not a folder"
    elif _is_folder(path):
        reason = "there is a folder of that name"
    else:
        return
    raise StorageError(
        f"{paths.shown(path)} cannot be written: {reason}; move it away, and run `sayso install` again"
    )


def is_changed(path: Path) -> bool:
    """Whether a file has been changed by hand, or is nobody's doing here."""
    try:
        return not is_sealed(path.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return path.is_symlink()  # one that leads nowhere is somebody's all the same
    except (OSError, UnicodeDecodeError):
        return True


def template(name: str) -> Path:
    """A template in the installed package, or in `systemd/` of the checkout that the package runs from."""
    package = Path(__file__).parent
    installed = package / "systemd" / name
    return installed if installed.exists() else package.parents[1] / "systemd" / name


def _write(path: Path, text: str) -> bool:
    """Replace a file as a whole; False where that would change nothing."""
    try:
        if path.exists() and path.read_text() == text:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(text)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise StorageError(f"{paths.shown(path)} cannot be written: {error.strerror}") from error
    return True


def _link(link: Path, to: Path) -> None:
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(to)
    except OSError as error:
        raise StorageError(f"{paths.shown(link)} cannot be written: {error.strerror}") from error


def _remove(path: Path) -> bool:
    """Remove a file or link; False where there is none."""
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):  # nor where a file is in the place of its folder
        return False
    except OSError as error:
        raise StorageError(f"{paths.shown(path)} cannot be removed: {error.strerror}") from error
    return True
