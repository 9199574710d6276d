"""`sayso install` and `sayso uninstall`: a service of the person who runs it, or no longer."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from sayso.cli import streams
from sayso.installation import Installation, find_facts
from sayso.usermanager import UserManager


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the commands."""
    installing = commands.add_parser(
        "install", help="run as a service of yours from now on, at every login", allow_abbrev=False
    )
    installing.add_argument("--no-start", action="store_true", help="do not start it now")
    installing.set_defaults(execute=install)
    removing = commands.add_parser(
        "uninstall", help="no longer run as a service; settings, models and audio stay", allow_abbrev=False
    )
    removing.set_defaults(execute=uninstall)


def install(options: argparse.Namespace) -> int:
    """Install the service, saying each thing that is done."""
    _do(Installation(find_facts(), UserManager()).install(start=not options.no_start))
    return 0


def uninstall(_options: argparse.Namespace) -> int:
    """Take the service away, saying each thing that is done."""
    _do(Installation(find_facts(), UserManager()).uninstall())
    return 0


def _do(work: Iterable[str]) -> None:
    """Take every line, because the work is done as they are taken; print it for as long as somebody reads."""
    for line in work:
        try:
            print(line, flush=True)
        except OSError:  # the reader left, or the disk is full: half an installation is worse than silence
            streams.give_up_stdout()
