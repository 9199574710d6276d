"""Of text that is dictated into a Qt window and edited there, exactly the corrections are found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.desktop.corrections.conftest import Desk
from tests.desktop.corrections.generated import generated
from tests.desktop.corrections.scripted import every_second, found_well
from tests.desktop.rig.accessibility import AccessibilityRig


@pytest.mark.timeout(180)
def test_of_scripted_edits_in_qt_the_right_corrections_are_accepted(
    rig: AccessibilityRig, desk: Desk, figure: Callable[[str], None]
) -> None:
    found_well(desk.play_all(rig, "qt", every_second("qt")), figure)


@pytest.mark.soak
def test_of_other_edits_in_qt_too(rig: AccessibilityRig, desk: Desk, figure: Callable[[str], None]) -> None:
    found_well(desk.play_all(rig, "qt", generated(seed=2, count=60)), figure)
