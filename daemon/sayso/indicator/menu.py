"""What stands in the tray's menu, and its form as `com.canonical.dbusmenu` tells it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from dbus_fast import Variant

from sayso.events import ProblemName
from sayso.indicator.model import Facts
from sayso.indicator.notices import ACTIONS, OFFERED, SUMMARIES

ROOT: Final = 0
OFFERS_FROM, OFFER_LINES = 40, 10  # numbers of the entries of what is offered, so many for each
PROBLEMS_FROM: Final = 100  # … and of those below `Problems`
LABEL_CHARACTERS: Final = 100
QUIT: Final = "quit"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu.

    Attributes:
        number: its id; the same line always has the same.
        label: what the person reads; empty for a separator.
        does: a method of the service, one of `client.CALLS`, QUIT, or nothing.
        entries: the menu under it.

    """

    number: int
    label: str = ""
    does: str = ""
    entries: tuple[Entry, ...] = ()


def menu(facts: Facts) -> Entry:
    """The menu as it is now."""
    start_or_stop = ("Stop listening", "Stop") if facts.is_dictating else ("Start listening", "Start")
    lines = [Entry(1, *start_or_stop), Entry(2, "Undo what was typed last", "Undo")]
    if facts.is_dictating:
        lines.append(Entry(3, "Forget what is being said", "Cancel"))
    if ProblemName.FOCUS_MOVED in facts.problems:
        lines += [Entry(10), Entry(11, "Where shall the text go?")]
        lines += [Entry(12 + at, label, method) for at, (method, label) in enumerate(ACTIONS.items())]
    for at, name in enumerate(sorted(facts.offers.keys() & OFFERED.keys())):
        number = OFFERS_FROM + OFFER_LINES * at
        lines += [Entry(number), Entry(number + 1, SUMMARIES[name])]
        lines += [Entry(number + 2 + n, label, does) for n, (does, label) in enumerate(OFFERED[name].items())]
    if facts.problems:
        messages = sorted(trouble.message for trouble in facts.problems.values())
        problems = tuple(Entry(PROBLEMS_FROM + at, _short(message)) for at, message in enumerate(messages))
        lines += [Entry(20), Entry(21, f"Problems ({len(problems)})", "", problems)]
    lines += [Entry(30), Entry(31, "Close this indicator", QUIT)]
    return Entry(ROOT, "", "", tuple(lines))


def find(root: Entry, number: int) -> Entry | None:
    """The entry of that number; None where there is none."""
    if root.number == number:
        return root
    found = (find(entry, number) for entry in root.entries)
    return next((entry for entry in found if entry is not None), None)


def properties(entry: Entry, wanted: Collection[str] = ()) -> dict[str, Variant]:
    """What is told of an entry; only what is wanted, where something is. Defaults are left out."""
    told: dict[str, Variant] = {}
    if entry.number == ROOT or entry.entries:
        told["children-display"] = Variant("s", "submenu")
    if entry.label:
        told["label"] = Variant("s", entry.label.replace("_", "__"))  # one marks a letter to press
        if not entry.does and not entry.entries:
            told["enabled"] = Variant("b", False)
    elif entry.number != ROOT:
        told["type"] = Variant("s", "separator")
    return {name: value for name, value in told.items() if not wanted or name in wanted}


def layout(entry: Entry, depth: int, wanted: Collection[str] = ()) -> list[Any]:
    """An entry with what is below it, `(ia{sv}av)`; depth -1 is all, 0 nothing below."""
    below = [] if depth == 0 else [Variant("(ia{sv}av)", layout(one, depth - 1, wanted)) for one in entry.entries]
    return [entry.number, properties(entry, wanted), below]


def _short(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LABEL_CHARACTERS else f"{line[: LABEL_CHARACTERS - 1]}…"
