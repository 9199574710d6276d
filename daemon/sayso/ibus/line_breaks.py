"""Taking back several lines in a field that tells the line of the cursor alone. Pure.

What stands before that line is not to be seen. So the line breaks are taken out one by one, from the last to the
first, and after each the field tells a longer line: the text is compared whole before a letter of it is deleted. A
line that is another than what was typed gets its break back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sayso.ibus.engine import Surrounding


@dataclass(frozen=True, slots=True)
class Break:
    """A line break that is taken out, and what the field tells then if all is as it was typed.

    Attributes:
        behind: characters between it and the cursor.
        line: what stands before the cursor then.
        is_whole: nothing else does; of the first line typed the beginning may be older.
        is_seen: that it is gone is told: behind an empty line nothing changes.
        restored: what stood behind it and was taken out of, with the break, to be put back instead.

    """

    behind: int
    line: str
    is_whole: bool
    is_seen: bool
    restored: str

    def fits(self, now: Surrounding) -> bool:
        """Whether the field tells what it must, without this break."""
        if now.cursor != now.anchor:
            return False
        return now.before == self.line if self.is_whole else now.before.endswith(self.line)

    def can_be_restored(self, now: Surrounding) -> bool:
        """Whether at least what stood behind it is before the cursor."""
        return now.cursor == now.anchor and now.before.endswith(self.line[len(self.line) - self.behind :])


def begins_line(typed: str, found: Surrounding) -> bool:
    """Whether a field tells just the last of the lines that were typed."""
    return "\n" in typed and found.cursor == found.anchor and found.before == typed.rpartition("\n")[2]


def breaks(typed: str) -> Iterator[Break]:
    """The line breaks of a text, the last first."""
    lines = typed.split("\n")
    joined = ""
    for at in range(len(lines) - 1, 0, -1):
        joined = lines[at] + joined
        yield Break(
            behind=len(joined),
            line=lines[at - 1] + joined,
            is_whole=at > 1,
            is_seen=bool(lines[at - 1]),
            restored="\n" + "\n".join(lines[at:]),
        )
