"""Pure: what has the focus → whether a correction that is made there is seen."""

from __future__ import annotations

from enum import StrEnum

from sayso.accessibility import Field


class Teaches(StrEnum):
    """Whether it is."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def may_teach(field: Field | None) -> tuple[Teaches, str]:
    """Whether what is corrected in a field is seen there, and why not where it is not; in words for the person.

    Args:
        field: which has the focus; None where that is not known.

    """
    if field is None:
        return Teaches.UNKNOWN, "the application does not say where the focus is; use the learn-this key there"
    if field.is_password:
        return Teaches.NO, "a field for passwords is never looked at"
    if field.is_terminal:
        return Teaches.NO, "what stands in a terminal is what its program makes of it"
    if not field.is_editable:
        return Teaches.NO, "nothing can be written there"
    if not field.has_text:
        return Teaches.UNKNOWN, "the application does not say what stands there; use the learn-this key there"
    return Teaches.YES, ""
