"""Telling the person which hotkeys cannot be had, and why: one problem that names them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from sayso import paths
from sayso.config.chords import Chord
from sayso.events import Problem, ProblemCleared, ProblemName
from sayso.hotkeys.facts import Action, Report

NO_TWINS: Mapping[Action, Action] = MappingProxyType({})


class TakenNotice:
    """Reports what is taken when it changes, and that it is over; belongs to one thread.

    Args:
        chords: all hotkeys.
        report: gets `Problem` and `ProblemCleared`.

    """

    def __init__(self, chords: Mapping[Action, Chord], report: Report) -> None:
        self._chords = chords
        self._report = report
        self._told = ""  # the message of the problem that stands

    def tell(self, taken: Iterable[Action], twins: Mapping[Action, Action] = NO_TWINS) -> None:
        """Say which are taken now; the same twice is said once.

        Args:
            taken: by another program.
            twins: hotkeys that on this keyboard are the same key as another one → that one.

        """
        sentences = [*self._by_others(frozenset(taken)), *self._by_each_other(twins)]
        message = "; ".join(sentences)
        if message == self._told:
            return
        self._told = message
        if message:
            self._report(Problem(ProblemName.HOTKEY_TAKEN, message))
        else:
            self._report(ProblemCleared(ProblemName.HOTKEY_TAKEN))

    def _by_others(self, taken: frozenset[Action]) -> Iterator[str]:
        if taken:
            keys = " and ".join(self._named(action) for action in self._chords if action in taken)
            verb, what = ("is", "another key") if len(taken) == 1 else ("are", "other keys")
            yield (
                f"{keys} {verb} taken by another program; choose {what} in {paths.shown(paths.config_file())}, "
                "or free it there, and sayso takes it by itself"
            )

    def _by_each_other(self, twins: Mapping[Action, Action]) -> Iterator[str]:
        for action, other in twins.items():
            yield (
                f"{self._named(action)} is the same key as {self._named(other)} on this keyboard; choose another "
                f"for one of them in {paths.shown(paths.config_file())}"
            )

    def _named(self, action: Action) -> str:
        return f"{self._chords[action]} (hotkeys.{action.value})"
