"""Is there a desktop session to type into?"""

from __future__ import annotations

import os
from collections.abc import Mapping

MISSING_DISPLAY = "no desktop session: neither DISPLAY nor WAYLAND_DISPLAY is set"


def describe_absence(environment: Mapping[str, str] = os.environ) -> str | None:
    """Say in one line what is missing for a desktop session; None when there is one."""
    if environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY"):
        return None
    return MISSING_DISPLAY
