"""`sayso edited`: what the text of a dictation has become, as an editor's plug-in tells it on standard input.

Not as an argument: those of every process can be read by all users of the machine (/proc/PID/cmdline).
"""

from __future__ import annotations

import argparse
import sys

from sayso.bus.client import ask
from sayso.cli.options import dictation_number
from sayso.errors import JournalError

MOST_BYTES = 100_000  # of a text; the service takes 20,000 characters


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "edited",
        help="for plug-ins of editors: what a dictation has become, on standard input",
        description="Tell the service that runs what the text of a dictation has become, and nothing else: it is "
        "read from standard input as UTF-8, up to its end. What you say yourself: sayso correct.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "id", type=dictation_number, metavar="ID", help="number of the dictation, as UtteranceFinished has it"
    )
    parser.add_argument("--plugin", default="", metavar="NAME", help="who tells")
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Tell it; the service answers before it judges the text."""
    ask("Edited", activate=False, signature="tss", body=[options.id, _text(), options.plugin])
    return 0


def _text() -> str:
    """What standard input has.

    Raises:
        JournalError: it is empty, too long or no text.

    """
    read = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(read) > MOST_BYTES:
        raise JournalError(f"that is more than one dictation: a text has at most {MOST_BYTES} bytes")
    try:
        text = read.decode().strip()
    except UnicodeDecodeError:
        raise JournalError("standard input is no UTF-8, so nothing was told") from None
    if not text or "\0" in text:
        raise JournalError("there is no text on standard input, so nothing was told")
    return text
