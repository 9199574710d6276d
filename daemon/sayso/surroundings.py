"""The environment that native libraries read when they are loaded, set before that."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

VARIABLES = {
    # libgomp's threads spin between two parallel regions by default: with one other busy process a 2 s decode took
    # up to 18 s, with `passive` 1.8 s.
    "OMP_WAIT_POLICY": "passive",
    # onnxruntime 1.29 and newer write a device id below ~/.cache and send usage data unless told not to.
    "ORT_DISABLE_TELEMETRY": "1",
    # faster-whisper brings the client of a model hub; nothing here may reach for it.
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


def prepare(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set what is not set yet; privacy is not for the environment to override."""
    environment.setdefault("OMP_WAIT_POLICY", VARIABLES["OMP_WAIT_POLICY"])
    environment.update({name: value for name, value in VARIABLES.items() if name != "OMP_WAIT_POLICY"})
