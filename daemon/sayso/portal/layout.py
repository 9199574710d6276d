"""Which keyboard layout is in use, as the desktop tells whoever asks on the session bus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from dbus_fast.aio import MessageBus

from sayso.bus.visitor import call
from sayso.portal import DESKTOP, PATH, SETTINGS

GNOME_SOURCES: Final = "org.gnome.desktop.input-sources"
KDE, KDE_PATH, KDE_LAYOUTS = "org.kde.keyboard", "/Layouts", "org.kde.KeyboardLayouts"


@dataclass(frozen=True, slots=True)
class Layout:
    """A keyboard layout, as X11 calls it.

    Attributes:
        name: such as `de`; empty where an input method has the keys.
        variant: such as `nodeadkeys`, or nothing.

    """

    name: str
    variant: str = ""

    def __str__(self) -> str:
        return f"{self.name}+{self.variant}" if self.variant else self.name or "an input method"


async def find_layout(bus: MessageBus) -> Layout | None:
    """Ask GNOME, which tells by the settings portal, then KDE; None where neither answers.

    GNOME keeps the sources in the order in which they were last used, and only from the first change on.
    """
    for key in ("mru-sources", "sources"):
        answer = await call(bus, DESKTOP, PATH, SETTINGS, "Read", "ss", [GNOME_SOURCES, key])
        if answer is None:
            break
        if (layout := of_gnome(answer.body[0])) is not None:
            return layout
    layouts = await call(bus, KDE, KDE_PATH, KDE_LAYOUTS, "getLayoutsList")
    number = None if layouts is None else await call(bus, KDE, KDE_PATH, KDE_LAYOUTS, "getLayout")
    return None if layouts is None or number is None else of_kde(layouts.body[0], number.body[0])


def of_gnome(value: Any) -> Layout | None:
    """The first of GNOME's sources: pairs of a kind (`xkb`, `ibus`) and a name, such as `us+dvorak`."""
    while hasattr(value, "value"):  # `Read` wraps a variant in a variant
        value = value.value
    match value:
        case [["xkb" | "ibus" as kind, str(name)] | ("xkb" | "ibus" as kind, str(name)), *_]:
            layout, _, variant = name.partition("+")
            return Layout(layout, variant) if kind == "xkb" else Layout("")
        case _:
            return None


def of_kde(layouts: Any, number: Any) -> Layout | None:
    """The layout of that number among KDE's: triples of a name, a name to show, and a longer one."""
    try:
        name = layouts[number][0]
    except (LookupError, TypeError):
        return None
    return Layout(name) if isinstance(name, str) else None
