"""What was dictated and did not arrive: read from the journal's folder, with or without the service."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from sayso.journal import TEXT_SUFFIX, is_being_written


@dataclass(frozen=True, slots=True)
class Entry:
    """One dictation.

    Attributes:
        id: its name in the journal's folder.
        time: when it ended, ISO 8601 with the zone.
        text: all of it; empty where only the audio is there.
        typed: whether it stands in its window.
        app: what the desktop calls the application that it was for; empty where it is not known.
        audio: the recording; None where there is none.
        recovered: it was found after a crash.

    """

    id: str
    time: str
    text: str
    typed: bool
    app: str
    audio: Path | None
    recovered: bool = False


def read_history(folder: Path) -> list[Entry]:
    """What the journal keeps, oldest first; a file that is damaged is an entry without text."""
    names = {path.stem for suffix in (".wav", TEXT_SUFFIX) for path in folder.glob(f"*{suffix}")}
    found = [_entry(folder, name) for name in sorted(names)]
    return sorted((entry for entry in found if entry is not None), key=lambda entry: entry.time)


def _entry(folder: Path, name: str) -> Entry | None:
    audio, noted = folder / f"{name}.wav", folder / f"{name}{TEXT_SUFFIX}"
    if audio.exists() and is_being_written(audio):
        return None
    kept = audio if audio.exists() else None
    try:
        told = json.loads(noted.read_text(encoding="utf-8"))
        return Entry(name, _said(told, "time"), _said(told, "text"), False, _said(told, "app"), kept)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        pass
    try:
        changed = (kept or noted).stat().st_mtime
    except OSError:  # forgotten meanwhile
        return None
    return Entry(name, time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(changed)), "", False, "", kept)


def _said(told: dict[str, object], key: str) -> str:
    """A text of an entry.

    Raises:
        ValueError: it is none, or cannot be encoded.

    """
    text = told[key]
    if not isinstance(text, str):
        raise ValueError(f"{key} is no text")
    text.encode()
    return text
