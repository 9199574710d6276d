"""`sayso learning`: whether what you dictate and correct is kept, to learn from it."""

from __future__ import annotations

import argparse
from typing import Final

from sayso import paths
from sayso.cli.options import settings_from
from sayso.errors import BusError, ConfigError
from sayso.journal.consent import ASK, QUESTION, Answer, Consent

WORDS: Final = ("on", "off", "status")
STANDS: Final = {
    Answer.ON: "on: what you dictate and correct is kept, sealed, on this machine, and sayso learns from it",
    Answer.OFF: "off: nothing outlasts its delivery",
    Answer.ASKED: f"not answered, so off: {QUESTION}.\nSay: sayso learning on, or sayso learning off",
    Answer.NONE: f"not answered, so off: {QUESTION}.\nSay: sayso learning on, or sayso learning off",
}
KEPT: Final = "What was kept until now stays until you have it forgotten: sayso forget --all"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "learning",
        help="whether what you dictate and correct is kept, to learn from it",
        description="on or off is your answer; it holds where the setting `learning` is `ask`. Alone, or with "
        "`status`, it tells how it stands.",
        allow_abbrev=False,
    )
    parser.add_argument("what", nargs="?", choices=WORDS, default="status", help="default: status")
    parser.set_defaults(execute=execute, config=None)


def execute(options: argparse.Namespace) -> int:
    """Tell, or change it."""
    consent = Consent(paths.learning_file(), settings_from(options).learning)
    if options.what != "status":
        on = options.what == "on"
        if not _asked_the_service(on):
            consent.give(on)
        else:
            consent = Consent(paths.learning_file(), ASK)  # the service's settings may be others than the file's
    by = "" if consent.setting == ASK else " (by the settings)"
    print(f"learning: {STANDS[consent.answer]}{by}")
    if options.what == "off":
        print(KEPT)
    return 0


def _asked_the_service(on: bool) -> bool:
    """Whether a service is in reach, and has taken the answer."""
    from sayso.bus.client import CallRefused, NotAnswering, ask  # noqa: PLC0415  # dbus-fast; `status` needs none

    try:
        ask("SetLearning", activate=False, signature="b", body=[on])
    except CallRefused as error:
        raise ConfigError(str(error)) from None
    except NotAnswering:
        raise
    except BusError:  # none runs; or it is out of reach (ssh, su, cron), and looks at the answer itself
        return False
    return True
