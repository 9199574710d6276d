"""Which layout is in use, from what GNOME and KDE say."""

from __future__ import annotations

from typing import Any

import pytest
from dbus_fast import Variant

from sayso.portal.layout import Layout, of_gnome, of_kde


@pytest.mark.parametrize(
    ("sources", "layout"),
    [
        ([["xkb", "us"], ["xkb", "il"]], Layout("us")),
        ([("xkb", "us+dvorak")], Layout("us", "dvorak")),
        ([["ibus", "anthy"], ["xkb", "us"]], Layout("")),  # an input method has the keys
        ([], None),
        ("nonsense", None),
        ([["xkb"]], None),
    ],
)
def test_gnome_names_its_sources_the_last_used_first(sources: Any, layout: Layout | None) -> None:
    assert of_gnome(sources) == layout


def test_gnomes_answer_may_be_wrapped_twice() -> None:
    assert of_gnome(Variant("v", Variant("a(ss)", [["xkb", "de"]]))) == Layout("de")


@pytest.mark.parametrize(
    ("number", "layout"), [(0, Layout("us")), (1, Layout("il")), (2, None), ("nonsense", None)]
)
def test_kde_names_them_all_and_which(number: Any, layout: Layout | None) -> None:
    assert of_kde([["us", "", "English"], ["il", "", "Hebrew"]], number) == layout


def test_kde_without_layouts_tells_none() -> None:
    assert of_kde([], 0) is None


def test_a_layout_is_shown_as_it_is_written() -> None:
    assert str(Layout("us", "dvorak")) == "us+dvorak"
    assert str(Layout("")) == "an input method"
