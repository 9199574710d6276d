"""`sayso history`: what was dictated and did not arrive."""

from __future__ import annotations

import argparse
import json
import shlex
import unicodedata

from sayso import paths
from sayso.history import Entry, read_history


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "history",
        help="what was dictated and did not arrive",
        description="Dictations whose window was closed, or that nothing could type. What was typed is not kept.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Print it, oldest first."""
    entries = read_history(paths.state_dir() / "spool")
    for entry in entries:
        print(_as_json(entry) if options.json else _in_words(entry))
    if not entries and not options.json:
        print("nothing: every dictation has arrived")
    return 0


def _as_json(entry: Entry) -> str:
    told = {"id": entry.id, "time": entry.time, "text": entry.text, "typed": entry.typed, "app": entry.app}
    line = json.dumps({**told, "recovered": entry.recovered}, ensure_ascii=False)
    return line.encode(errors="backslashreplace").decode()  # a file's name may be no UTF-8; JSON escapes alike


def _in_words(entry: Entry) -> str:
    where = f"  for {entry.app}" if entry.app else ""
    head = shown(f"{entry.id}  {entry.time[:16].replace('T', ' ')}{where}", kept="")
    if entry.text:
        return f"{head}\n{shown(entry.text)}\n"
    if entry.audio is not None:
        command = shown(shlex.join(["sayso", "transcribe", str(entry.audio)]), kept="")
        return f"{head}\nonly its audio is there: {command}\n"
    return f"{head}\nits text cannot be read\n"


def shown(text: str, kept: str = "\n\t") -> str:
    """A text for a terminal, which obeys control characters: they are escaped, but for those that are kept."""
    return "".join(_escaped(c) if unicodedata.category(c) in ("Cc", "Cs") and c not in kept else c for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
