"""`sayso doctor`: tries every part for real and says what to do about what does not work."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from contextlib import closing
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.text import Text

from sayso.capture.chatter import keep_stderr
from sayso.cli.options import settings_from
from sayso.cli.streams import give_up_stdout
from sayso.config import default_settings
from sayso.doctor import Finding, Light
from sayso.doctor.discretion import anonymous
from sayso.doctor.registry import CHECKS, findings
from sayso.errors import ConfigError
from sayso.trials.kept import this_machine

WORDS = {Light.GREEN: "works", Light.AMBER: "look", Light.RED: "broken"}
LAST = {
    Light.GREEN: "sayso works.",
    Light.AMBER: "sayso works; what says “look” could be better.",
    Light.RED: "Something is broken: what stands behind the arrows mends it.",
}
EXIT_UNREAD = 141  # 128 + SIGPIPE, as shells have it: 0, 1 and 2 are said of all that was to be tried
PIPE_COLUMNS = 1000  # whatever reads a pipe wants whole lines
COLOURS = {Light.GREEN: "green", Light.AMBER: "yellow", Light.RED: "bold red"}


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "doctor",
        help="try every part for real, and say what to do about what does not work",
        description="Records two seconds (and keeps nothing), decodes a spoken sample on each engine, types into "
        "a window of its own, presses a key of its own. Exit status: 0 all works, 1 something wants a look, 2 "
        "something is broken.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line, for bug reports; nothing private"
    )
    parser.add_argument("--only", nargs="+", choices=list(CHECKS), metavar="PART", help=f"of {', '.join(CHECKS)}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file instead of your own")
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Try, and tell as it goes; the exit status is the worst that was found.

    Where nobody reads what is told any more, nothing more is tried.
    """
    keep_stderr()  # ALSA writes to it whatever it pleases
    try:
        status = _tell(options)
        sys.stdout.flush()
    except BrokenPipeError:
        give_up_stdout()
        return EXIT_UNREAD
    return status


def _tell(options: argparse.Namespace) -> int:
    try:
        settings, wrong = settings_from(options), []
    except ConfigError as error:
        settings = default_settings()
        wrong = [Finding("settings", Light.RED, str(error), "mend the file; the rest was tried with the defaults")]
    if options.json:
        print(json.dumps({"python": platform.python_version(), **this_machine()}), flush=True)
    worst = Light.GREEN
    if wrong and options.json:  # the mistakes quote what somebody wrote
        wrong = [replace(wrong[0], message="the settings have mistakes: sayso doctor, without --json, names them")]
    with closing(findings(settings, options.only or list(CHECKS))) as found:  # what a check has open is closed
        for finding in chain(wrong, found):
            worst = max(worst, finding.light)
            if options.json:
                told = asdict(anonymous(finding, settings))
                print(json.dumps({**told, "light": finding.light.name.lower()}), flush=True)
            else:
                _print(finding)
    if not options.json:
        print(LAST[worst])
    return worst.value


class _Console(Console):
    """Leaves it to the command what a reader who has left means."""

    def on_broken_pipe(self) -> NoReturn:
        """Rich would end the process with status 1, in the middle of a check."""
        raise BrokenPipeError


def _print(finding: Finding) -> None:
    """One finding, with its light in words too: not everybody sees colours, or sees at all."""
    console = _Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS, highlight=False, soft_wrap=True)
    console.print(
        Text.assemble((f"{WORDS[finding.light]:7}", COLOURS[finding.light]), f"{finding.part}: {finding.message}")
    )
    if finding.remedy:
        console.print(Text(f"{'':7}→ {finding.remedy}"))
