"""The layout of a session, asked of a real portal frontend on a private bus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.desktop.rig.portal import RealPortal

from sayso.evdev.layout import layout_named
from sayso.evdev.session_layout import session_layout


@pytest.fixture(scope="module")
def portal() -> Iterator[RealPortal]:
    with RealPortal() as rig:
        yield rig


@pytest.mark.parametrize(("name", "variant"), [("us", ""), ("de", ""), ("us", "dvorak"), ("il", "")])
def test_it_is_the_one_that_the_desktop_tells_with_its_variant(
    name: str, variant: str, portal: RealPortal
) -> None:
    portal.use_layout(name, variant)
    found = session_layout(lambda: portal.address, {})
    assert found == layout_named(name, variant)
    assert len(found) > 90


def test_a_desktop_that_tells_none_has_none_that_is_known(portal: RealPortal) -> None:
    portal.use_layout("us", "", tells=False)
    assert session_layout(lambda: portal.address, {}) == {}


def test_without_a_bus_none_is_known(tmp_path: Path) -> None:
    assert session_layout(lambda: f"unix:path={tmp_path / 'nothing'}", {}) == {}


@pytest.mark.parametrize(
    ("kxkbrc", "is_known"),
    [
        ("[Layout]\nLayoutList=us,de\n", True),
        ("[Layout]\nLayoutList=us,de\nVariantList=,\n", True),
        ("[Layout]\nLayoutList=us,de\nVariantList=dvorak,\n", False),
        ("no settings at all", False),
    ],
)
def test_kde_with_variants_that_it_does_not_tell_is_not_believed(
    kxkbrc: str, is_known: bool, portal: RealPortal, tmp_path: Path
) -> None:
    portal.use_layout("us")
    (tmp_path / "kxkbrc").write_text(kxkbrc)
    kde = {"XDG_CURRENT_DESKTOP": "KDE", "XDG_CONFIG_HOME": str(tmp_path)}
    assert bool(session_layout(lambda: portal.address, kde)) is is_known
