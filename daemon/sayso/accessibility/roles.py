"""Pure: what has the focus, by what it says of itself → whether it is certain that it takes no text.

Only what presses, ticks, slides, opens or shows counts, and fields for text that cannot be written in. Not so:
terminals; lists, tables, trees and combo boxes, in which people find things by typing; documents, canvases, panels
and pictures, in which applications draw whatever they like, such as another machine's desktop; roles that are
unknown. Nor does it count that nothing in a window says that it has the focus: Emacs tells nothing of its text.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sayso.accessibility import Field

TAKES_NONE: Final = MappingProxyType(
    {
        7: "a check box",
        8: "a menu",  # an entry of one that is ticked
        15: "a dial",
        29: "a label",
        33: "a menu",
        34: "a menu",  # the bar
        35: "a menu",  # an entry
        37: "a tab",
        38: "a tab",  # the row of them
        41: "a menu",  # of the right button
        42: "a progress bar",
        43: "a button",
        44: "a radio button",
        45: "a menu",  # an entry of which one is chosen
        48: "a scroll bar",
        51: "a slider",
        62: "a button",  # one that stays down
        88: "a link",
        129: "a button",  # that opens a menu
        130: "a switch",
    }
)
"""The numbers are those of AtspiRole in at-spi2-core, which only ever adds to them."""

FOR_TEXT: Final = frozenset([61, 73, 79])
"""Text, paragraph, entry."""


def takes_no_text(field: Field) -> str | None:
    """What it is that takes no text for certain, in words; None where it takes some, or that is not known."""
    if field.is_editable:
        return None
    return "read-only text" if field.role in FOR_TEXT else TAKES_NONE.get(field.role)
