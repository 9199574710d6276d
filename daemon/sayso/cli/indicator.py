"""`sayso indicator`: what the user sees and hears of the service that runs."""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

from sayso.capture.chatter import keep_stderr
from sayso.cli.options import settings_from
from sayso.config.settings import IndicatorSettings


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "indicator",
        help="overlay, tray, notifications and sounds of the service (which starts this by itself)",
        description="Shows and sounds what the service does; its settings are under `indicator:`. The service "
        "starts and ends it; a second one takes the place of the first.",
        allow_abbrev=False,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file instead of your own")
    # By the service alone, which knows better than the file what is in force, and has said why it could not start.
    parser.add_argument("--applied", type=_applied, metavar="JSON", help=argparse.SUPPRESS)
    parser.add_argument("--quiet-start", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run until the service is gone."""
    keep_stderr()
    settings = options.applied or settings_from(options).indicator
    spoken = sys.stderr
    if options.quiet_start:
        sys.stderr = io.StringIO()

    def speak() -> None:
        sys.stderr = spoken

    from sayso.indicator.running import run  # noqa: PLC0415  # D-Bus, which the other commands need not bring

    return run(settings, began=speak)


def _applied(text: str) -> IndicatorSettings:
    return IndicatorSettings(**json.loads(text))
