"""`sayso run`: the service in the foreground."""

from __future__ import annotations

import argparse
import sys

from sayso import desktop
from sayso.capture.chatter import keep_stderr
from sayso.capture.presence import describe_absence
from sayso.cli import demo, streams
from sayso.cli.editing import sweep
from sayso.cli.options import add_settings_options, settings_from
from sayso.config import Mode
from sayso.instance import InstanceLock


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser("run", help="the service in the foreground", allow_abbrev=False)
    parser.add_argument("--mode", choices=[mode.value for mode in Mode], help="how dictation starts and ends")
    parser.add_argument(
        "--or-demo",
        action="store_true",
        help="run the demo where there is no microphone or no desktop session",
    )
    add_settings_options(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the service until it is told to leave."""
    keep_stderr()
    settings = settings_from(options)
    if options.or_demo:
        absence = describe_absence(settings.audio.device) or desktop.describe_absence()
        if absence is not None:
            print(f"sayso: {absence}. Running the demo instead.", file=sys.stderr)
            return demo.show(settings)
    from sayso.service import Service  # noqa: PLC0415  # brings X11 and D-Bus, which no other command needs

    with InstanceLock():
        sweep()
        status = Service(settings, lambda: settings_from(options)).run()
    try:
        sys.stdout.flush()
    except OSError:  # what could not be written, to a terminal that is gone, has been told, and its audio is kept
        streams.give_up_stdout()
    return status
