"""The service: the live flow on the microphone, obeying signals, keys, the bus and standard input.

SIGTERM and SIGINT finish what is being said and leave; SIGHUP applies the settings anew. Whatever is asked, from
wherever, is obeyed on the main thread in the order in which it came.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from typing import NoReturn

from sayso import paths
from sayso.away.absence import Absence
from sayso.bus import Snapshot
from sayso.bus.server import BusServer
from sayso.capture import Source
from sayso.capture.microphone import Microphone
from sayso.cards import Cards
from sayso.clock import WallClock
from sayso.config import Settings
from sayso.control import KEYS_HELP, Control, TerminalControl
from sayso.desktop import Kind, SessionWait, is_started_by_systemd, kind_of_session
from sayso.edges import NO_WINDOW, SESSION, WAYLAND, backend_from, microphone_from, mirror_from, typist_from
from sayso.engines import Engine
from sayso.engines.resident import Presence, ResidentEngine
from sayso.errors import SaysoError
from sayso.events import (
    AwayChanged,
    Event,
    ListeningChanged,
    Problem,
    ProblemName,
    StateChanged,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceHeld,
    UtteranceStarted,
)
from sayso.flow import Flow
from sayso.hotkeys import Hotkeys, check, open_hotkeys
from sayso.indicator.process import IndicatorProcess
from sayso.interruption import EXIT_INTERRUPTED, unwinding
from sayso.journal.recovery import transcriber
from sayso.language.layout import KeyboardLayout
from sayso.languages import AUTO
from sayso.learning import LATE, Learning
from sayso.leaving import ThreadDeaths, finish, leave_behind
from sayso.listening import Listening, Rules
from sayso.loading import engine_from, language_of
from sayso.mainloop import MainLoop
from sayso.notify import Notifier
from sayso.portal.held import HeldKeys
from sayso.profiles.models import EngineOfUtterance
from sayso.profiles.reading import load_profiles
from sayso.profiles.suitability import problem_of
from sayso.recogniser_thread import STUCK_SECONDS
from sayso.reload import Changes, Reloader, plan
from sayso.saying import Reports, log_failure, say
from sayso.sight import Sight
from sayso.snapshot import take
from sayso.status import models_in_words
from sayso.typist import Typist
from sayso.typist.choosing import ways_of
from sayso.vad import make_detector

LOADING_SECONDS = 600.0  # a model that rested may come from a slow disk: ten minutes for one of 3 GB at 5 MB/s
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCONT)


class Service:
    """One run of the service.

    Args:
        settings: as loaded.
        reload_settings: loads them again, for SIGHUP and `Reload`.

    """

    def __init__(self, settings: Settings, reload_settings: Callable[[], Settings]) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until `run`: there is nothing to reload
        check(settings.hotkeys)  # before anything that takes long
        profiles = load_profiles()
        self._settings = settings
        self._reload_settings = reload_settings
        self._reports = Reports()
        self._later: list[Callable[[], None]] = []  # what waits until nobody speaks
        self._notifier = Notifier()
        self._loop = MainLoop(SIGNALS, self._on_signal)
        self._engine = ResidentEngine(
            engine_from(settings, tell=self._emit),
            lambda: engine_from(settings, tell=self._emit),
            settings.engine.unload_after_minutes,
            is_needed=lambda: self._flow.status.facts.needs_engine,
        )
        self._layout = KeyboardLayout()
        self._held = HeldKeys()
        self._sight = Sight(paths.state_dir() / "accessibility-enabled")
        self._absence = Absence(self)
        self._backend = backend_from(settings)
        self._typist = self._open_typist(settings)
        self._bus = BusServer(self, self._emit)
        self.learning = Learning(settings, self._emit, self._sight, self._engine, self._bus.refresh)
        self.learning.listen(self._typist)
        self._flow: Flow = Flow(
            settings,
            microphone_from(settings),
            self._engine,
            make_detector(),
            self._typist,
            self.learning.journal,
            WallClock(),
            (self._reports.watch, self._watch, self._engine.watch, self.learning.watch),
            mirror=mirror_from(self._typist),
            beat=self._notifier.alive,
            is_secret=self._sight.is_secret,
            is_locked=self._absence.is_locked,
            layout=self._layout,
            vocabulary=self.learning.vocabulary,
        )
        self._flow.profile.profiles = profiles
        self._other_model = EngineOfUtterance(
            lambda: self._engine, self._load_other, self._flow.profile, self._flow.emit
        )
        self._flow.stages.recogniser.engine_of = self._other_model
        rules = Rules.from_settings(settings.hotkeys)
        self._listening = Listening(
            self._flow, settings.mode, rules, self._flow.emit, is_locked=self._absence.is_locked
        )
        self._indicator = IndicatorProcess(self._loop, say)
        self._cards = Cards(self._flow.emit)
        self._hotkeys: Hotkeys | None = None
        self._reloader = Reloader(
            self._prepare, lambda changes: self._loop.call(lambda: self._apply(changes)), self._flow.emit
        )

    # ── one life ──────────────────────────────────────────────────────────────────────────────────

    def run(self) -> int:
        """Run until told to leave; return the exit status."""
        with unwinding(), ThreadDeaths(self._loop.leave) as deaths, ExitStack() as stack, ExitStack() as stages:
            self._bus.start()  # a bus that hangs costs seconds: until it is over, signals end the process at once
            stages.callback(self._bus.stop)
            self._control = TerminalControl()
            stack.callback(self._control.close)
            stack.enter_context(self._loop)
            self._start(stages)
            self._loop.run(self._catch_up, self._patience)
            self._notifier.stopping()
            try:
                self._loop.release(signal.SIGINT)  # a second Ctrl-C waits for nothing
                finish(self._flow, stages.close, lambda: self._leave_behind(deaths.status))
            except KeyboardInterrupt:
                self._leave_behind(EXIT_INTERRUPTED)
        return deaths.status

    def _start(self, stages: ExitStack) -> None:
        stages.callback(self._engine.close)  # after the flow, whose last words may need it
        stages.callback(self._layout.close)
        stages.callback(self._sight.stop)
        stages.callback(self._flow.stop)
        self._open_hotkeys(self._settings)
        stages.callback(self._close_hotkeys)  # closed before the flow: while that ends, no key is taken
        self._flow.start()
        self.learning.start(self._flow.keep)
        stages.callback(self.learning.stop)
        self._absence.start()
        stages.callback(self._absence.stop)
        self._listening.begin()
        self._engine.rest()
        self._sight.on_focus(self._flow.look_again)
        stages.callback(self._indicator.stop)
        self._show()
        if self._backend == SESSION and is_started_by_systemd():
            waiting = SessionWait(lambda kind: self._loop.call(lambda: self._session_is(kind)))
            waiting.start()
            stages.callback(waiting.stop)
        if self._control.readable:
            self._loop.read(self._control.fd, lambda: self._control.pass_on(self.ask, self._loop.leave))
        if self._notifier.watchdog_seconds is not None:
            self._loop.beat(self._notifier.watchdog_seconds / 3, self._ping)
        keys = f" {KEYS_HELP}" if self._control.is_terminal else ""
        draft = self._engine.draft
        models = models_in_words(self._engine.model.name, "" if draft is None else draft.name)
        say(f"ready ({self._settings.mode.value}): {models} on {self._engine.device}.{keys}")
        self._notifier.ready()
        self.learning.begin(transcriber(self._engine, language_of(self._settings)))
        self._flow.read_commands()
        self._look_at_profiles()
        self._cards.consider(self._settings.engine, self._engine)

    def _leave_behind(self, status: int) -> NoReturn:
        leave_behind(self._flow, status, self._control.close)

    def _open_typist(self, settings: Settings) -> Typist:
        return typist_from(settings, self._sight, self._preferred, self._held)

    def _preferred(self, application: str) -> str | None:
        return self._flow.profile.profiles.of(application).backend

    def _load_other(self, model: str) -> Engine:
        settings = self._settings  # any language: an application's profile may say which
        engine = replace(settings.engine, model=model, draft_model=None)
        return engine_from(replace(settings, language=AUTO, engine=engine))

    def _look_at_profiles(self) -> None:
        """Tell what applications.yaml asks for and cannot have with this model, in this session."""
        kind = kind_of_session()
        ways = ways_of(kind) if kind is not None and self._backend in (SESSION, WAYLAND) else None
        profiles, store = self._flow.profile.profiles, paths.models_dir()
        problem = problem_of(profiles, self._engine.model, store, ways)
        if problem is not None:
            self._flow.emit(problem)

    def _show(self) -> None:
        """Look what has the focus, and let the person see what happens, where text goes to windows."""
        if self._backend not in NO_WINDOW:
            self._sight.start()
            self._indicator.start(self._settings.indicator)

    def _session_is(self, kind: Kind) -> None:
        """The session is there for which systemd had started this."""
        self._indicator.stop()
        self._indicator.start(self._settings.indicator)
        if kind is Kind.WAYLAND and self._backend == SESSION:
            self.ask(Control.RELOAD)  # the typist waits for an X display

    def _ping(self) -> None:
        self._flow.ping(LOADING_SECONDS if self._engine.presence is Presence.LOADING else STUCK_SECONDS)

    def _open_hotkeys(self, settings: Settings) -> None:
        self._hotkeys = open_hotkeys(settings.hotkeys, self.ask, self._flow.emit, held=self._held)

    def _close_hotkeys(self) -> None:
        if self._hotkeys is not None:
            self._hotkeys.close()
            self._hotkeys = None

    # ── what the outside asks ─────────────────────────────────────────────────────────────────────

    def ask(self, control: Control) -> Future[None]:
        """Have something done; the future tells when it is. Any thread."""
        if control is Control.RELOAD:
            return self._reloader.ask()
        done = self._loop.call(lambda: self._obey(control))
        done.add_done_callback(log_failure)
        return done

    def snapshot(self) -> Snapshot:
        """How things are now. Any thread."""
        return take(
            self._flow,
            self._settings,
            self._engine,
            self._reports.microphone,
            self._typist,
            self._hotkeys,
            self.learning,
        )

    def leave(self) -> None:
        """The person has left. Any thread."""
        self._later_on_main(self._listening.leave, AwayChanged(True))

    def come_back(self) -> None:
        """The person is back. Any thread."""
        self._later_on_main(self._listening.come_back, AwayChanged(False))
        self._flow.look_again()

    def _rest(self, source: Source) -> None:
        """The microphone is closed while nobody is there; not before the last words have been heard."""
        facts = self._flow.status.facts
        if isinstance(source, Microphone):
            source.rest(facts.is_away and not facts.listening)

    def _later_on_main(self, do: Callable[[], None], event: Event) -> None:
        def run() -> None:
            do()
            self._flow.emit(event)

        self._loop.call(run).add_done_callback(log_failure)

    def _obey(self, control: Control) -> None:
        if control is Control.QUIT:
            self._loop.leave()
        else:
            self._listening.obey(control)

    def _on_signal(self, number: int) -> None:
        if number == signal.SIGHUP:
            self.ask(Control.RELOAD)
        elif number == signal.SIGCONT:
            self._control.resume()
        else:
            self._loop.leave()

    # ── reload ────────────────────────────────────────────────────────────────────────────────────

    def _prepare(self) -> Changes:
        """Called on the reloader's thread."""
        self._notifier.reloading()
        try:
            settings = self._reload_settings()
            return plan(self._settings, settings, self._engine.model, self._emit, self._open_typist, self._backend)
        finally:
            self._notifier.ready()

    def _apply(self, changes: Changes) -> None:
        settings, keys = changes.settings, changes.keys
        if changes.needs_hotkeys:
            self._close_hotkeys()  # first: a key that is grabbed cannot be grabbed again
            self._open_hotkeys(settings)
        self._settings = settings
        self._flow.profile.profiles = changes.profiles
        self._other_model.forget()
        self._listening.change_rules(Rules.from_settings(settings.hotkeys))
        self._engine.replace(
            changes.engine, lambda: engine_from(settings, tell=self._emit), settings.engine.unload_after_minutes
        )
        self._flow.apply(settings, self._engine)
        self.learning.apply(settings)
        self._look_at_profiles()
        self._cards.consider(settings.engine, self._engine)
        if changes.needs_typist:
            self._later.append(lambda: self._replace_typist(changes))
        if changes.needs_source:
            self._later.append(lambda: self._replace_source(microphone_from(settings)))
        if any(key.startswith("indicator.") for key in keys):
            self._indicator.stop()
            self._show()
        else:
            self._indicator.hurry()
        if "mode" in keys:
            self._listening.change_mode(settings.mode)
        if "log.level" in keys:
            logging.getLogger().setLevel(settings.log.level.upper())
        chosen = "" if changes.engine is None else f"the model, which is {changes.engine.model.name} now"
        what = ", ".join(sorted(keys)) or chosen or "nothing"
        late = f" ({', '.join(sorted(keys & LATE))}: from the next start on)" if keys & LATE else ""
        self._bus.refresh()
        say(f"settings applied; changed: {what}{late}")

    def _replace_source(self, source: Source) -> None:
        self._rest(source)
        self._flow.replace_source(source)

    def _replace_typist(self, changes: Changes) -> None:
        if changes.typist is not None:
            self._typist, self._backend = changes.typist, changes.backend
            self.learning.listen(changes.typist)
            self._indicator.stop()
            self._show()
        mirror = changes.typist and mirror_from(changes.typist)
        self._flow.replace_typist(changes.typist, mirror, changes.settings)

    # ── what happens inside ───────────────────────────────────────────────────────────────────────

    def _emit(self, event: Event) -> None:
        """For what is made before the flow, and tells something only when that is there."""
        self._flow.emit(event)

    def _patience(self) -> float | None:
        """Seconds until `_catch_up` has something to do if nothing happens before; None for ever."""
        times = (self._listening.patience(), self._indicator.patience())
        return min((seconds for seconds in times if seconds is not None), default=None)

    def _catch_up(self) -> None:
        """After each round: what lasted too long, who left, and what waited until nobody speaks."""
        self._listening.look()
        self._rest(self._flow.source)
        self._indicator.look()
        while self._later and not self._flow.status.facts.unfinished:
            try:
                self._later.pop(0)()
            except SaysoError as error:
                self._flow.emit(Problem(ProblemName.CONFIG_INVALID, str(error)))

    def _watch(self, event: Event) -> None:
        """Called on the stages' threads."""
        match event:
            case ListeningChanged(listening):
                self._absence.attend(listening)
                self._loop.wake()
            case UtteranceStarted() | UtteranceFinished():
                self._listening.heard()
            case StateChanged() | UtteranceDelivered() | UtteranceDropped() | UtteranceFailed() | UtteranceHeld():
                self._loop.wake()  # for what waits until nothing is unfinished
            case _:
                pass
        self._bus.watch(event)
