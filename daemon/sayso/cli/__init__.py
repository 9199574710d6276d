"""The command line: one module a command or family of them, each with `add_to` (its options) and `execute`."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from sayso import __version__
from sayso.cli import demo, install, models, replay, run, service_commands, transcribe
from sayso.errors import SaysoError
from sayso.surroundings import prepare

COMMANDS = (run, service_commands, demo, replay, transcribe, models, install)

EXIT_FAILED = 1  # it could not be done; the message says what to do next
EXIT_USAGE = 2  # the command line makes no sense
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells do


class Parser(argparse.ArgumentParser):
    """A parser whose errors suggest what may have been meant."""

    def error(self, message: str) -> NoReturn:
        """Print one line and leave with status 2."""
        print(f"{self.prog}: {_with_hint(message)}\nSee: {self.prog} --help", file=sys.stderr)
        sys.exit(EXIT_USAGE)


def _with_hint(message: str) -> str:
    """Argparse's 'invalid choice' lists everything; add the nearest."""
    head, marker, rest = message.partition("invalid choice: ")
    if not marker:
        return message
    wrong, _, choices = rest.partition(" (choose from ")
    known = [choice.strip(" ')") for choice in choices.split(",")]
    near = difflib.get_close_matches(wrong.strip("'"), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
    return f"{head}unknown {wrong}; {hint}"


def make_parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line."""
    parser = Parser(
        prog="sayso",
        description="Dictation that types while you speak; everything stays on this machine.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"sayso {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for command in COMMANDS:
        command.add_to(commands)
    return parser


def _open_closed_streams() -> None:
    """Put /dev/null where a standard stream was closed, or the next file opened would take its place."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(fd, "w" if fd else "r", closefd=False))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _open_closed_streams()
    prepare()
    options = make_parser().parse_args(arguments)
    try:
        status: int = options.execute(options)
        sys.stdout.flush()
    except SaysoError as error:
        print(f"sayso: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        print(f"sayso: {error.strerror or error}{where}", file=sys.stderr)
        return EXIT_FAILED
    return status
