"""`sayso review`: corrections that are not learnt from, and why; the person decides."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import termios
import time
import tty
from collections.abc import Iterator

from sayso.cli.correct import accepted_if_asked
from sayso.cli.editing import NOT_SAVED, edited
from sayso.cli.history import shown
from sayso.cli.kept import Asked, Kept, changes_in_words
from sayso.cli.options import settings_from
from sayso.corrections import Source
from sayso.errors import SaysoError
from sayso.journal import Decision

NOT_KEPT = "(not kept: it was written by hand, and is no correction)"
KEYS = "a accept · r reject · e edit · p play · s skip · q quit"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "review",
        help="corrections that sayso is not sure of: accept, reject or edit them",
        description="One after the other, with why it is not learnt from. What you accept is learnt from; what "
        "you reject is not asked about again.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print them, one JSON object a line, and ask nothing")
    parser.add_argument("--rejected", action="store_true", help="also those that are surely no corrections")
    parser.set_defaults(execute=execute, config=None)


def execute(options: argparse.Namespace) -> int:
    """Go through the queue."""
    kept = Kept(settings_from(options))
    with kept.reading() as reader:
        waiting = reader.waiting(rejected=options.rejected)
        if options.json:
            for asked in waiting:
                print(json.dumps(as_json(asked), ensure_ascii=False))
            return 0
        if not waiting:
            print("nothing to review")
            return 0
        for at, asked in enumerate(waiting, start=1):
            print(f"{at} of {len(waiting)}\n{shown(described(asked))}")
            if not _decide(kept, asked):
                return 0
    return 0


def _decide(kept: Kept, asked: Asked) -> bool:
    """Ask about one; whether to go on."""
    for key in _keys():
        try:
            match key:
                case "a" | "r":
                    decision = Decision.ACCEPTED if key == "a" else Decision.REJECTED
                    kept.decide(asked.correction.id, decision)
                    print(decision.value)
                    return True
                case "e":
                    text = edited(
                        asked.correction.text or asked.line.typed, f"dictation {asked.correction.utterance}"
                    )
                    if text is None:
                        print(NOT_SAVED)
                        continue
                    made = kept.correct(asked.correction.utterance, text)
                    if made is not None:
                        print(shown(accepted_if_asked(kept, made)))
                    return True
                case "p":
                    with kept.reading() as reader:
                        reader.play(asked.correction.utterance)
                case "s":
                    return True
                case "q" | "":
                    return False
                case _:
                    print(KEYS)
        except SaysoError as error:
            print(f"sayso: {error}", file=sys.stderr)
    return False


def _keys() -> Iterator[str]:
    """What the person presses, one key at a time, or a line where it comes from no terminal; empty at the end."""
    while True:
        print(f"[{KEYS}] ", end="", flush=True)
        if sys.stdin.isatty():
            fd = sys.stdin.fileno()
            with _one_key_at_a_time(fd):
                pressed = os.read(fd, 1).decode("ascii", "replace")
            print(pressed if pressed.isprintable() else "")
            yield "q" if pressed in ("", "\x04", "\x03", "\x1b") else pressed.lower()
        else:
            line = sys.stdin.readline()
            print()
            yield line.strip()[:1].lower() if line else ""


@contextlib.contextmanager
def _one_key_at_a_time(fd: int) -> Iterator[None]:
    before = termios.tcgetattr(fd)
    tty.setcbreak(fd, termios.TCSADRAIN)  # what was pressed already counts
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def described(asked: Asked) -> str:
    """One of them, for a person."""
    correction, line = asked.correction, asked.line
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(line.ended_at_seconds))
    where = f"  in {line.application}" if line.application else ""
    return "\n".join(
        [
            f"dictation {correction.utterance}  {when}{where}  ({Source(correction.source).value})",
            f"  typed: {line.typed}",
            f"  now:   {correction.text or NOT_KEPT}",
            *(f"  {change}" for change in changes_in_words(correction)),
            *(f"  why: {reason}" for reason in correction.reasons),
        ]
    )


def as_json(asked: Asked) -> dict[str, object]:
    """One of them, for a program."""
    correction, line = asked.correction, asked.line
    return {
        "id": correction.id,
        "utterance": correction.utterance,
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(line.ended_at_seconds)),
        "app": line.application,
        "source": correction.source,
        "trust": correction.trust,
        "decision": correction.decision.value,
        "reasons": list(correction.reasons),
        "typed": line.typed,
        "text": correction.text,
        "target": correction.target,
        "changes": [{"heard": heard, "meant": meant} for heard, meant in correction.changes],
    }
