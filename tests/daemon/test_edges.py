"""Where the text goes, from what the settings name and what there is."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from sayso import desktop, edges
from sayso.config import Settings

EITHER = (False, True)


def choose(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_display: bool,
    under_systemd: bool,
    can_draw: bool,
) -> str:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(desktop, "find_display", lambda: ":7" if has_display else None)
    monkeypatch.setattr(desktop, "is_started_by_systemd", lambda _=None: under_systemd)
    monkeypatch.setattr(edges, "can_draw", lambda: can_draw)
    assert settings.typist.backend == "auto"
    return edges.backend_from(settings)


@pytest.mark.parametrize("named", ["x11", "stdout", "terminal", "of_a_plugin"])
def test_a_backend_that_is_named_is_taken_and_nothing_is_asked(
    named: str, default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_: object = None) -> str:
        pytest.fail("that may block, and its answer serves nobody")

    monkeypatch.setattr(desktop, "find_display", ask)
    monkeypatch.setattr(desktop, "is_started_by_systemd", ask)
    settings = replace(default_settings, typist=replace(default_settings.typist, backend=named))
    assert edges.backend_from(settings) == named


@pytest.mark.parametrize(("has_display", "can_draw"), [*itertools.product(EITHER, repeat=2)])
def test_what_systemd_started_never_writes_to_standard_output_by_itself(
    has_display: bool, can_draw: bool, default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = choose(default_settings, monkeypatch, has_display=has_display, under_systemd=True, can_draw=can_draw)
    assert chosen == edges.SESSION


@pytest.mark.parametrize("can_draw", EITHER)
def test_where_there_is_a_display_text_goes_to_its_windows(
    can_draw: bool, default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = choose(default_settings, monkeypatch, has_display=True, under_systemd=False, can_draw=can_draw)
    assert chosen == edges.SESSION


@pytest.mark.parametrize(("can_draw", "expected"), [(True, "terminal"), (False, "stdout")])
def test_without_a_display_it_is_drawn_on_the_terminal_or_else_written_plainly(
    can_draw: bool, expected: str, default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = choose(default_settings, monkeypatch, has_display=False, under_systemd=False, can_draw=can_draw)
    assert chosen == expected


def test_in_a_wayland_session_without_an_x_display_text_goes_to_its_windows_too(
    default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    monkeypatch.setattr(desktop, "find_display", lambda: None)
    monkeypatch.setattr(desktop, "is_started_by_systemd", lambda _=None: False)
    assert edges.backend_from(default_settings) == edges.WAYLAND
