"""The overlay's window on X11: no manager decorates it, nothing can be typed into it or clicked on."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import XError
from Xlib.ext import randr, shape
from Xlib.xobject.drawable import Pixmap, Window

from sayso.errors import DisplayError
from sayso.indicator.position import MARGIN, Position
from sayso.x11.connection import LOST, connect

if TYPE_CHECKING:
    from PIL import Image

APPLICATION: Final = "sayso-indicator"
STRIP_BYTES: Final = (
    200_000  # of a picture in one request; 262,140 is the most without the extension for large ones
)
COMMON_DPI: Final = 96.0
OPAQUE: Final = 128  # from here on a pixel belongs to the window
LARGEST_SCALE: Final = 4.0
RAISE_SECONDS: Final = 1.0  # between two raises: another window may want to be above everything, too


@dataclass(frozen=True, slots=True)
class Monitor:
    """A part of the X screen, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Whether a point is on it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


def monitor_at(point: tuple[int, int], monitors: Iterable[Monitor], screen: Monitor) -> Monitor:
    """The monitor on which a point is; the first where it is on none, all of the screen where there is none."""
    known = [monitor for monitor in monitors if monitor.width and monitor.height]
    return next((monitor for monitor in known if monitor.holds(*point)), known[0] if known else screen)


def place(monitor: Monitor, extent: tuple[int, int], position: Position, margin: int) -> tuple[int, int]:
    """The upper left corner of a picture of that extent, which stays on the monitor if it fits."""
    width, height = extent
    spare = monitor.width - width
    x = {-1: min(margin, spare), 0: spare // 2, 1: max(spare - margin, 0)}[position.side]
    y = margin if position.at_top else monitor.height - height - margin
    return monitor.x + max(0, x), monitor.y + max(0, min(y, monitor.height - height))


class X11Window:
    """The window; see `Surface`. A display that has gone away is a DisplayError.

    Args:
        position: on the monitor that has the focus.
        name: of the display; None for what DISPLAY says.

    Raises:
        DisplayError: there is no display, or one without true colours.

    """

    def __init__(self, position: Position, name: str | None = None) -> None:
        self._position = position
        self._display = connect(name)
        try:
            self._begin()
        except (*LOST, XError) as error:
            self.close()
            raise _lost() from error
        except DisplayError:
            self.close()
            raise

    def _begin(self) -> None:
        screen = self._display.screen()
        self._root: Window = screen.root
        self._depth = screen.root_depth
        if self._depth not in (24, 32):
            raise DisplayError(
                f"the overlay needs an X display with 24 bits of colour, and this one has {self._depth}; "
                "tray, notifications and sounds go on without it"
            )
        if not self._display.has_extension("SHAPE"):
            raise DisplayError(
                "this X display cannot let clicks through a window (no SHAPE), so there is no overlay"
            )
        self._is_little_endian = self._display.display.info.image_byte_order == X.LSBFirst
        self._extent, self._at = (1, 1), (0, 0)
        self._shown_shape = b""
        self._words = ""
        self._is_shown = False
        self._raised_seconds = 0.0
        self._window = self._make(screen)
        self._monitor = self._screen()
        self._scale = _scale_of(self._display)

    @property
    def scale(self) -> float:
        """By the dots per inch that the desktop has set for text."""
        return self._scale

    @property
    def _margin(self) -> int:
        return round(MARGIN * self._scale)

    def fileno(self) -> int:
        """The connection."""
        return int(self._display.fileno())

    def room(self) -> tuple[int, int]:
        """Of the monitor with the focus, without the margin at its edges; of that it is on, where it is shown."""
        with _or_lost():
            if not self._is_shown:
                self._monitor = monitor_at(self._focus_point(), self._monitors(), self._screen())
        return self._monitor.width - 2 * self._margin, self._monitor.height - 2 * self._margin

    def show(self, image: Image.Image, words: str) -> None:
        """Show a picture on the monitor whose room was asked for last."""
        with _or_lost():
            if not self._is_shown or image.size != self._extent:
                self._move(image.size)
            self._shape(image)
            self._paint(image)
            if words != self._words:
                self._name(words)
            if not self._is_shown:
                self._window.map()
                self._window.configure(stack_mode=X.Above)
                self._is_shown = True
            self._display.sync()

    def hide(self) -> None:
        """Take it off the screen."""
        with _or_lost():
            if self._is_shown:
                self._is_shown = False
                self._window.unmap()
                self._display.sync()

    def attend(self) -> None:
        """Stay above what others put on top: events are few, since only restacked windows send any."""
        with _or_lost():
            was_covered = False
            while self._display.pending_events():
                event = self._display.next_event()
                if event.type == X.VisibilityNotify:
                    was_covered = event.state != X.VisibilityUnobscured
            now = time.monotonic()
            if was_covered and self._is_shown and now - self._raised_seconds > RAISE_SECONDS:
                self._raised_seconds = now
                self._window.configure(stack_mode=X.Above)
                self._display.flush()

    def close(self) -> None:
        """Leave the display; the window goes with the connection."""
        with contextlib.suppress(*LOST):
            self._display.close()

    # ── the window ────────────────────────────────────────────────────────────────────────────────

    def _make(self, screen: object) -> Window:
        window: Window = self._root.create_window(
            *(0, 0, 1, 1, 0, X.CopyFromParent),
            override_redirect=True,
            background_pixel=screen.black_pixel,  # type: ignore[attr-defined]
            event_mask=X.VisibilityChangeMask,
        )
        window.set_wm_class(APPLICATION, APPLICATION)
        kind = self._display.intern_atom("_NET_WM_WINDOW_TYPE")
        notification = self._display.intern_atom("_NET_WM_WINDOW_TYPE_NOTIFICATION")
        window.change_property(kind, Xatom.ATOM, 32, [notification])
        window.set_wm_hints(flags=1, input=0)
        # Nothing of it takes a click: whatever is under it does.
        shape.rectangles(window, shape.SO.Set, shape.SK.Input, X.Unsorted, 0, 0, [])
        return window

    def _name(self, words: str) -> None:
        self._words = words
        self._window.set_wm_name(words.encode("ascii", "replace").decode("ascii"))
        utf8 = self._display.intern_atom("UTF8_STRING")
        self._window.change_property(self._display.intern_atom("_NET_WM_NAME"), utf8, 8, words.encode())

    def _move(self, extent: tuple[int, int]) -> None:
        self._extent = extent
        self._at = place(self._monitor, extent, self._position, self._margin)
        (x, y), (width, height) = self._at, extent
        self._window.configure(x=x, y=y, width=width, height=height)
        self._shown_shape = b""

    def _shape(self, image: Image.Image) -> None:
        """Cut the window to what is not transparent, so that round corners need no compositor."""
        solid = image.getchannel("A").point(lambda alpha: 255 * (alpha >= OPAQUE), "1")
        if self._is_little_endian:
            bits = _reversed_bits(solid.tobytes())
        else:
            bits = solid.tobytes()
        if bits == self._shown_shape:
            return
        self._shown_shape = bits
        width, height = image.size
        mask: Pixmap = self._root.create_pixmap(width, height, 1)
        context = mask.create_gc(foreground=1, background=0)
        row = (width + 7) // 8
        padded = (row + 3) // 4 * 4
        rows = b"".join(bits[at : at + row].ljust(padded, b"\0") for at in range(0, len(bits), row))
        self._put(mask, context, rows, padded, width, 1, X.XYPixmap)
        shape.mask(self._window, shape.SO.Set, shape.SK.Bounding, 0, 0, mask.id)
        context.free()
        mask.free()

    def _paint(self, image: Image.Image) -> None:
        """Make the picture the window's background: the server itself then mends what was covered."""
        width, height = image.size
        pixmap: Pixmap = self._root.create_pixmap(width, height, self._depth)
        context = pixmap.create_gc()
        order = "BGRX" if self._is_little_endian else "XRGB"
        # A window without alpha shows the ground as opaque as it can be.
        data = image.convert("RGB").tobytes("raw", order) if order == "BGRX" else _big_endian(image)
        self._put(pixmap, context, data, 4 * width, width, self._depth, X.ZPixmap)
        self._window.change_attributes(background_pixmap=pixmap)
        self._window.clear_area()
        context.free()
        pixmap.free()

    def _put(
        self, pixmap: Pixmap, context: object, data: bytes, row_bytes: int, width: int, depth: int, kind: int
    ) -> None:
        rows = max(1, STRIP_BYTES // row_bytes)
        for top in range(0, len(data) // row_bytes, rows):
            strip = data[top * row_bytes : (top + rows) * row_bytes]
            height = len(strip) // row_bytes
            pixmap.put_image(context, 0, top, width, height, kind, depth, 0, strip)  # type: ignore[arg-type]

    # ── the screen ────────────────────────────────────────────────────────────────────────────────

    def _screen(self) -> Monitor:
        geometry = self._root.get_geometry()
        return Monitor(0, 0, geometry.width, geometry.height)

    def _monitors(self) -> list[Monitor]:
        if not self._display.has_extension("RANDR"):
            return []
        with contextlib.suppress(XError):  # older than 1.5
            told = randr.get_monitors(self._root, is_active=True)
            return [
                Monitor(one.x, one.y, one.width_in_pixels, one.height_in_pixels)
                for one in sorted(told.monitors, key=lambda one: not one.primary)
            ]
        return []

    def _focus_point(self) -> tuple[int, int]:
        """The middle of the window with the focus; where none has it, or it is all of the screen, the pointer."""
        focus = self._display.get_input_focus().focus
        with contextlib.suppress(XError):  # it went meanwhile
            if not isinstance(focus, int) and focus.id != self._root.id:
                geometry = focus.get_geometry()
                corner = self._root.translate_coords(focus, 0, 0)
                if geometry.width > 1 or geometry.height > 1:  # toolkits give it to a window of one pixel
                    return corner.x + geometry.width // 2, corner.y + geometry.height // 2
                return corner.x, corner.y
        pointer = self._root.query_pointer()
        return pointer.root_x, pointer.root_y


def _scale_of(display: Display) -> float:
    """What desktops tell X programs about dense screens: `Xft.dpi` among the resources of the root window."""
    resources = display.screen().root.get_full_property(Xatom.RESOURCE_MANAGER, X.AnyPropertyType)
    text = bytes(resources.value).decode("latin-1") if resources is not None and resources.format == 8 else ""
    found = re.search(r"^Xft\.dpi:\s*([0-9]+(?:\.[0-9]+)?)\s*$", text, re.MULTILINE)
    return min(LARGEST_SCALE, max(1.0, float(found[1]) / COMMON_DPI)) if found else 1.0


_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _reversed_bits(data: bytes) -> bytes:
    return data.translate(_REVERSED)


def _big_endian(image: Image.Image) -> bytes:
    red, green, blue = image.convert("RGB").split()
    from PIL import Image as Images  # noqa: PLC0415  # only servers of the other byte order need it

    return Images.merge("RGBA", (Images.new("L", image.size), red, green, blue)).tobytes()


def _lost() -> DisplayError:
    return DisplayError("the X display has gone away, and the overlay with it")


class _or_lost(contextlib.ContextDecorator):  # noqa: N801  # it reads as a phrase
    """Whatever python-xlib raises about a display that is gone becomes a DisplayError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (*LOST, XError)):
            raise _lost() from error
