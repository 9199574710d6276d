"""`sayso start|stop|toggle|cancel|undo|here|back|copy|status`: asking the service that runs."""

from __future__ import annotations

import argparse
import json
from typing import Any

from sayso.errors import BusError
from sayso.events import Rung
from sayso.status import models_in_words

PACES = {
    Rung.LIVE: "",
    Rung.SLOWER: "slower: this machine is slower than speech, so words come less often",
    Rung.SEGMENTS: "segments: this machine is too slow for words while one speaks, so they come at the end",
}
LEARNING = {
    "on": "on: what you dictate and correct is kept, sealed, on this machine",
    "asking": "not answered yet: sayso learning on, or off",
    "unanswered": "not answered yet: sayso learning on, or off",
}
EXIT_FAILED = 1  # nobody can be asked: there is no bus, or no answer
EXIT_NOT_RUNNING = 3  # as `systemctl status` has it

# What each does, the method it calls, and whether it makes sense to start the service for it.
REQUESTS = {
    "start": ("begin to listen", "Start", True),
    "stop": ("finish what is being said, and listen no more", "Stop", False),
    "toggle": ("start or stop", "Toggle", True),
    "cancel": ("forget what has been said and does not stand yet", "Cancel", False),
    "undo": ("take back what was typed last", "Undo", False),
    "here": ("type what waits for its window into the one that has the focus", "TypeHere", False),
    "back": ("go back to the window for which text waits", "GoBack", False),
    "copy": ("put what waits for its window into the clipboard", "Copy", False),
}

MORE = {
    "cancel": "What is being said, what is still being recognised, and what waits for its window: none of it is "
    "typed. Hands-free listens on, other modes listen no more.",
    "undo": "Deletes as many characters before the cursor as were typed last: mind what you typed since.",
}


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the commands."""
    for name, (what, member, activate) in REQUESTS.items():
        parser = commands.add_parser(
            name, help=f"the service: {what}", description=MORE.get(name), allow_abbrev=False
        )
        parser.set_defaults(execute=request, member=member, activate=activate)
    status = commands.add_parser("status", help="what the service does, and what is wrong", allow_abbrev=False)
    status.add_argument("--json", action="store_true", help="one JSON object")
    status.set_defaults(execute=show_status)


def request(options: argparse.Namespace) -> int:
    """Have the service obey; returns when it has."""
    from sayso.bus.client import ask  # noqa: PLC0415  # dbus-fast, which other commands do not need

    ask(options.member, activate=options.activate)
    return 0


def show_status(options: argparse.Namespace) -> int:
    """Print how things stand; never starts the service."""
    from sayso.bus.client import (  # noqa: PLC0415  # dbus-fast, as above
        CallRefused,
        NotAnswering,
        NotRunning,
        read_status,
    )

    told: dict[str, Any]
    try:
        status = read_status()
        told = {"running": True, "answering": True, **status}
        text, exit_status = describe(status), 0
    except NotRunning as error:
        told = {"running": False, "message": str(error)}
        text, exit_status = str(error), EXIT_NOT_RUNNING
    except BusError as error:
        if not options.json:
            raise
        does_run = isinstance(error, NotAnswering | CallRefused)  # else nobody knows: it lives on without a bus
        told = {"running": True, "answering": False} if does_run else {"running": None}
        told["message"] = str(error)
        text, exit_status = "", EXIT_FAILED
    print(json.dumps(told, ensure_ascii=False) if options.json else text)
    return exit_status


def describe(status: dict[str, Any]) -> str:
    """The status for a person: a name and its value a line."""
    models = models_in_words(status["model"], status["draft_model"])
    hotkeys = [f"{action} {key}" for action, key in status["hotkeys"].items()]
    held = status["held"]
    waiting = f"{held} dictation{'s' * (held != 1)} for the window they were spoken to" if held else ""
    recovered = status.get("recovered", 0)
    rows = [
        ("state", f"{status['state']} ({status['mode']})"),
        ("model", f"{models} on {status['device']} ({status['engine']}), {status['model_state']}"),
        ("pace", PACES[status["pace"]]),
        ("microphone", status["microphone"] or "none"),
        ("typing into", status["typist"]),
        ("hotkeys", ", ".join(hotkeys) or "none"),
        ("waiting", waiting),
        ("learning", LEARNING.get(status.get("learning", ""), "")),
        ("recovered", f"{recovered} interrupted dictation(s): sayso history --recovered" if recovered else ""),
        ("process", f"{status['pid']} (sayso {status['version']})"),
        *((name, message.replace("\n", f"\n{'':14}")) for name, message in status["problems"].items()),
    ]
    return "\n".join(f"{f'{name}:':13} {value}" for name, value in rows if value)
