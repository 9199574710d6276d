from __future__ import annotations

import pytest

from sayso.desktop import MISSING_DISPLAY, describe_absence


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_either_display_is_a_desktop_session(variable: str) -> None:
    assert describe_absence({variable: ":0"}) is None


@pytest.mark.parametrize("environment", [{}, {"DISPLAY": "", "WAYLAND_DISPLAY": ""}])
def test_without_a_display_both_variables_are_named(environment: dict[str, str]) -> None:
    assert describe_absence(environment) == MISSING_DISPLAY
    assert "DISPLAY nor WAYLAND_DISPLAY" in MISSING_DISPLAY
