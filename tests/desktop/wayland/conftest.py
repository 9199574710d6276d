"""What the tests of typing on Wayland may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.desktop.rig.sway import SwayRig
from tests.desktop.rig.waiting import until

from sayso.typist.wlroots import WlrootsTypist


@pytest.fixture(scope="module")
def compositor() -> Iterator[SwayRig]:
    """A compositor for the tests of a file together; take `sway`, which asks for a clean one."""
    with SwayRig() as rig:
        yield rig


@pytest.fixture
def sway(compositor: SwayRig) -> SwayRig:
    """A private compositor without windows."""
    until(lambda: not compositor.views(), "the windows of the test before to be gone")
    return compositor


@pytest.fixture
def typist(sway: SwayRig) -> Iterator[WlrootsTypist]:
    """The typist, at work there."""
    typist = WlrootsTypist(sway.find)
    yield typist
    typist.close()
