"""What the tests of the indicator may ask for."""

from __future__ import annotations

import pytest

from sayso.indicator.lettering import Lettering
from sayso.indicator.picture import Painter
from sayso.indicator.theme import THEMES


@pytest.fixture(scope="session")
def lettering() -> Lettering:
    """The fonts of this system."""
    return Lettering()


@pytest.fixture
def painter(lettering: Lettering) -> Painter:
    """Draws in the colours that are the default."""
    return Painter(THEMES["normal"], 1, at_top=False, lettering=lettering)
