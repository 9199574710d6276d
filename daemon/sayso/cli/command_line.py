"""The whole command line: what was asked, done, and what is said where it makes no sense or cannot be done.

Only the module of the command that is asked for is imported: most bring the whole flow, half a second of computing
that `sayso toggle`, on a key of the desktop, has no use for.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

from sayso import __version__
from sayso.cli import streams
from sayso.errors import SaysoError
from sayso.interruption import EXIT_INTERRUPTED
from sayso.surroundings import prepare

COMMANDS = {
    "run": "run",
    **dict.fromkeys(
        ("start", "stop", "toggle", "cancel", "undo", "here", "back", "copy", "status"), "service_commands"
    ),
    "demo": "demo",
    "replay": "replay",
    "transcribe": "transcribe",
    "history": "history",
    "correct": "correct",
    "edited": "edited",
    "review": "review",
    "vocabulary": "vocabulary",
    "enrol": "enrol",
    "learning": "learning",
    "forget": "forget",
    "stats": "stats",
    "models": "models",
    "bench": "bench",
    "doctor": "doctor",
    "indicator": "indicator",
    **dict.fromkeys(("install", "uninstall"), "install"),
}
"""In which module each command is."""

EXIT_FAILED = 1  # it could not be done; the message says what to do next
EXIT_USAGE = 2  # the command line makes no sense


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


def make_parser(command: str = "") -> argparse.ArgumentParser:
    """Build the parser of a command, or of the whole command line where there is no such command."""
    parser = Parser(
        prog="sayso",
        description="Dictation that types while you speak; everything stays on this machine.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"sayso {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for module in [COMMANDS[command]] if command in COMMANDS else dict.fromkeys(COMMANDS.values()):
        importlib.import_module(f"sayso.cli.{module}").add_to(commands)
    return parser


def execute(arguments: Sequence[str] | None) -> int:
    """Run one command and return its exit status."""
    streams.open_closed()
    streams.print_anything()
    prepare()
    asked = sys.argv[1:] if arguments is None else arguments
    options = make_parser(*asked[:1]).parse_args(asked)
    try:
        status: int = options.execute(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except SaysoError as error:
        print(f"sayso: {error}", file=sys.stderr)
        return EXIT_FAILED
    except BrokenPipeError:
        streams.give_up_stdout()
        return EXIT_FAILED
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        print(f"sayso: {error.strerror or error}{where}", file=sys.stderr)
        return EXIT_FAILED
    return status
