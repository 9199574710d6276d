"""The command `sayso-train`."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from sayso import paths
from sayso.errors import SaysoError
from sayso.models import ModelStore
from sayso_trainer.status import describe, find_status


def parser() -> argparse.ArgumentParser:
    """The command line: every command there is, and an error that names them for any other (status 2)."""
    root = argparse.ArgumentParser(prog="sayso-train", description="Trains sayso on your own speech.")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    status = commands.add_parser("status", help="what there is to train with and to train on")
    status.add_argument("--json", action="store_true", help="one JSON object on one line")
    status.set_defaults(execute=show_status)
    convert = commands.add_parser("convert", help="make a model's forms for other engines, beside it")
    convert.add_argument("models", nargs="+", metavar="MODEL", help="a model in the store, or the path of one")
    convert.add_argument("--to", choices=("onnx", "transformers"), default="onnx", help="default: onnx")
    convert.set_defaults(execute=convert_models)
    importing = commands.add_parser("import", help="convert a folder of transformers into one of CTranslate2")
    importing.add_argument("source", type=Path, metavar="FROM")
    importing.add_argument("target", type=Path, metavar="TO", help="an empty folder")
    importing.set_defaults(execute=import_checkpoint)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    options = parser().parse_args(arguments)
    try:
        return int(options.execute(options))
    except SaysoError as error:
        print(f"sayso-train: {error}", file=sys.stderr)
        return 1


def show_status(options: argparse.Namespace) -> int:
    """Say what there is to train with."""
    status = find_status()
    print(json.dumps(asdict(status)) if options.json else describe(status))
    return 0


def convert_models(options: argparse.Namespace) -> int:
    """Convert models, one after the other; what is there already stays."""
    from sayso_trainer.convert import FORMS  # noqa: PLC0415  # heavy, and `status` needs none of it

    store = ModelStore(paths.models_dir())
    for name in options.models:
        print(f"{name}: {FORMS[options.to](store.resolve(name))}")
    return 0


def import_checkpoint(options: argparse.Namespace) -> int:
    """Convert a checkpoint of transformers, for `sayso models import`."""
    from sayso_trainer.convert.checkpoint import read_into  # noqa: PLC0415  # heavy, and `status` needs none of it

    read_into(options.source, options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
