"""Portals, and a typist on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.desktop.rig.portal import NewerPortal, PortalRig, RealPortal

from sayso.portal.held import HeldKeys
from sayso.portal.token import TokenFile
from sayso.typist.portal import PortalTypist
from sayso.typist.windows import Windows

Open = Callable[..., PortalTypist]


@pytest.fixture(scope="session")
def real_rig() -> Iterator[RealPortal]:
    """For all tests together; take `real`, which tidies up after each."""
    with RealPortal() as rig:
        yield rig


@pytest.fixture(scope="session")
def newer_rig() -> Iterator[NewerPortal]:
    """For all tests together; take `newer`, which tidies up after each."""
    with NewerPortal() as rig:
        yield rig


@pytest.fixture
def real(real_rig: RealPortal) -> Iterator[RealPortal]:
    """Debian's frontend: no clipboard."""
    yield real_rig
    real_rig.tidy()


@pytest.fixture
def newer(newer_rig: NewerPortal) -> Iterator[NewerPortal]:
    """A frontend that lends its clipboard."""
    yield newer_rig
    newer_rig.tidy()


@pytest.fixture(params=["real", "newer"])
def portal(request: pytest.FixtureRequest) -> PortalRig:
    """Each in turn."""
    rig: PortalRig = request.getfixturevalue(request.param)
    return rig


@pytest.fixture
def open_typist(tmp_path: Path) -> Iterator[Open]:
    """Open a typist on a portal; it is closed after the test."""
    with ExitStack() as stack:

        def opening(rig: PortalRig, windows: Windows | None = None, held: HeldKeys | None = None) -> PortalTypist:
            typist = PortalTypist(
                windows, held, TokenFile(tmp_path / "sayso" / "portal-token"), lambda: rig.address
            )
            stack.callback(typist.close)
            return typist

        yield opening
