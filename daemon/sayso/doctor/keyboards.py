"""The keyboards that `hotkeys.backend: evdev` would read: are there any, and may they be read?"""

from __future__ import annotations

from collections.abc import Mapping

from sayso.config.chords import Chord
from sayso.doctor import Finding, Light
from sayso.doctor.portal import NOT_TRIED, TRY_YOURSELF
from sayso.evdev.access import FOLDER, MAY_NOT_READ
from sayso.evdev.keyboards import Keyboards
from sayso.evdev.wire import Ioctl, ioctl
from sayso.hotkeys.evdev_chords import HeldKeys, for_evdev
from sayso.hotkeys.facts import Action


def look_at_keyboards(
    part: str, chords: Mapping[Action, Chord], folder: str = FOLDER, ioctl: Ioctl = ioctl
) -> Finding:
    """Open the keyboards as the service would, for a moment; takes milliseconds, and reads no key.

    Args:
        part: of the finding.
        chords: the hotkeys; each must be one that evdev knows.
        folder: where the devices are.
        ioctl: the edge to the kernel.

    """
    keyboards = Keyboards(HeldKeys(for_evdev(chords), lambda _: None).wanted, folder, ioctl)
    count, denied = len(keyboards), keyboards.denied
    keyboards.close()
    facts = {"keyboards": count, "denied": len(denied)}
    if count:
        read = f"may read {count} keyboard{'s' * (count > 1)} here"
        message = f"{NOT_TRIED}: hotkeys.backend is evdev, which {read}; keys are for you to press"
        return Finding(part, Light.AMBER, message, TRY_YOURSELF, facts)
    if denied:
        message, _, remedy = MAY_NOT_READ.partition(". ")
        return Finding(part, Light.RED, message, remedy, facts)
    message = f"{NOT_TRIED}: hotkeys.backend is evdev, and there is no keyboard in {folder}"
    return Finding(part, Light.AMBER, message, "connect one; or set hotkeys.backend to auto", facts)
