"""`sayso correct`: what an utterance was to be."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from sayso.cli.editing import NOT_SAVED, edited
from sayso.cli.history import shown
from sayso.cli.kept import Kept, in_words
from sayso.cli.options import MOST_DIGITS, settings_from
from sayso.errors import JournalError, NoSuchUtterance
from sayso.journal import Correction, Decision

RECENT = 50  # lines that are looked through for the last one that has text


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "correct",
        help="what a dictation was to be, to learn from it",
        description="Correct a dictation by its number (`sayso history`), or the last one. Without TEXT it is "
        "opened in $VISUAL or $EDITOR. What stands in a window is not changed.",
        allow_abbrev=False,
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="number of the dictation; default: the last")
    parser.add_argument("text", nargs="?", metavar="TEXT", help="what it was to be; default: from your editor")
    parser.add_argument("--play", action="store_true", help="play its audio first")
    parser.set_defaults(execute=execute, config=None)


def execute(options: argparse.Namespace) -> int:
    """Correct it, and say what came of it."""
    number, text = _meant(options.id, options.text)
    kept = Kept(settings_from(options))
    with kept.reading() as reader:
        line = reader.line(number if number is not None else reader.last(RECENT))
        if options.play:
            reader.play(line.utterance)
    if text is None:
        text = edited(line.now, f"dictation {line.utterance}")
        if text is None:
            print(NOT_SAVED)
            return 0
    if not text.strip():
        raise JournalError("nothing was written, so nothing is corrected; to remove it: sayso forget")
    correction = kept.correct(line.utterance, text)
    if correction is None:
        print("it was known as that already")
        return 0
    print(shown(accepted_if_asked(kept, correction)))
    return 0


def accepted_if_asked(kept: Kept, made: Correction) -> str:
    """What came of the person's own correction, in words; in a terminal they decide about a doubtful one at once.

    Raises:
        JournalError: it cannot be learnt from.

    """
    is_open = made.decision is Decision.DOUBTFUL and made.target is not None
    if not (is_open and sys.stdin.isatty() and sys.stdout.isatty()):
        return in_words(made)
    why = "; ".join(made.reasons)
    print(shown(f"{why[:1].upper()}{why[1:]}. Learn it all the same? [y/N] "), end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        return in_words(made)
    with kept.reading() as reader:
        standing = reader.correction_of(made.utterance)  # its number is the journal's
    if standing is not None:
        kept.decide(standing.id, Decision.ACCEPTED)
    return in_words(replace(made, decision=Decision.ACCEPTED))


def _meant(first: str | None, second: str | None) -> tuple[int | None, str | None]:
    """The number and the text: one word alone is a number if it can be one, else the text of the last."""
    if first is None:
        return None, None
    is_number = first.isascii() and first.isdigit()
    if is_number and len(first) <= MOST_DIGITS:
        return int(first), second
    if second is None and not is_number:
        return None, first
    sys.stdout.flush()
    raise NoSuchUtterance(
        f"{shown(first[:40], kept='')!r} is no number of a dictation; `sayso history` has them. A text of several "
        "words goes between quotes"
    )
