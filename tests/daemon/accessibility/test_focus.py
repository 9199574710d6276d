"""Where the focus is follows from what programs tell, in whichever order they tell it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sayso.accessibility import Place
from sayso.accessibility.focus import Focus

GTK, QT, WEB = ":1.1", ":1.2", ":1.3"
GTK_WINDOW, GTK_FIELD = Place(GTK, "/window"), Place(GTK, "/field")
QT_WINDOW, QT_FIELD = Place(QT, "/window"), Place(QT, "/field")
WEB_FIELD = Place(WEB, "/field")


def gtk_has_the_focus() -> Focus:
    focus = Focus()
    focus.activated(GTK_WINDOW)
    focus.focused(GTK_FIELD)
    return focus


def test_nothing_is_known_before_anything_is_told() -> None:
    focus = Focus()
    assert focus.window is None
    assert focus.place is None


def test_the_object_that_was_focused_last_in_the_active_window_has_the_focus() -> None:
    focus = gtk_has_the_focus()
    assert focus.window == GTK_WINDOW
    assert focus.place == GTK_FIELD
    focus.focused(Place(GTK, "/other"))
    focus.unfocused(GTK_FIELD)  # told after the other was
    assert focus.place == Place(GTK, "/other")


def test_a_focus_that_is_told_before_its_window_is_active_counts() -> None:
    focus = Focus()
    focus.focused(GTK_FIELD)
    assert focus.place == GTK_FIELD
    focus.activated(GTK_WINDOW)
    assert focus.place == GTK_FIELD


def test_a_window_that_is_left_late_does_not_take_the_focus_from_the_next() -> None:
    focus = Focus()
    focus.activated(QT_WINDOW)
    focus.focused(QT_FIELD)
    focus.activated(GTK_WINDOW)
    focus.focused(GTK_FIELD)
    focus.deactivated(QT_WINDOW)
    assert focus.place == GTK_FIELD


def test_where_no_window_is_active_nothing_has_the_focus() -> None:
    focus = gtk_has_the_focus()
    focus.deactivated(GTK_WINDOW)
    assert focus.window is None
    assert focus.place is None
    focus.activated(GTK_WINDOW)  # some programs do not tell of the focus again
    assert focus.place == GTK_FIELD


def test_a_program_in_the_background_does_not_take_the_focus() -> None:
    focus = gtk_has_the_focus()
    focus.activated(QT_WINDOW)
    focus.focused(QT_FIELD)
    focus.focused(Place(GTK, "/other"))
    assert focus.place == QT_FIELD


def test_what_draws_a_page_for_another_program_has_the_focus_until_another_window_is_active() -> None:
    focus = Focus()
    focus.activated(GTK_WINDOW)
    focus.focused(WEB_FIELD)
    assert focus.window == GTK_WINDOW
    assert focus.place == WEB_FIELD
    focus.deactivated(GTK_WINDOW)
    assert focus.place is None


def test_a_program_that_has_left_has_no_focus() -> None:
    focus = gtk_has_the_focus()
    focus.left(GTK)
    assert focus.window is None
    assert focus.place is None


PLACES = st.sampled_from([GTK_FIELD, QT_FIELD, WEB_FIELD])
WINDOWS = st.sampled_from([GTK_WINDOW, QT_WINDOW])
TOLD = st.one_of(
    st.tuples(st.sampled_from(["activated", "deactivated"]), WINDOWS),
    st.tuples(st.sampled_from(["focused", "unfocused"]), PLACES),
    st.tuples(st.just("left"), st.sampled_from([GTK, QT, WEB])),
)


@given(st.lists(TOLD))
def test_a_field_of_a_program_with_windows_has_the_focus_only_in_its_active_window(
    told: list[tuple[str, Place | str]],
) -> None:
    focus = Focus()
    focus.activated(GTK_WINDOW)
    focus.activated(QT_WINDOW)
    for what, about in told:
        if what != "left":  # who comes back may not have told of a window yet
            getattr(focus, what)(about)
        if focus.place in (GTK_FIELD, QT_FIELD):
            assert focus.window is not None
            assert focus.place is not None
            assert focus.window.name == focus.place.name
