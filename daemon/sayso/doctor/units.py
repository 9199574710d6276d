"""sayso as a service of systemd: what is installed, against what `sayso install` would write, and how it fares."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from sayso import paths
from sayso.config import Settings
from sayso.doctor import Finding, Light
from sayso.errors import SaysoError
from sayso.installation import (
    UNIT,
    Facts,
    Installation,
    find_facts,
    is_changed,
    refusal,
    render,
    template,
)
from sayso.usermanager import UserManager

PART = "service"
SYSTEMCTL_SECONDS = 2.0  # it answers within 10 ms
ASKED = ("LoadState", "ActiveState", "SubState", "UnitFileState", "FragmentPath", "Result", "NeedDaemonReload")
RUNNING = ("active", "reloading")
WHY = f"See why: journalctl --user -u {UNIT} -e; then: systemctl --user restart {UNIT}"


class Written(Enum):
    """A file, against what `sayso install` would write now."""

    MISSING = auto()
    CURRENT = auto()
    OUTDATED = auto()
    BY_HAND = auto()


class Manager(Enum):
    """Whether there is anybody to ask."""

    NO_SYSTEMD = auto()
    AWAY = auto()  # no systemd --user runs for this person
    HANGS = auto()
    THERE = auto()


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What was found.

    Attributes:
        manager: the person's systemd.
        unit: how systemd has the unit, property → value; empty where nobody answered.
        files: path → how it stands.
        is_enabled: whether it starts at login.
        refusal: why nothing could be installed for this person; None where it can.

    """

    manager: Manager
    unit: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[Path, Written] = field(default_factory=dict)
    is_enabled: bool = False
    refusal: str | None = None


def check_units(_settings: Settings) -> Iterator[Finding]:
    """Look at the files of the service, and ask systemd. Blocks for some milliseconds, at most 4 s."""
    try:
        yield from judge_units(find_units())
    except (SaysoError, OSError) as error:  # no home folder, or a template that is missing
        reason = error.strerror if isinstance(error, OSError) else str(error)
        yield Finding(PART, Light.AMBER, f"cannot be looked at: {reason}", "Install sayso anew, and set HOME")


def find_units(environment: Mapping[str, str] = os.environ) -> UnitFacts:
    """Find out; changes nothing.

    Raises:
        SaysoError: the home folder is not known.
        OSError: the templates are missing.

    """
    version = _systemd(environment)
    if version is None:
        return UnitFacts(Manager.NO_SYSTEMD)
    facts = find_facts(environment)
    files = written(facts, version)
    unit = next(path for path in files if path.name == UNIT)
    manager, properties = _ask(environment)
    # The links, because systemd knows of those that it saw when it last read its files. A unit that came with
    # somebody else's package is enabled elsewhere.
    is_linked = any(unit.parent.glob(f"*.wants/{UNIT}"))
    is_foreign = files[unit] is Written.MISSING and properties.get("UnitFileState", "").startswith("enabled")
    reason = refusal(facts)
    if reason is not None:  # it may name the path of sayso
        reason = reason.replace(environment.get("HOME") or "~", "~")
    return UnitFacts(manager, properties, files, is_linked or is_foreign, reason)


def written(facts: Facts, systemd_version: int) -> dict[Path, Written]:
    """How the files stand that `sayso install` writes."""
    installation = Installation(facts, UserManager())
    return {
        path: _standing(path, render(template(path.name).read_text(), command, systemd_version))
        for path, command in installation.files.items()
    }


def _standing(path: Path, text: str) -> Written:
    if not (path.exists() or path.is_symlink()):
        return Written.MISSING
    if is_changed(path):
        return Written.BY_HAND
    return Written.CURRENT if path.read_text() == text else Written.OUTDATED


def _systemd(environment: Mapping[str, str]) -> int | None:
    """The version of systemd; None where there is none."""
    done = _systemctl(environment, "--version")
    if done is None:
        return None
    words = done.stdout.split()
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0


def _ask(environment: Mapping[str, str]) -> tuple[Manager, dict[str, str]]:
    done = _systemctl(environment, "--user", "--no-ask-password", "show", f"--property={','.join(ASKED)}", UNIT)
    if done is None or done.returncode == HUNG:
        return Manager.HANGS, {}
    if done.returncode != 0:
        return Manager.AWAY, {}
    return Manager.THERE, dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


HUNG = 124


def _systemctl(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str] | None:
    """What systemctl answers; None where it is not installed."""
    try:
        return subprocess.run(
            ("systemctl", *arguments),
            env={**environment, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SYSTEMCTL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, HUNG, "", "")
    except OSError:
        return None


def judge_units(facts: UnitFacts) -> Iterator[Finding]:
    """What is to be said about it."""
    if facts.manager is Manager.NO_SYSTEMD:
        message = "there is no systemd here, so sayso is no service"
        yield Finding(PART, Light.GREEN, message, "Have your desktop start `sayso run` when you log in")
        return
    if facts.refusal is not None:
        yield Finding(PART, Light.AMBER, "it cannot be installed for whoever runs this", facts.refusal)
        return
    told = {name: facts.unit.get(name) for name in ASKED if name != "FragmentPath"}
    found = list(_of_the_files(facts)) + list(_of_the_unit(facts))
    if not found:
        yield Finding(PART, Light.GREEN, "installed, starts at login and runs", facts=told)
    for finding in sorted(found, key=lambda finding: -finding.light):
        yield Finding(finding.part, finding.light, finding.message, finding.remedy, told)
        told = {}


def _of_the_files(facts: UnitFacts) -> Iterator[Finding]:
    by_name = {path.name: standing for path, standing in facts.files.items()}
    if by_name.get(UNIT) is Written.MISSING:
        if facts.unit.get("LoadState") != "loaded":
            message = "not installed: it runs only where you start it, and ends with the terminal"
            yield Finding(PART, Light.AMBER, message, "Install it: sayso install")
        return  # somebody else's package has brought the unit
    for path, standing in facts.files.items():
        if path.is_symlink() and path.readlink() == Path("/dev/null"):
            yield Finding(PART, Light.AMBER, "it is masked", f"Run: systemctl --user unmask {UNIT}; sayso install")
        elif standing is Written.MISSING:
            yield Finding(PART, Light.AMBER, f"{paths.shown(path)} is missing", "Put it in place: sayso install")
        elif standing is Written.OUTDATED:
            yield Finding(
                PART,
                Light.AMBER,
                f"{paths.shown(path)} is of another version of sayso, or starts another one than this",
                "Bring it up to date with the sayso that is to run: sayso install",
            )
        elif standing is Written.BY_HAND:
            yield Finding(
                PART,
                Light.AMBER,
                f"{paths.shown(path)} was changed by hand, so that `sayso install` leaves it alone",
                f"Move the changes elsewhere (systemctl --user edit {UNIT}), remove it, and run: sayso install",
            )


def _of_the_unit(facts: UnitFacts) -> Iterator[Finding]:
    is_installed = any(standing is not Written.MISSING for standing in facts.files.values())
    if facts.manager is Manager.HANGS:
        yield Finding(PART, Light.AMBER, "systemd does not answer", "See what it does: systemctl --user status")
    elif facts.manager is Manager.AWAY:
        if is_installed:
            message = "no systemd --user is running here, so the service is not either"
            yield Finding(PART, Light.AMBER, message, "It starts at your next login; until then: sayso run")
    elif facts.unit.get("LoadState") == "loaded":
        yield from _of_the_loaded(facts)
    elif is_installed:
        yield Finding(
            PART,
            Light.AMBER,
            f"systemd does not see the unit ({facts.unit.get('LoadState', 'no answer')})",
            "Run: systemctl --user daemon-reload; is XDG_CONFIG_HOME set in this shell only?",
        )


def _of_the_loaded(facts: UnitFacts) -> Iterator[Finding]:
    state, result = facts.unit.get("ActiveState", ""), facts.unit.get("Result", "")
    if state == "failed":
        yield Finding(PART, Light.RED, f"it has failed ({result})", WHY)
    elif facts.unit.get("SubState") == "auto-restart":
        yield Finding(PART, Light.RED, f"it fails again and again ({result}), and is started again each time", WHY)
    elif state == "activating":
        yield Finding(PART, Light.AMBER, "it is starting", "Try again when it has read its model")
    elif state not in RUNNING:
        message = "installed, and does not run"
        yield Finding(PART, Light.AMBER, message, f"Start it: systemctl --user start {UNIT}")
    if not facts.is_enabled:
        yield Finding(PART, Light.AMBER, "it does not start at login", f"Run: systemctl --user enable {UNIT}")
    if facts.unit.get("NeedDaemonReload") == "yes":
        message = "systemd has not read its file since it was changed"
        remedy = f"Run: systemctl --user daemon-reload; systemctl --user restart {UNIT}"
        yield Finding(PART, Light.AMBER, message, remedy)
