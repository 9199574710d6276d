"""`sayso history`: what was dictated and did not arrive."""

from __future__ import annotations

import argparse
import json
import shlex

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
    return json.dumps({**told, "recovered": entry.recovered}, ensure_ascii=False)


def _in_words(entry: Entry) -> str:
    where = f"  for {entry.app}" if entry.app else ""
    head = f"{entry.id}  {entry.time[:16].replace('T', ' ')}{where}"
    if entry.text:
        return f"{head}\n{entry.text}\n"
    if entry.audio is not None:
        return f"{head}\nonly its audio is there: {shlex.join(['sayso', 'transcribe', str(entry.audio)])}\n"
    return f"{head}\nits text cannot be read\n"
