"""Where the compositor listens, and what sway and Hyprland say of the window with the focus."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sayso.wayland.compositor import (
    SWAY_HEADER,
    SWAY_MAGIC,
    Facts,
    Traits,
    focused_window,
    hyprland_focus,
    sway_focus,
    traits,
)
from sayso.wayland.finding import find_wayland
from sayso.wayland.interfaces import WL_SEAT
from sayso.wayland.paste_keys import is_terminal, shortcut
from sayso.wayland.privileged import TOPLEVEL_MANAGER, VIRTUAL_KEYBOARD_MANAGER
from sayso.wayland.seat import lack
from sayso.x11.paste_keys import Shortcut

OURS = {"WAYLAND_DISPLAY": "wayland-3", "XDG_RUNTIME_DIR": "/run/user/7"}
VIEW = {"id": 8, "pid": 42, "app_id": "foot", "focused": True, "shell": "xdg_shell", "nodes": []}
X_VIEW = {**VIEW, "app_id": None, "window_properties": {"class": "XTerm"}, "shell": "xwayland"}
HYPRLAND = {"address": "0x5f", "pid": 42, "class": "kitty", "xwayland": False}


def test_the_name_is_one_in_the_folder_of_the_session_and_a_path_is_itself() -> None:
    assert find_wayland(OURS, dict) == "/run/user/7/wayland-3"
    assert find_wayland({**OURS, "WAYLAND_DISPLAY": "/tmp/it"}, dict) == "/tmp/it"
    assert find_wayland({}, dict) is None


def test_a_service_of_systemd_believes_its_manager_first() -> None:
    stale = {**OURS, "SYSTEMD_EXEC_PID": str(os.getpid())}
    assert find_wayland(stale, lambda: {"WAYLAND_DISPLAY": "wayland-1"}) == "/run/user/7/wayland-1"
    assert find_wayland(stale, dict) == "/run/user/7/wayland-3"
    assert find_wayland({"XDG_RUNTIME_DIR": "/r"}, lambda: {"WAYLAND_DISPLAY": "wayland-1"}) == "/r/wayland-1"


def test_sways_tree_gives_the_window_with_the_focus() -> None:
    tree = {"nodes": [{"nodes": [{**VIEW, "focused": False}], "floating_nodes": [VIEW]}]}
    assert sway_focus(tree) == Facts("foot", 42, 8, is_x11=False)
    assert sway_focus({"nodes": [X_VIEW]}) == Facts("XTerm", 42, 8, is_x11=True)
    assert sway_focus({"focused": True, "nodes": []}) is None


def test_hyprlands_answer_gives_it_too() -> None:
    assert hyprland_focus(HYPRLAND) == Facts("kitty", 42, 0x5F, is_x11=False)
    assert hyprland_focus({}) is None


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[str, Callable[[bytes], bytes]], Path]]:
    """Listen at a socket and answer what is asked there."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def begin(name: str, answer: Callable[[bytes], bytes]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen(8)

        def run() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    if question := connection.recv(100):
                        connection.sendall(answer(question))

        listeners.append(listener)
        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return path

    yield begin
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join()


def sways_answer(question: bytes) -> bytes:
    kind = SWAY_HEADER.unpack(question)[2]
    told = json.dumps({"nodes": [VIEW]} if kind == 4 else {"major": 1, "minor": 10}).encode()
    return SWAY_HEADER.pack(SWAY_MAGIC, len(told), kind) + told


def test_sway_is_asked_at_the_socket_of_the_same_process(
    serve: Callable[[str, Callable[[bytes], bytes]], Path],
) -> None:
    wayland = str(serve("wayland-1", bytes))
    assert focused_window(wayland, {}) is None
    assert traits(wayland, {}) == Traits()
    serve(f"sway-ipc.1000.{os.getpid()}.sock", sways_answer)
    assert focused_window(wayland, {}) == Facts("foot", 42, 8, is_x11=False)
    assert traits(wayland, {}) == Traits(drops_stale=True, gives_focus_in_order=True)


def test_hyprland_is_asked_at_its_own(serve: Callable[[str, Callable[[bytes], bytes]], Path]) -> None:
    wayland = str(serve("wayland-1", bytes))
    serve("hypr/signature/.socket.sock", lambda _: json.dumps(HYPRLAND).encode())
    assert focused_window(wayland, {}) == Facts("kitty", 42, 0x5F, is_x11=False)
    assert traits(wayland, {}) == Traits(drops_stale=False)


def test_an_answer_that_is_none_is_no_window(serve: Callable[[str, Callable[[bytes], bytes]], Path]) -> None:
    wayland = str(serve("wayland-1", bytes))
    serve(f"sway-ipc.1000.{os.getpid()}.sock", lambda _: b"nonsense")
    assert focused_window(wayland, {}) is None
    assert focused_window("/nowhere/wayland-1", {}) is None


def test_what_a_compositor_lacks_is_named() -> None:
    assert lack({TOPLEVEL_MANAGER.name, VIRTUAL_KEYBOARD_MANAGER.name, WL_SEAT.name}) is None
    assert TOPLEVEL_MANAGER.name in (lack({VIRTUAL_KEYBOARD_MANAGER.name}) or "")
    assert VIRTUAL_KEYBOARD_MANAGER.name in (lack({TOPLEVEL_MANAGER.name}) or "")


def test_terminals_of_wayland_paste_by_their_own_shortcut() -> None:
    assert is_terminal("foot")
    assert is_terminal("org.kde.konsole")
    assert shortcut("Alacritty") is Shortcut.CONTROL_SHIFT_V
    assert shortcut("firefox") is Shortcut.CONTROL_V
    assert not is_terminal("firefox")
