"""What to do where the kernel does not let a person's programs at its input devices, and what that would mean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sayso.errors import HotkeyError

FOLDER: Final = "/dev/input"
OUR_KEYBOARD: Final = "sayso keyboard"
"""What the keyboard that sayso types on calls itself; its keys are nobody's hotkeys."""

RULES_FILE: Final = "/etc/udev/rules.d/70-sayso.rules"
READ_RULE: Final = 'KERNEL=="event*", SUBSYSTEM=="input", ENV{ID_INPUT_KEYBOARD}=="1", TAG+="uaccess"'
WRITE_RULE: Final = 'KERNEL=="uinput", SUBSYSTEM=="misc", OPTIONS+="static_node=uinput", TAG+="uaccess"'
RELOAD: Final = "sudo udevadm control --reload && sudo udevadm trigger"

MAY_NOT_READ: Final = (
    "hotkeys.backend: evdev may not read the keyboards (/dev/input/event*). Either put the line\n"
    f"    {READ_RULE}\n"
    f"into {RULES_FILE} and run: {RELOAD}\n"
    'or run: sudo usermod -aG input "$USER" and log in again. Mind that from then on every program of yours (with '
    "the group, also where you are logged in from elsewhere) can read all that you type anywhere, passwords too. "
    "The portal, or a key bound in the desktop to `sayso toggle`, needs neither: docs/hotkeys.md"
)
MAY_NOT_WRITE: Final = (
    "typist.backend: uinput may not use /dev/uinput. Put the line\n"
    f"    {WRITE_RULE}\n"
    f"into {RULES_FILE} and run: {RELOAD}\n"
    "Mind that from then on every program of yours can press keys in your name, in any window"
)
NO_UINPUT: Final = (
    "typist.backend: uinput needs /dev/uinput, and there is none; run: sudo modprobe uinput; and to have it after "
    "every start of the machine: echo uinput | sudo tee /etc/modules-load.d/sayso.conf"
)


def check_access(folder: str = FOLDER) -> None:
    """See whether keyboards may be read here; opens none.

    Raises:
        HotkeyError: there are input devices, and none may be read; says what to do, and what that means.

    """
    devices = list(Path(folder).glob("event*"))
    if devices and not any(os.access(device, os.R_OK) for device in devices):
        raise HotkeyError(MAY_NOT_READ)
