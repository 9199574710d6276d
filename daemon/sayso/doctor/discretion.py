"""What must not be in a bug report: names of folders, of the person and of the machine."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from sayso.config import Settings
from sayso.doctor import Finding

PATH: Final = re.compile(r"(?<![\w./~-])(?:~|/(?!/))[^\s'\"`,;:()\[\]]*")
OF_EVERY_MACHINE: Final = re.compile(
    r"/(dev|usr|opt|proc|sys|etc|run/systemd|lib|bin)(/|$)|~/\.(config|local|cache)/"
)
"""Paths that say nothing of the person: the system's, and those below the home folder that everybody has."""
LEAST_NAME: Final = 3  # letters: a shorter name of a person is part of too many words


def anonymous(finding: Finding, settings: Settings) -> Finding:
    """The same finding without anything private in it."""
    hide = _Hiding(settings)
    return replace(finding, part=hide(finding.part), message=hide(finding.message), remedy=hide(finding.remedy))


class _Hiding:
    """Takes out what is private.

    Args:
        settings: whose paths are the person's own.

    """

    def __init__(self, settings: Settings) -> None:
        self._own = sorted({value for value in _paths_in(settings) if value}, key=len, reverse=True)
        self._names = {name for name in _names() if len(name) >= LEAST_NAME}

    def __call__(self, text: str) -> str:
        """The text with placeholders."""
        for value in self._own:  # they may have spaces in them
            text = text.replace(value, "<path>")
        home = str(Path(os.environ.get("HOME") or "/nowhere"))
        if len(home) > 1:
            text = re.sub(rf"{re.escape(home)}(?=/|\b|$)", "~", text)
        text = PATH.sub(lambda found: found[0] if OF_EVERY_MACHINE.match(found[0]) else "<path>", text)
        for name in self._names:
            text = re.sub(rf"\b{re.escape(name)}\b", "<name>", text)
        return text


def _paths_in(settings: Settings) -> Iterator[str]:
    engine = settings.engine
    for value in (engine.model, engine.draft_model, settings.audio.device):
        if value and "/" in value:
            yield value
            yield str(Path(value).expanduser())


def _names() -> Iterator[str]:
    yield socket.gethostname()
    try:
        yield getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return
