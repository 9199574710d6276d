"""Which of two commands was given first, where each comes from a process that was started for it. Pure.

A desktop that binds `sayso start` to the press of a key and `sayso stop` to its release starts two processes, and
after a short tap the second may reach the service first: obeyed as they arrive, they would leave the microphone
open with the key up. The desktop starts them in the order of the keys, though, and the kernel notes when.
"""

from __future__ import annotations

from dataclasses import dataclass

from sayso.control import Control

PIDS_BETWEEN = 2**14  # more processes than start in 10 ms: the numbers began anew, at 32,768 or at four million


@dataclass(frozen=True, slots=True)
class Birth:
    """When a process began.

    Attributes:
        ticks: since the machine was started, 10 ms each.
        pid: its number; they are given out in ascending order, until they begin anew.

    """

    ticks: int
    pid: int

    def is_before(self, other: Birth) -> bool:
        """Whether it began before the other process."""
        if self.ticks != other.ticks:
            return self.ticks < other.ticks
        began_anew = abs(self.pid - other.pid) > PIDS_BETWEEN
        return (self.pid < other.pid) is not began_anew


Lineage = tuple[Birth, ...]
"""A process that was started a moment ago: its eldest ancestor of which that is true as well (a shell, a script of
the person's own), and so on down to itself. Empty for one that is older, or of which nothing is known."""


def is_before(one: Lineage, other: Lineage) -> bool:
    """Whether what one stems from was started before what the other does, as far as that can be told."""
    for birth, others in zip(one, other, strict=False):
        if birth != others:
            return birth.is_before(others)
    return False  # the same process, or one that started the other


class Order:
    """Finds the start that was given before a stop which has been obeyed already, and the other way round.

    Whoever lives for longer than a command (a tray, a script that stays connected) is obeyed as its calls arrive;
    nothing here concerns them.
    """

    def __init__(self) -> None:
        self._start: Lineage = ()  # of the last that was obeyed
        self._stop: Lineage = ()

    def admits(self, control: Control, caller: Lineage) -> bool:
        """Whether a command is to be obeyed now; one that a later command has overtaken is not.

        To cancel is always obeyed, and ends for good what was to be started before it.
        """
        match control:
            case Control.START:
                if is_before(caller, self._stop):
                    return False
                self._start = _later(self._start, caller)
            case Control.STOP:
                if is_before(caller, self._start):
                    return False
                self._stop = _later(self._stop, caller)
            case Control.CANCEL:
                self._stop = _later(self._stop, caller)
            case _:
                pass
        return True


def _later(one: Lineage, other: Lineage) -> Lineage:
    """The one that began later; of two that cannot be told apart, the other, unless that is nobody."""
    return one if not other or is_before(other, one) else other
