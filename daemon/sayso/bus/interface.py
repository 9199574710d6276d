"""The D-Bus interface as other programs see it. Everything here runs on the bus thread.

Annotations are evaluated here, not postponed: dbus-fast 5.2 stumbles over the string "None".
"""

import asyncio
import concurrent.futures
import contextlib
import dataclasses
import logging
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

from dbus_fast import ArgDirection, DBusError, DBusFastError, ErrorType, PropertyAccess, Variant
from dbus_fast import introspection as intr
from dbus_fast.annotations import DBusBool, DBusDict, DBusDouble, DBusSignature, DBusStr, DBusUInt32, DBusUInt64
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

from sayso.bus import NAME, ServiceHandle
from sayso.bus.callers import CALLER
from sayso.bus.listening import ListeningFollower
from sayso.bus.order import Lineage, Order
from sayso.bus.signals import SIGNALS, fit
from sayso.control import Control
from sayso.errors import SaysoError
from sayso.journal import Decision
from sayso.journal.forgetting import What

log = logging.getLogger(__name__)

ERRORS = "org.sayso.Error."
NOT_YET = f"{ERRORS}NotYet"
BUSY = f"{ERRORS}Busy"
LEAVING = f"{ERRORS}Leaving"

OBEY_SECONDS = 20.0  # a reload may load a model, and goes on after that; callers give up after 25 s by themselves
CALLER_SECONDS = 0.2  # until it is known who calls, which takes 0.5 ms
EFFECT_SECONDS = 1.0  # until listening has begun or ended: the pipeline takes milliseconds
WAITING_AT_MOST = 64  # calls that wait to be obeyed

EFFECTS = {Control.START: True, Control.STOP: False, Control.CANCEL: False}
"""Whether the service listens afterwards."""

FROM_KEYS = {*EFFECTS, Control.TOGGLE}
"""What desktops bind to keys, so that it matters who calls; of two toggles it does not matter which was first."""

EMITS_CHANGED_SIGNAL = {"Version": "const", "Level": "false"}
"""Properties whose changes are not told, because there are none or too many."""

STATUS_TYPES = {
    **{"hotkeys": "a{ss}", "problems": "a{ss}", "level_dbfs": "d"},
    **dict.fromkeys(("held", "pid", "recovered"), "u"),
}
"""D-Bus types of what `GetStatus` tells; whatever is not here is a string."""

Status = Annotated[dict[str, Variant], DBusSignature("a{sv}")]


class DictationInterface(ServiceInterface):
    """`org.sayso.Dictation1`.

    Args:
        service: asked on the bus thread.

    Attributes:
        listening: told by whoever reads the service's events.

    """

    def __init__(self, service: ServiceHandle) -> None:
        super().__init__(NAME)
        self._service = service
        self._loop = asyncio.get_running_loop()
        self._waiting: set[asyncio.Event] = set()
        self._turn = asyncio.Lock()  # first come, first served
        self._order = Order()
        self._leaving = False
        self.listening = ListeningFollower()

    def introspect(self) -> intr.Interface:
        """Describe the interface; dbus-fast has no place for the signals' argument names and for annotations."""
        described = super().introspect()
        described.signals = [
            intr.Signal(member, [intr.Arg(kind, ArgDirection.OUT, name) for name, kind in arguments])
            for member, arguments in SIGNALS.items()
        ]
        for one in described.properties:
            told = EMITS_CHANGED_SIGNAL.get(one.name, "true")
            one.annotations["org.freedesktop.DBus.Property.EmitsChangedSignal"] = told
        return described

    async def leave(self) -> None:
        """Answer everybody who still waits: nobody obeys any more, and who was obeyed has waited long enough."""
        self._leaving = True
        for awaited in self._waiting:
            awaited.set()
        async with self._turn:  # after those who wait for theirs
            pass
        while self._waiting:
            await asyncio.sleep(0)
        for _ in range(2):  # rounds of the loop from the end of a call to its answer
            await asyncio.sleep(0)

    # ── methods ───────────────────────────────────────────────────────────────────────────────────

    @dbus_method(name="Start")
    async def start(self) -> None:
        """Begin to listen."""
        await self._ask(Control.START)

    @dbus_method(name="Stop")
    async def stop(self) -> None:
        """Finish what is being said, and listen no more."""
        await self._ask(Control.STOP)

    @dbus_method(name="Toggle")
    async def toggle(self) -> None:
        """Start or stop."""
        await self._ask(Control.TOGGLE)

    @dbus_method(name="Cancel")
    async def cancel(self) -> None:
        """Forget what is being said, still being recognised, or waiting for its window.

        Hands-free listens on; otherwise listen no more.
        """
        await self._ask(Control.CANCEL)

    @dbus_method(name="Undo")
    async def undo(self) -> None:
        """Take back as many characters before the cursor as were typed last."""
        await self._ask(Control.UNDO)

    @dbus_method(name="TypeHere")
    async def type_here(self) -> None:
        """Type what waits for its window into the one that has the focus."""
        await self._ask(Control.HERE)

    @dbus_method(name="GoBack")
    async def go_back(self) -> None:
        """Give the focus back to the window for which text waits."""
        await self._ask(Control.BACK)

    @dbus_method(name="Copy")
    async def copy(self) -> None:
        """Put what waits for its window into the clipboard."""
        await self._ask(Control.COPY)

    @dbus_method(name="Reload")
    async def reload(self) -> None:
        """Apply the settings anew."""
        await self._ask(Control.RELOAD)

    @dbus_method(name="GetStatus")
    def get_status(self) -> Status:
        """Tell how things stand; never contains dictated text."""
        told = dataclasses.asdict(self._service.snapshot())
        return {key: _variant(STATUS_TYPES.get(key, "s"), value) for key, value in told.items()}

    @dbus_method(name="StartNote")
    def start_note(self) -> None:
        """Not there yet."""
        _not_yet("notes; for a recording use: sayso transcribe FILE")

    @dbus_method(name="StopNote")
    def stop_note(self) -> DBusStr:
        """Not there yet."""
        _not_yet("notes; for a recording use: sayso transcribe FILE")

    @dbus_method(name="Correct")
    async def correct(self, utterance: DBusUInt64, text: DBusStr) -> None:
        """Learn that an utterance was to be this."""
        await self._have(lambda: self._service.learning.correct(utterance, text))

    @dbus_method(name="Edited")
    async def edited(self, utterance: DBusUInt64, text: DBusStr, plugin: DBusStr) -> None:
        """Take what an utterance's text has become in an editor; answered before it is judged."""
        await self._have(lambda: self._service.learning.edited(utterance, text, plugin))

    @dbus_method(name="Decide")
    async def decide(self, correction: DBusUInt64, decision: DBusStr) -> None:
        """Accept or reject a correction (`sayso review`)."""
        if decision not in (Decision.ACCEPTED, Decision.REJECTED):
            raise DBusError(ErrorType.INVALID_ARGS, f"a decision is {Decision.ACCEPTED} or {Decision.REJECTED}")
        await self._have(lambda: self._service.learning.decide(correction, Decision(decision)))

    @dbus_method(name="LearnThis")
    async def learn_this(self) -> None:
        """Learn from the selection, or the line that the cursor is in."""
        await self._ask(Control.LEARN)

    @dbus_method(name="SetLearning")
    async def set_learning(self, on: DBusBool) -> None:
        """Answer whether what is dictated and corrected may be kept, to learn from it."""
        await self._have(lambda: self._service.learning.give_consent(on))

    @dbus_method(name="CopyRecovered")
    async def copy_recovered(self) -> None:
        """Put the dictations that an earlier run could not end into the clipboard."""
        await self._have(self._service.learning.copy_recovered)

    @dbus_method(name="Forget")
    async def forget(
        self, seconds: DBusDouble, utterance: DBusUInt64, application: DBusStr, everything: DBusBool
    ) -> DBusUInt32:
        """Let go of what waits in memory, of dictations that are over; answered with how many there were."""
        what = What(seconds or None, utterance or None, application or None, everything)
        return int(await self._have(lambda: self._service.learning.forget(what)))

    @dbus_method(name="JournalChanged")
    async def journal_changed(self) -> None:
        """Another process has changed what is kept: words and rules are read again; answered when they are."""
        await self._have(self._service.learning.journal_changed)

    @dbus_method(name="TranscribeFile")
    def transcribe_file(self, path: DBusStr, options: DBusDict) -> DBusUInt64:
        """Not there yet."""
        _not_yet("files over D-Bus; use: sayso transcribe FILE")

    # ── properties ────────────────────────────────────────────────────────────────────────────────

    @dbus_property(access=PropertyAccess.READ, name="State")
    def state(self) -> DBusStr:
        """What the service does."""
        return self._service.snapshot().state.value

    @dbus_property(access=PropertyAccess.READ, name="Engine")
    def engine(self) -> DBusStr:
        """Name of the engine."""
        return fit(self._service.snapshot().engine)

    @dbus_property(access=PropertyAccess.READ, name="Model")
    def model(self) -> DBusStr:
        """Name of the model."""
        return fit(self._service.snapshot().model)

    @dbus_property(access=PropertyAccess.READ, name="Device")
    def device(self) -> DBusStr:
        """What the model runs on."""
        return fit(self._service.snapshot().device)

    @dbus_property(access=PropertyAccess.READ, name="Version")
    def version(self) -> DBusStr:
        """Version of sayso."""
        return self._service.snapshot().version

    @dbus_property(access=PropertyAccess.READ, name="Learning")
    def learning(self) -> DBusStr:
        """Whether what is dictated and corrected is kept."""
        return self._service.snapshot().learning

    @dbus_property(access=PropertyAccess.READ, name="Teach")
    def teach(self) -> DBusStr:
        """Whether what is changed where the focus is teaches anything."""
        return self._service.snapshot().teach

    @dbus_property(access=PropertyAccess.READ, name="Level")
    def level(self) -> DBusDouble:
        """Loudness of the last 100 ms, in dBFS."""
        return self._service.snapshot().level_dbfs

    # ── waiting for the service ───────────────────────────────────────────────────────────────────

    async def _ask(self, control: Control) -> None:
        """Have the service obey, so that who asks next sees the effect; what was overtaken is only answered."""
        async with self._turn:  # the service is asked in the order of arrival, whatever has to be found out first
            caller = await self._caller() if control in FROM_KEYS and not self._leaving else ()
            if self._leaving:
                raise DBusError(LEAVING, "sayso is leaving")
            if len(self._waiting) >= WAITING_AT_MOST:
                raise DBusError(BUSY, f"{WAITING_AT_MOST} calls already wait for sayso; try again later")
            if not self._order.admits(control, caller):
                log.debug("%s was overtaken by a later command", control)
                return
            obeyed = self._service.ask(control)
        effect = not self.listening.soon if control is Control.TOGGLE else EFFECTS.get(control)
        with self.listening.expected(effect) as reached:
            await self._obeyed(obeyed)
            if not self._leaving:
                with contextlib.suppress(TimeoutError):
                    await self._wait(reached, EFFECT_SECONDS)

    async def _have(self, begin: Callable[[], concurrent.futures.Future[Any]]) -> Any:
        """Have something done that has no order among the commands; what came of it."""
        if self._leaving:
            raise DBusError(LEAVING, "sayso is leaving")
        if len(self._waiting) >= WAITING_AT_MOST:
            raise DBusError(BUSY, f"{WAITING_AT_MOST} calls already wait for sayso; try again later")
        future = begin()
        await self._obeyed(future)
        return future.result()

    async def _caller(self) -> Lineage:
        """From whom the call stems; nobody where the bus does not tell in time."""
        asking = asyncio.ensure_future(CALLER.get()())
        told = asyncio.Event()
        asking.add_done_callback(lambda _: told.set())
        try:
            await self._wait(told, CALLER_SECONDS)
            return asking.result() if asking.done() else ()
        except (TimeoutError, DBusFastError, OSError, EOFError):
            return ()
        finally:
            asking.cancel()

    async def _obeyed(self, future: concurrent.futures.Future[Any]) -> None:
        # Not asyncio.wrap_future: its time-out would cancel the future, which the main thread is about to set.
        done = asyncio.Event()

        def tell(_: concurrent.futures.Future[Any]) -> None:
            with contextlib.suppress(RuntimeError):  # the bus thread has left
                self._loop.call_soon_threadsafe(done.set)

        future.add_done_callback(tell)
        try:
            await self._wait(done, OBEY_SECONDS)
        except TimeoutError:
            message = (
                f"sayso has not obeyed within {OBEY_SECONDS:g} s; a reload goes on, otherwise see `sayso status`, "
                "or restart the service"
            )
            raise DBusError(BUSY, message) from None
        if not future.done() or future.cancelled():
            raise DBusError(LEAVING, "sayso is leaving")
        error = future.exception()
        if isinstance(error, SaysoError):
            raise DBusError(error_name(error), fit(str(error)))
        if error is not None:
            raise error

    async def _wait(self, awaited: asyncio.Event, seconds: float) -> None:
        """Wait for an event, which `leave` sets too."""
        self._waiting.add(awaited)
        try:
            await asyncio.wait_for(awaited.wait(), seconds)
        finally:
            self._waiting.discard(awaited)


def error_name(error: SaysoError) -> str:
    """What the bus calls an error: `ConfigError` is `org.sayso.Error.Config`."""
    return f"{ERRORS}{type(error).__name__.removesuffix('Error')}"


def _not_yet(what: str) -> NoReturn:
    raise DBusError(NOT_YET, f"not there yet: {what}")


def _variant(kind: str, value: object) -> Variant:
    match value:
        case str():
            return Variant(kind, fit(value))
        case dict():
            return Variant(kind, {fit(key): fit(text) for key, text in value.items()})
        case _:
            return Variant(kind, value)
