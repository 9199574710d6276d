"""Casing as a formatter's transform."""

from __future__ import annotations

from dataclasses import replace

from sayso.events import Edit


def lowered(edit: Edit) -> Edit:
    """The edit in small letters. A letter that would become two (İ) stays, so that the spans do too."""
    small = "".join(one.lower() if len(one.lower()) == 1 else one for one in edit.insert)
    return replace(edit, insert=small)
