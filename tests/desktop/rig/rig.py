"""What the parts of the rig have in common: they are there while a test runs, and leave nothing behind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Rig(ABC):
    """A context manager that is left after a start that failed half-way too."""

    @abstractmethod
    def _enter(self) -> None:
        """Start it; returns when it can be used."""

    @abstractmethod
    def _leave(self) -> None:
        """End what runs and remove what was made, however far `_enter` came."""

    def __enter__(self) -> Self:
        try:
            self._enter()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()
