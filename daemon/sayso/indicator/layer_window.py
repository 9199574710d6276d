"""The overlay on Wayland compositors with layer-shell: sway, Hyprland, KDE, COSMIC and others, not GNOME."""

from __future__ import annotations

import mmap
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sayso.errors import DisplayError
from sayso.indicator.position import MARGIN, Position
from sayso.wayland.interfaces import LAYER_SHELL, WL_COMPOSITOR, WL_OUTPUT, WL_SHM
from sayso.wayland.wire import Connection, Object

if TYPE_CHECKING:
    from PIL import Image

NAMESPACE: Final = "sayso-indicator"  # for the compositor's rules
OVERLAY_LAYER: Final = 3  # above windows, full screen ones too, and above lockers without ext-session-lock
TOP, BOTTOM, LEFT, RIGHT = 1, 2, 4, 8
NO_KEYBOARD: Final = 0
ARGB8888: Final = 0
CONFIGURE_SECONDS: Final = 2.0
RELEASE_SECONDS: Final = 0.05
UNKNOWN: Final = 1 << 16  # pixels, where a compositor leaves the size to us
BUFFERS: Final = 3  # on the screen, on its way there, being drawn


class LayerWindow:
    """The window; see `Surface`. The compositor chooses the monitor: sway the one with the focus.

    Args:
        position: on the monitor.
        path: of the compositor's socket.

    Raises:
        DisplayError: the compositor is not there, or has no layer-shell.

    """

    def __init__(self, position: Position, path: str) -> None:
        self._position = position
        self._connection = Connection(path)
        self._pool: _Pool | None = None
        self._surface: Object | None = None
        self._layer: Object | None = None
        self._is_configured = False
        self._configured_as = (0, 0)
        try:
            self._compositor = self._connection.bind(WL_COMPOSITOR)
            self._shm = self._connection.bind(WL_SHM)
            self._shell = self._connection.bind(LAYER_SHELL)
            self._scale = self._find_scale()
        except DisplayError:
            self.close()
            raise

    @property
    def scale(self) -> float:
        """Of the densest monitor: what is too fine for another the compositor shrinks."""
        return float(self._scale)

    def fileno(self) -> int:
        """The connection."""
        return self._connection.fileno()

    def room(self) -> tuple[int, int]:
        """Of the monitor, without its panels and the margin: as large as the compositor makes what fills it."""
        self._ask_for_place((0, 0), TOP | BOTTOM | LEFT | RIGHT)
        self._take_down()
        width, height = (length * self._scale or UNKNOWN for length in self._configured_as)
        return width, height

    def show(self, image: Image.Image, words: str) -> None:
        """Show a picture; layer-shell has no place for words."""
        del words
        if self._surface is None or self._pool is None or self._pool.extent != image.size:
            self._put_up(image.size)
        if self._connection.wait(lambda: self._has_room, RELEASE_SECONDS):  # else nobody looks: the monitor is off
            self._draw(image)

    def _draw(self, image: Image.Image) -> None:
        if self._surface is None or self._pool is None:  # the monitor went meanwhile
            return
        buffer = self._pool.draw(_premultiplied(image))
        width, height = image.size
        self._surface.send("attach", buffer, 0, 0)
        self._surface.send("damage_buffer", 0, 0, width, height)
        self._surface.send("commit")
        self._connection.dispatch(0)

    def hide(self) -> None:
        """Take it off the screen: a surface that is put up again goes where the focus is then."""
        self._take_down()
        self._connection.dispatch(0)

    def attend(self) -> None:
        """Take what the compositor tells."""
        self._connection.dispatch(0)

    def close(self) -> None:
        """Leave; the surface goes with the connection."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None
        self._connection.close()

    # ── the surface ───────────────────────────────────────────────────────────────────────────────

    def _put_up(self, extent: tuple[int, int]) -> None:
        """Have a surface of that extent, in pixels, which must be asked for before anything can be drawn on it."""
        width, height = (-(-length // self._scale) for length in extent)
        self._ask_for_place((width, height), _anchor(self._position))
        self._pool = _Pool(self._shm, extent)

    def _ask_for_place(self, size: tuple[int, int], anchor: int) -> None:
        """Have the compositor give a surface its place; of a size that is 0 it says how much there is.

        Args:
            size: width and height as the compositor counts them, before `scale`.
            anchor: edges that it is bound to.

        """
        self._take_down()
        self._surface = self._compositor.make("create_surface")
        self._layer = self._shell.make("get_layer_surface", self._surface, None, OVERLAY_LAYER, NAMESPACE)
        self._layer.on("configure", self._configured)
        self._layer.on("closed", self._take_down)
        self._layer.send("set_size", *size)
        self._layer.send("set_anchor", anchor)
        self._layer.send("set_margin", MARGIN, MARGIN, MARGIN, MARGIN)
        self._layer.send("set_keyboard_interactivity", NO_KEYBOARD)
        region = self._compositor.make("create_region")  # empty: clicks go to what is under it
        self._surface.send("set_input_region", region)
        region.send("destroy")
        self._surface.send("set_buffer_scale", self._scale)
        self._surface.send("commit")
        self._is_configured = False
        if not self._connection.wait(lambda: self._is_configured or self._layer is None, CONFIGURE_SECONDS):
            raise DisplayError("the Wayland compositor gives the overlay no place")
        if self._surface is None:
            raise DisplayError("the Wayland compositor has no monitor for the overlay")

    def _take_down(self) -> None:
        """Also what the compositor tells when the monitor is gone."""
        if self._layer is not None:
            self._layer.send("destroy")
            self._layer = None
        if self._surface is not None:
            self._surface.send("destroy")
            self._surface = None
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    @property
    def _has_room(self) -> bool:
        return self._pool is None or self._pool.has_room

    def _configured(self, serial: int, width: int, height: int) -> None:
        assert self._layer is not None
        self._layer.send("ack_configure", serial)
        self._configured_as = width, height
        self._is_configured = True

    def _find_scale(self) -> int:
        scales = [1]
        outputs = []
        for offer in tuple(self._connection.globals.values()):
            if offer.interface == WL_OUTPUT.name and offer.version >= 2:
                output = self._connection.bind(WL_OUTPUT, offer)
                output.on("scale", scales.append)
                outputs.append(output)
        self._connection.roundtrip()
        for output in outputs:
            if output.version >= 3:
                output.send("release")
        return max(scales)


class _Pool:
    """Memory shared with the compositor, for a few pictures of one size.

    Args:
        shm: the compositor's.
        extent: of the pictures, in pixels.

    """

    def __init__(self, shm: Object, extent: tuple[int, int]) -> None:
        self.extent = extent
        width, height = extent
        self._bytes = 4 * width * height
        descriptor = os.memfd_create(NAMESPACE)
        os.ftruncate(descriptor, BUFFERS * self._bytes)
        self._memory = mmap.mmap(descriptor, BUFFERS * self._bytes)
        pool = shm.make("create_pool", descriptor, BUFFERS * self._bytes)  # closes it once it is sent
        self._buffers = [
            pool.make("create_buffer", number * self._bytes, width, height, 4 * width, ARGB8888)
            for number in range(BUFFERS)
        ]
        pool.send("destroy")  # the buffers keep it
        self._free = set(range(BUFFERS))
        for number, buffer in enumerate(self._buffers):
            buffer.on("release", lambda number=number: self._free.add(number))

    @property
    def has_room(self) -> bool:
        """Whether there is a buffer that the compositor does not read."""
        return bool(self._free)

    def draw(self, pixels: bytes) -> Object:
        """Put a picture into such a buffer."""
        number = self._free.pop()
        self._memory[number * self._bytes : (number + 1) * self._bytes] = pixels
        return self._buffers[number]

    def close(self) -> None:
        """Give the memory back."""
        for buffer in self._buffers:
            buffer.send("destroy")
        self._buffers = []
        with suppress(BufferError):
            self._memory.close()


def _premultiplied(image: Image.Image) -> bytes:
    """Pixels as Wayland has them: colours times alpha, in the byte order of a little-endian word."""
    return image.convert("RGBa").tobytes("raw", "BGRa")


def _anchor(position: Position) -> int:
    side = {-1: LEFT, 0: 0, 1: RIGHT}[position.side]
    return (TOP if position.at_top else BOTTOM) | side
