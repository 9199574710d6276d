"""Which model of the store is in use: a link that changes in one step, and the one that was in use before it."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from pathlib import Path

from sayso.errors import ModelError, StorageError
from sayso.models.store import CURRENT, PREVIOUS, Model, ModelStore

log = logging.getLogger(__name__)

FIRST = "tiny.en"  # where nobody has chosen yet: installs as a package, fast on any machine


class Current:
    """The choice of a model in a store.

    Args:
        store: holds the models, and the links `current` and `previous`.

    """

    def __init__(self, store: ModelStore) -> None:
        self._store = store

    @property
    def name(self) -> str:
        """Of the model in use."""
        return self._read(CURRENT) or FIRST

    def use(self, name: str) -> Model:
        """Choose a model, which is proved whole before.

        Raises:
            ModelError: there is none of that name in the store, or it is damaged.
            StorageError: the choice cannot be written.

        """
        if "/" in name:
            raise ModelError(f"{name} is a path: bring it into the store first, by: sayso models import {name}")
        model = self._store.resolve(name)
        before = self.name
        if before != model.folder.name:
            self._link(PREVIOUS, before)
            self._link(CURRENT, model.folder.name)
        return model

    def resolve(self) -> Model:
        """The model in use; where it is damaged or gone, that is told and the one before it is taken.

        Raises:
            ModelError: neither can be used.

        """
        try:
            return self._store.resolve(self.name)
        except ModelError as error:
            before = self._read(PREVIOUS)
            if not before or before == self.name:
                raise
            try:
                model = self._store.resolve(before)
            except ModelError:
                raise error from None  # which of them is damaged is what matters
            log.warning("%s. Until then %r is used, as before", error, before)
            return model

    def previous(self) -> Model | None:
        """The model that was in use before, if it is whole."""
        before = self._read(PREVIOUS)
        if not before or before == self.name:
            return None
        try:
            return self._store.resolve(before)
        except (ModelError, StorageError):
            return None

    def forget(self, name: str) -> None:
        """Follow the removal of a model: if it was in use, the one before it is, or the first."""
        before = self.previous()
        if self._read(PREVIOUS) == name:
            (self._store.root / PREVIOUS).unlink(missing_ok=True)
        if self._read(CURRENT) == name:
            if before is not None and before.folder.name != name:
                self._link(CURRENT, before.folder.name)
                (self._store.root / PREVIOUS).unlink(missing_ok=True)
            else:
                (self._store.root / CURRENT).unlink(missing_ok=True)

    def _read(self, link: str) -> str:
        try:
            return (self._store.root / link).readlink().name
        except OSError:
            return ""

    def _link(self, link: str, name: str) -> None:
        """Make the link beside its place, and put it there: whoever reads it finds the old one or the new one."""
        try:
            with tempfile.TemporaryDirectory(prefix=f".{link}-", dir=self._store.root) as scratch:
                new = Path(scratch) / link
                new.symlink_to(name)
                new.replace(self._store.root / link)
        except OSError as error:
            raise StorageError(
                f"{self._store.root / link} cannot be written: {error.strerror or error}"
            ) from error


def resolve(store: ModelStore, name: str) -> Model:
    """The model that a setting names; `current` is the one that was chosen.

    Raises:
        ModelError: there is none, or it is damaged.
        StorageError: it could not be written into the store.

    """
    return Current(store).resolve() if name == CURRENT else store.resolve(name)


def is_loaded(store: ModelStore, name: str, loaded: Model) -> bool:
    """Whether the model that a setting names is the one that is loaded; yes where that cannot be told."""
    with contextlib.suppress(ModelError, StorageError):
        return resolve(store, name).folder.resolve() == loaded.folder.resolve()
    return True
