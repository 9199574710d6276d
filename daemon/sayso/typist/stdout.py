"""The typist that writes to standard output: for terminals, pipes and scripts."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from sayso.errors import TypistError
from sayso.events import Edit
from sayso.typist import HERE, Abilities, OnePlace, Target


class StdoutTypist(OnePlace):
    """Writes text as it becomes stable, flushed at once; deletes with backspaces where that is a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stdout
        self._wrote = False
        self._broken: str | None = None  # why nothing can be written any more

    @property
    def abilities(self) -> Abilities:
        """Any character; deleting only on a terminal."""
        return Abilities(unicode=True, delete=self._stream.isatty())

    def type(self, edit: Edit, target: Target = HERE) -> None:
        """Write one edit."""
        if edit.delete and not self.abilities.delete:
            raise TypistError("standard output is not a terminal, so written text cannot be taken back")
        if not edit.delete and not edit.insert:
            return
        if self._broken is not None:
            raise TypistError(self._broken)
        try:
            self._stream.write("\b \b" * edit.delete + edit.insert)
            self._stream.flush()
        except (OSError, ValueError) as error:
            self._broken = f"standard output cannot be written: {error}; start sayso again with another"
            _silence(self._stream)
            raise TypistError(self._broken) from error
        self._wrote = True

    def show(self, unstable: str, target: Target) -> None:
        """Nothing: only what stands is given on."""

    def close(self) -> None:
        """End the line, so that a prompt does not stick to the text."""
        if not self._wrote:
            return
        try:
            self._stream.write("\n")
            self._stream.flush()
        except (OSError, ValueError):
            _silence(self._stream)


def _silence(stream: TextIO) -> None:
    """Point a closed pipe at nothing, or the interpreter complains once more when it exits."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return  # not a real file: nothing to complain about
