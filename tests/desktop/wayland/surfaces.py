"""A surface over everything that takes the keyboard, as launchers and lockers have, and what arrives in it."""

from __future__ import annotations

import os
import threading

from tests.desktop.rig.rig import Rig
from tests.desktop.rig.sway import SwayRig

from sayso.wayland.interfaces import (
    DESTROY,
    LAYER_SHELL,
    WL_COMPOSITOR,
    WL_SEAT,
    WL_SHM,
    Interface,
    Message,
)
from sayso.wayland.wire import Connection

OVERLAY, EXCLUSIVE, ALL_EDGES, ARGB = 3, 1, 15, 0
SIDE = 64
INHIBITOR = Interface("zwlr_input_inhibitor_v1", 1, requests=(DESTROY,))
INHIBIT_MANAGER = Interface(
    "zwlr_input_inhibit_manager_v1", 1, requests=(Message("get_inhibitor", "n", INHIBITOR),)
)
LOOK_SECONDS = 0.05


class Locker(Rig):
    """A surface over everything, with the keyboard. A context manager: entering waits until it has it.

    Args:
        sway: where it is.
        inhibits: it takes all input from everybody else, as swaylock does, and not only the keyboard.

    """

    def __init__(self, sway: SwayRig, inhibits: bool) -> None:
        self.keys: list[int] = []
        self._connection = Connection(str(sway.socket))
        self._has_keyboard = False
        self._inhibits = inhibits
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def _enter(self) -> None:
        connection = self._connection
        if self._inhibits:
            connection.bind(INHIBIT_MANAGER).make("get_inhibitor")
        keyboard = connection.bind(WL_SEAT).make("get_keyboard")
        keyboard.on("enter", lambda *_: setattr(self, "_has_keyboard", True))
        keyboard.on("key", lambda _serial, _time, key, _state: self.keys.append(key))
        surface = connection.bind(WL_COMPOSITOR).make("create_surface")
        layer = connection.bind(LAYER_SHELL).make("get_layer_surface", surface, None, OVERLAY, "locker")
        configured: list[int] = []
        layer.on("configure", lambda serial, *_: configured.append(serial))
        layer.send("set_size", SIDE, SIDE)
        layer.send("set_keyboard_interactivity", EXCLUSIVE)
        surface.send("commit")
        assert connection.wait(lambda: bool(configured), 5.0)
        layer.send("ack_configure", configured[0])
        memory = os.memfd_create("locker")
        os.truncate(memory, SIDE * SIDE * 4)
        pool = connection.bind(WL_SHM).make("create_pool", memory, SIDE * SIDE * 4)
        surface.send("attach", pool.make("create_buffer", 0, SIDE, SIDE, SIDE * 4, ARGB), 0, 0)
        surface.send("commit")
        assert connection.wait(lambda: self._has_keyboard, 5.0)
        self._thread.start()

    def _follow(self) -> None:
        while not self._over.is_set():
            self._connection.dispatch(LOOK_SECONDS)

    def _leave(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._connection.roundtrip()
        self._connection.close()
