"""The command `sayso-train`."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from sayso_trainer.status import describe, find_status


def parser() -> argparse.ArgumentParser:
    """The command line: every command there is, and an error that names them for any other (status 2)."""
    root = argparse.ArgumentParser(prog="sayso-train", description="Trains sayso on your own speech.")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    status = commands.add_parser("status", help="what there is to train with and to train on")
    status.add_argument("--json", action="store_true", help="one JSON object on one line")
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    options = parser().parse_args(arguments)
    status = find_status()
    print(json.dumps(asdict(status)) if options.json else describe(status))
    return 0


if __name__ == "__main__":
    sys.exit(main())
