"""A place on the screen for a picture that is above everything, takes no focus and lets clicks through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from sayso.errors import DisplayError
from sayso.indicator.position import Position

if TYPE_CHECKING:
    from PIL import Image

NOWHERE: Final = "there is no place for the overlay: no Wayland compositor and no X display"


class Surface(Protocol):
    """What the overlay needs. Main thread only; whatever fails raises DisplayError, and then it is closed."""

    @property
    def scale(self) -> float:
        """How much larger than size 1 pictures are to be here, before the person's own wish."""
        ...

    def room(self) -> tuple[int, int]:
        """Width and height in pixels that the next picture may have where it appears; blocks as `show` does."""
        ...

    def show(self, image: Image.Image, words: str) -> None:
        """Show a picture; `words` are for screen readers. Blocks until the display has it: milliseconds."""
        ...

    def hide(self) -> None:
        """Show nothing."""
        ...

    def fileno(self) -> int:
        """What is readable when there is something to attend to."""
        ...

    def attend(self) -> None:
        """Take what the display tells."""
        ...

    def close(self) -> None:
        """Leave the display. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """Where this person's desktop is.

    Attributes:
        wayland: path of the compositor's socket; None where there is none.
        display: name of the X display; None where there is none.

    """

    wayland: str | None
    display: str | None


Opener = Callable[[], Surface]
"""Opens a surface; raises DisplayError where there is none to be had."""


def open_surface(session: Session, position: Position) -> Surface:
    """A surface on this desktop: layer-shell where the compositor has it, otherwise X11, be it XWayland.

    Raises:
        DisplayError: neither is to be had; the message says why.

    """
    reasons = []
    if session.wayland:
        from sayso.indicator.layer_window import LayerWindow  # noqa: PLC0415  # only where there is Wayland

        try:
            return LayerWindow(position, session.wayland)
        except DisplayError as error:
            reasons.append(str(error))
    if session.display:
        from sayso.indicator.x11_window import X11Window  # noqa: PLC0415  # only where there is X11

        try:
            return X11Window(position, session.display)
        except DisplayError as error:
            reasons.append(str(error))
    raise DisplayError("; ".join(reasons) or NOWHERE)
