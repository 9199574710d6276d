"""Models from the hub into the store: fetched beside it, compared, proved to be Whisper, and only then there.

    <store>/.pulls/OWNER--NAME/     what has been fetched, until the model is in the store

An interrupted pull is taken up where it was left: a partial file carries the checksum of what it is a part of, so
it is never continued with something else.
"""

from __future__ import annotations

import difflib
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sayso.errors import ModelError, StorageError
from sayso.models.catalogue import KNOWN_MODELS, MB
from sayso.models.hub import Hub
from sayso.models.importing import Kind, find_out, import_from, require_new, usual_name
from sayso.models.repository import NAME, RemoteFile, Repository, needed
from sayso.models.store import WEIGHTS, Model, ModelStore
from sayso.weights.ctranslate2_file import SPECIFICATION

PULLS: Final = ".pulls"
HEAD_BYTES: Final = 64
CONVERTING_NEEDS: Final = ("torch", "transformers", "sayso_trainer")

Tell = Callable[[int, int], None]
"""Told how many bytes are there, of how many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be pulled.

    Attributes:
        repository: on the hub, `OWNER/NAME`.
        name: that the model shall have in the store.
        licence: of the weights, where it is known; else the hub's card says.

    """

    repository: str
    name: str
    licence: str = ""


def wanted(asked: str, name: str | None) -> Wanted:
    """Tell what somebody asks for.

    Args:
        asked: the name of a known model, or a repository of the hub.
        name: that it shall have; None for its usual one.

    Raises:
        ModelError: it is neither.

    """
    known = KNOWN_MODELS.get(asked)
    if known:
        return Wanted(known.repository, name or known.name, known.licence)
    if NAME.fullmatch(asked):
        return Wanted(asked, name or usual_name(asked.partition("/")[2]))
    near = difflib.get_close_matches(asked, KNOWN_MODELS, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ModelError(
        f"{asked!r} is no model that is known by name; {hint}Known: {', '.join(KNOWN_MODELS)}. Others are "
        "pulled by their repository on huggingface.co, OWNER/NAME"
    )


def free_bytes(folder: Path) -> int:
    """Room for this user on the disk of a folder."""
    return shutil.disk_usage(folder).free


def pull(
    what: Wanted, hub: Hub, store: ModelStore, tell: Tell, *, free: Callable[[Path], int] = free_bytes
) -> Model:
    """Bring a model from the hub into the store; blocks until it is there.

    Args:
        what: is wanted.
        hub: that has it.
        store: where it goes; as it was if anything fails.
        tell: told how far it is.
        free: room on the disk of a folder, in bytes.

    Raises:
        ModelError: the hub does not give it, it is no Whisper model, or there is one of that name.
        StorageError: it cannot be written.

    """
    require_new(store, what.name)
    repository = hub.look_up(what.repository)
    kind, files = needed(repository)
    if kind is Kind.TRANSFORMERS and not all(map(find_spec, CONVERTING_NEEDS)):
        raise ModelError(
            f"{repository.name} is in the format of transformers, which takes torch to convert; run: pip install "
            f"'sayso[trainer]', or pull one in CTranslate2's format: {', '.join(KNOWN_MODELS)}"
        )
    folder = store.root / PULLS / repository.name.replace("/", "--")
    try:
        with _alone(folder):
            require_new(store, what.name)  # another process may just have brought it
            _drop_what_is_not_of(files, folder)
            _require_room(folder, kind, files, free)
            try:
                _fetch(hub, repository, files, folder, tell)
                model = _imported(folder, repository, hub.host, what, store)
            except _Unfit as error:
                shutil.rmtree(folder)
                raise ModelError(str(error)) from error
            shutil.rmtree(folder)
            return model
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be written: {error.strerror or error} (set XDG_DATA_HOME to use another disk)"
        ) from error
    finally:
        with suppress(OSError):  # where something is left
            folder.parent.rmdir()


class _Unfit(ModelError):
    """What was fetched will never do: it need not be kept."""


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Have a folder for this process only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            whose = folder.name.replace("--", "/", 1)
            raise ModelError(f"another process is pulling {whose}; wait for it, or stop it") from error
        try:
            yield
        finally:
            with suppress(OSError):
                if not any(path.stat().st_size for path in folder.iterdir()):
                    shutil.rmtree(folder)
    finally:
        os.close(lock)


# ── fetching ──────────────────────────────────────────────────────────────────────────────────────


def _part(folder: Path, file: RemoteFile) -> Path:
    return folder / f"{file.name}.{file.checksum[:16]}.part"


def _drop_what_is_not_of(files: tuple[RemoteFile, ...], folder: Path) -> None:
    """Remove what belongs to an earlier commit."""
    ours = {folder / file.name for file in files} | {_part(folder, file) for file in files}
    for path in set(folder.iterdir()) - ours:
        path.unlink()


def _require_room(folder: Path, kind: Kind, files: tuple[RemoteFile, ...], free: Callable[[Path], int]) -> None:
    """Converting takes the room once more, while both are there; CTranslate2's files are only linked."""
    total = sum(file.size for file in files)
    there = sum(path.stat().st_size for path in folder.iterdir())
    missing = total - there + (total if kind is Kind.TRANSFORMERS else 0)
    room = free(folder)
    if missing > room:
        raise StorageError(
            f"{missing / MB:,.0f} MB are to be written to {folder.parents[1]}, where {room / MB:,.0f} MB are "
            "free; make room, or set XDG_DATA_HOME to use another disk"
        )


def _fetch(hub: Hub, repository: Repository, files: tuple[RemoteFile, ...], folder: Path, tell: Tell) -> None:
    total, done = sum(file.size for file in files), 0
    for file in files:
        _get(hub, repository, file, folder, _after(done, total, tell))
        if file.name == "config.json":
            _require_config_of_whisper(folder / file.name, repository)
        done += file.size
        tell(done, total)


def _after(done: int, total: int, tell: Tell) -> Callable[[int], None]:
    return lambda there: tell(done + there, total)


def _get(hub: Hub, repository: Repository, file: RemoteFile, folder: Path, told: Callable[[int], None]) -> None:
    """Have a file whole in a folder; what is there already is compared and not fetched again."""
    target, part = folder / file.name, _part(folder, file)
    if target.is_file() and file.is_whole(target):
        return
    hub.fetch(repository, file, part, _looking_at(part, repository, told) if file.name == WEIGHTS else told)
    if not file.is_whole(part):
        part.unlink()
        raise ModelError(
            f"{file.name} of {repository.name} came damaged (its checksum differs from the hub's); run the same "
            "command again"
        )
    part.replace(target)


def _looking_at(part: Path, repository: Repository, told: Callable[[int], None]) -> Callable[[int], None]:
    """Have a look at weights as soon as they begin to come: before gigabytes of something else."""
    is_new = True

    def look(there: int) -> None:
        nonlocal is_new
        if is_new and there >= HEAD_BYTES:
            is_new = False
            _require_weights_of_whisper(part, repository)
        told(there)

    return look


# ── is it Whisper? ────────────────────────────────────────────────────────────────────────────────


def _require_config_of_whisper(path: Path, repository: Repository) -> None:
    try:
        config = json.loads(path.read_bytes())
        kind, mel_bins = config.get("model_type"), config.get("num_mel_bins", 80)
    except (ValueError, AttributeError, RecursionError) as error:
        raise _Unfit(f"config.json of {repository.name} cannot be read: {error}") from error
    if kind not in (None, "whisper"):  # CTranslate2's do not say
        raise _Unfit(f"{repository.name} holds a model of type {kind!r}, not Whisper")
    if mel_bins not in (80, 128):
        raise _Unfit(f"{repository.name} is no Whisper model: {mel_bins} mel bins")


def _require_weights_of_whisper(path: Path, repository: Repository) -> None:
    """By the name that `ctranslate2_file` describes: four bytes of version, two of length, and the name."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    name = head[6:].partition(b"\0")[0]
    if name != SPECIFICATION.encode():
        raise _Unfit(f"{repository.name} holds {name.decode('ascii', 'replace')!r} of CTranslate2, not Whisper")


def _imported(folder: Path, repository: Repository, host: str, what: Wanted, store: ModelStore) -> Model:
    try:
        source = replace(
            find_out(folder),
            origin=f"{host}: {repository.name}@{repository.commit}",
            licence=what.licence or repository.licence,
            is_ours=True,
        )
        return import_from(source, store, what.name)
    except ModelError as error:
        raise _Unfit(str(error).replace(str(folder), repository.name)) from error
