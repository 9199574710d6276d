"""`sayso indicator`: what the user sees and hears of the service that runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from sayso.capture.chatter import keep_stderr
from sayso.cli.options import settings_from


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
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run until the service is gone."""
    keep_stderr()
    settings = settings_from(options)
    from sayso.indicator.running import run  # noqa: PLC0415  # D-Bus, which the other commands need not bring

    return run(settings.indicator)
