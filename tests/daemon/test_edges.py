"""Where the text goes, from what the settings name and what there is."""

from __future__ import annotations

import itertools

import pytest

from sayso.edges import choose_backend

EITHER = (False, True)


@pytest.mark.parametrize(("has_display", "under_systemd", "can_draw"), [*itertools.product(EITHER, repeat=3)])
@pytest.mark.parametrize("named", ["x11", "stdout", "terminal", "of_a_plugin"])
def test_a_backend_that_is_named_is_taken_whatever_there_is(
    named: str, has_display: bool, under_systemd: bool, can_draw: bool
) -> None:
    facts = {"has_display": has_display, "under_systemd": under_systemd, "can_draw": can_draw}
    assert choose_backend(named, **facts) == named


@pytest.mark.parametrize(("has_display", "can_draw"), [*itertools.product(EITHER, repeat=2)])
def test_what_systemd_started_never_writes_to_standard_output_by_itself(has_display: bool, can_draw: bool) -> None:
    assert choose_backend("auto", has_display=has_display, under_systemd=True, can_draw=can_draw) == "x11"


@pytest.mark.parametrize("can_draw", EITHER)
def test_where_there_is_a_display_text_goes_to_its_windows(can_draw: bool) -> None:
    assert choose_backend("auto", has_display=True, under_systemd=False, can_draw=can_draw) == "x11"


@pytest.mark.parametrize(("can_draw", "chosen"), [(True, "terminal"), (False, "stdout")])
def test_without_a_display_it_is_drawn_on_the_terminal_or_else_written_plainly(
    can_draw: bool, chosen: str
) -> None:
    assert choose_backend("auto", has_display=False, under_systemd=False, can_draw=can_draw) == chosen
