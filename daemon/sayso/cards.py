"""Graphics cards that could do the work and do not: nobody is left on the CPU without being told."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sayso.config import EngineSettings
from sayso.devices.advice import Advice, why_not_used
from sayso.devices.probe import probe
from sayso.devices.runtime import ctranslate2_build, preload_cublas
from sayso.engines import Engine
from sayso.events import Event, Problem, ProblemCleared, ProblemName

CHOSEN_BY_SAYSO = ("ctranslate2", "auto")  # whoever names another engine knows on what it runs
IN_PEACE = "To use the CPU without being told so: set engine.device: cpu"


class Cards:
    """Looks at the machine's cards, beside everything else, and tells what is missing for them.

    Args:
        emit: told of a card that is not used, and when that is over.
        look: finds out why cards are not used; blocks for as long as it takes.

    """

    def __init__(self, emit: Callable[[Event], None], look: Callable[[], list[Advice]] | None = None) -> None:
        self._emit = emit
        self._look = look or look_at_cards
        self._told = False

    def consider(self, wanted: EngineSettings, engine: Engine) -> threading.Thread | None:
        """Look, if the engine chose the CPU of itself; returns the thread that does, at once."""
        if wanted.device == "auto" and engine.device == "cpu" and wanted.name in CHOSEN_BY_SAYSO:
            thread = threading.Thread(target=self._tell, name="sayso-cards", daemon=True)
            thread.start()
            return thread
        if self._told:
            self._told = False
            self._emit(ProblemCleared(ProblemName.CARD_UNUSED))
        return None

    def _tell(self) -> None:
        """Thread `sayso-cards`: blocks on the tools of the cards' makers."""
        usable = [advice for advice in self._look() if advice.remedy]
        if usable:
            self._told = True
            self._emit(Problem(ProblemName.CARD_UNUSED, f"{'. '.join(map(str, usable))}. {IN_PEACE}"))


def look_at_cards() -> list[Advice]:
    """Why CTranslate2 uses none of this machine's cards; nothing where there are none."""
    machine = probe()
    return (
        why_not_used(machine, ctranslate2_build(), preload_cublas()) if machine.gpus or machine.complaint else []
    )
