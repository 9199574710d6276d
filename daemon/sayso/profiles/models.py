"""The model that an application's profile names, beside the usual one."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sayso import heap
from sayso.engines import Engine
from sayso.errors import SaysoError
from sayso.events import Event, Problem, ProblemName
from sayso.profiles import Profile


class EngineOfUtterance:
    """Which engine an utterance is recognised by. One thread calls it, any `forget`.

    A model that is asked for is loaded on a thread of its own, `sayso-other-model`, so that nobody waits for it:
    what is said meanwhile is recognised by the usual one. One is kept; when another is needed it goes.

    An utterance stays with the engine that it began with: the language it was found to be in may be none that the
    other one knows.

    Args:
        usual: the engine of the settings.
        load: loads a model by name. Raises SaysoError where it cannot be used.
        profile: of an utterance.
        emit: told of a model that cannot be used.

    """

    def __init__(
        self,
        usual: Callable[[], Engine],
        load: Callable[[str], Engine],
        profile: Callable[[int], Profile],
        emit: Callable[[Event], None],
    ) -> None:
        self._usual = usual
        self._load = load
        self._profile = profile
        self._emit = emit
        self._guard = threading.Lock()
        self._name = ""  # of the model that is loaded, being loaded, or cannot be
        self._engine: Engine | None = None
        self._answered: tuple[int, Engine] | None = None  # the utterance that was asked for last

    def __call__(self, utterance: int) -> Engine:
        """The engine; returns at once."""
        if self._answered is None or self._answered[0] != utterance:
            self._answered = (utterance, self._choose(utterance))
        return self._answered[1]

    def _choose(self, utterance: int) -> Engine:
        wanted = self._profile(utterance).model
        usual = self._usual()
        if wanted is None or wanted == usual.model.name:
            return usual
        with self._guard:
            if wanted != self._name:
                self._name, self._engine = wanted, None
                loader = threading.Thread(target=self._run, args=(wanted,), name="sayso-other-model", daemon=True)
                loader.start()
            return self._engine or usual

    def forget(self) -> None:
        """Give the other model back; whoever needs it has it loaded anew, with the settings of then."""
        with self._guard:
            self._name, self._engine = "", None
        heap.give_back()

    def _run(self, name: str) -> None:
        """Thread `sayso-other-model`: may block on the disk and the processor; nothing waits for it."""
        try:
            engine = self._load(name)
        except Exception as error:  # whatever it is, the usual model goes on
            reason = str(error) if isinstance(error, SaysoError) else f"{name}: {type(error).__name__}"
            message = f"applications.yaml: model: {reason}\nuntil then the usual model is used there"
            self._emit(Problem(ProblemName.CONFIG_INVALID, message))
            return
        with self._guard:
            if self._name == name:
                self._engine = engine
