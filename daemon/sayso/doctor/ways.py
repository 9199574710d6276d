"""Which other ways of typing does this session offer, for what the first one cannot do? Each is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sayso.config import Settings
from sayso.desktop import Kind, kind_of_session
from sayso.doctor import Finding, Light
from sayso.edges import SESSION, WAYLAND, backend_from
from sayso.errand import Errand, Overdue
from sayso.errors import TypistError
from sayso.typist import Typist
from sayso.typist.choosing import WLROOTS, ways_of
from sayso.typist.opening import open_way

LIMIT_SECONDS = 4.0
NOT_NEEDED = "it is only needed where another way cannot type"


def check_ways(
    settings: Settings,
    kind: Callable[[], Kind | None] = kind_of_session,
    open_one: Callable[[str], Typist] = open_way,
) -> Iterator[Finding]:
    """Open each way of typing of the session but the first, which `typing` tries; takes 4 s each at most.

    Args:
        settings: which typing backend.
        kind: of the session.
        open_one: opens a way by name.

    """
    if backend_from(settings) not in (SESSION, WAYLAND):
        return
    first, *others = ways_of(kind())
    for name in others:
        yield _look(name, open_one, first)


def _look(name: str, open_one: Callable[[str], Typist], first: str) -> Finding:
    part = f"typing by {name}"
    try:
        message = Errand(lambda: _describe(open_one(name))).wait(LIMIT_SECONDS)
    except Overdue:
        return Finding(part, Light.AMBER, f"does not answer within {LIMIT_SECONDS:g} s", "see sayso status")
    except TypistError as error:
        # On GNOME and KDE the compositor refuses the first way, and that is no fault of theirs.
        needed = f"; {NOT_NEEDED}" if first != WLROOTS else ""
        return Finding(part, Light.GREEN, f"not to be had: {error}{needed}")
    return Finding(part, Light.GREEN, message)


def _describe(typist: Typist) -> str:
    """Thread `sayso-errand`; may block on what it types through."""
    try:
        absence = typist.absence()
        if absence is not None:
            raise TypistError(absence)
        abilities = typist.abilities
        can = {
            "any character": abilities.unicode,
            "takes back": abilities.delete,
            "shows what may still change": abilities.preedit,
            "reads back": abilities.read_back,
        }
        return f"ready ({typist.describe()}): {', '.join(what for what, is_so in can.items() if is_so)}"
    finally:
        typist.close()
