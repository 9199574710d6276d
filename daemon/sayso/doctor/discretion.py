"""What must not be in a bug report: names of folders, of the person and of the machine, and of its devices."""

from __future__ import annotations

import getpass
import itertools
import os
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from sayso import paths
from sayso.config import Settings
from sayso.doctor import Finding
from sayso.models import CURRENT, ModelStore
from sayso.models.catalogue import KNOWN_MODELS

PATH: Final = re.compile(r"(?<![\w./~-])(?:~|/(?!/))[^\s'\"`,;:()\[\]]*")
OF_EVERY_MACHINE: Final = re.compile(
    r"/(dev|usr|opt|proc|sys|etc|run/systemd|lib|bin)(/|$)|~/\.(config|local|cache)/"
)
"""Paths that say nothing of the person: the system's, and those below the home folder that everybody has."""
EVERYBODYS: Final = frozenset({"default", CURRENT, *KNOWN_MODELS})
ADDRESS: Final = re.compile(r"(?:[0-9A-Fa-f]{2}[:_]){5}[0-9A-Fa-f]{2}")
USB: Final = re.compile(r"\busb-([^.\s,)]+)(?=-\d\d\b)")
LEAST_NAME: Final = 3  # letters: a shorter name of a person is part of too many words


def anonymous(finding: Finding, settings: Settings) -> Finding:
    """The same finding without anything private in it."""
    hide = _Hiding(settings)
    return replace(finding, part=hide(finding.part), message=hide(finding.message), remedy=hide(finding.remedy))


def without_addresses(text: str) -> str:
    """A text without addresses of Bluetooth and serial numbers of USB, which the sound server has in its names."""
    return USB.sub(_without_serial, ADDRESS.sub("…", text))


def _without_serial(name: re.Match[str]) -> str:
    """udev's name of a USB device ends with its serial number, which may begin at the first part with a digit."""
    parts = name.group(1).split("_")
    kept = list(itertools.takewhile(lambda part: not any(map(str.isdigit, part)), parts))
    return "usb-" + "_".join(kept if kept == parts else [*kept, "…"])


class _Hiding:
    """Takes out what is private.

    Args:
        settings: whose paths are the person's own.

    """

    def __init__(self, settings: Settings) -> None:
        self._own = sorted(set(_own_words(settings)), key=len, reverse=True)
        self._names = {name for name in _names() if len(name) >= LEAST_NAME}

    def __call__(self, text: str) -> str:
        """The text with placeholders."""
        for value in self._own:  # they may have spaces in them
            text = text.replace(value, "<path>" if "/" in value else "<name>")
        home = str(Path(os.environ.get("HOME") or "/nowhere"))
        if len(home) > 1:
            text = re.sub(rf"{re.escape(home)}(?=/|\b|$)", "~", text)
        text = PATH.sub(lambda found: found[0] if OF_EVERY_MACHINE.match(found[0]) else "<path>", text)
        for name in self._names:
            text = re.sub(rf"\b{re.escape(name)}\b", "<name>", text)
        return without_addresses(text)


def _own_words(settings: Settings) -> Iterator[str]:
    """What the person has named: folders, a microphone, models that are nobody else's."""
    engine = settings.engine
    models = ModelStore(paths.models_dir()).names()
    for value in (engine.model, engine.draft_model, settings.audio.device, *models):
        if value and value not in EVERYBODYS and not value.isdecimal():
            yield value
            if value.startswith("~"):
                with suppress(RuntimeError):
                    yield str(Path(value).expanduser())


def _names() -> Iterator[str]:
    yield socket.gethostname()
    try:
        yield getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return
