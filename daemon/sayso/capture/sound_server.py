"""The edge to the sound server, PulseAudio or PipeWire's pulse server. The only module that
imports pulsectl, but for `sayso.doctor.mixer`.

A thread of its own owns the connection: it waits in libpulse's loop, reads the whole state after each event
and hands it on. Nothing is polled while the server runs.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from sayso.capture.bluetooth import Bluetooth, Profile, bluetooth_of, is_bluetooth
from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.remedy import Fix, SetStreamVolume, SetVolume, Unmute, UnmuteStream
from sayso.capture.verdict import next_backoff

if TYPE_CHECKING:
    from types import ModuleType

OnEvent = Callable[[int], None]
"""Takes the number of a routing event, at once and before it is understood."""
OnState = Callable[[ServerState | None], None]
"""Takes the state read after events; None when there is no server."""

NO_MONITOR = 0xFFFFFFFF  # PA_INVALID_INDEX: this source is the monitor of no sink
# Ending takes milliseconds, unless a server accepts our connection and never answers. pulsectl's own time-out
# is no help: connecting with one takes all of it even where the server answers in 1 ms (24.12).
STOP_SECONDS = 2.0
WAKE_AGAIN_SECONDS = 0.05


class SoundServer(Protocol):
    """What capture needs of the sound server."""

    def watch(self, on_event: OnEvent, on_state: OnState) -> None:
        """Report the present state soon and every change from now on, from a thread of the server's own."""

    def stop(self) -> None:
        """End reporting."""

    def mend(self, fix: Fix) -> bool:
        """Change how a source or our stream is set; False where it, or the server, is gone. Any thread."""


def load_sound_server() -> PulseSoundServer | None:
    """Import pulsectl; None where it or libpulse is missing, so that moves of the stream go unseen."""
    try:
        import pulsectl  # noqa: PLC0415  # loads libpulse, which a machine without a sound server lacks
    except (ImportError, OSError):
        return None
    return PulseSoundServer(pulsectl)


class PulseSoundServer:
    """PulseAudio's protocol through pulsectl.

    Args:
        pulsectl: the module.
        process_id: whose streams are ours, as the server knows it.

    """

    def __init__(self, pulsectl: ModuleType, process_id: int | None = None) -> None:
        self._pulsectl = pulsectl
        # What pulsectl raises without a server: three unrelated types, one of them without a public name
        self._gone = (pulsectl.PulseError, pulsectl.PulseDisconnected, pulsectl._pulsectl.LibPulse.CallError)
        self._process_id = str(os.getpid() if process_id is None else process_id)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._listening: Any = None  # the client while its loop may be woken
        self._lock = threading.Lock()  # guards _listening against being freed while it is woken
        self._events = 0
        self._unread = False

    def read_once(self) -> ServerState | None:
        """Connect, read the state and leave; None without a server."""
        try:
            with self._pulsectl.Pulse("sayso", connect=False) as client:
                client.connect(autospawn=False)
                return self._read(client)
        except self._gone:
            return None

    def watch(self, on_event: OnEvent, on_state: OnState) -> None:
        """Start the thread; see `SoundServer`."""
        self._stopping.clear()
        self._thread = threading.Thread(
            target=self._run, args=(on_event, on_state), name="sayso-sound-server", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End the thread; blocks for milliseconds, at most STOP_SECONDS."""
        self._stopping.set()
        thread = self._thread
        for _ in range(round(STOP_SECONDS / WAKE_AGAIN_SECONDS)):
            if thread is None or not thread.is_alive():
                break
            # libpulse's loop can only be woken while it runs, and pulsectl cannot tell: hence again and again
            with self._lock:
                if self._listening is not None:
                    self._listening.event_listen_stop()
            thread.join(WAKE_AGAIN_SECONDS)
        self._thread = None

    def mend(self, fix: Fix) -> bool:
        """Connect, change it and leave; blocks for milliseconds, or for ever where the server hangs."""
        try:
            with self._pulsectl.Pulse("sayso", connect=False) as client:
                client.connect(autospawn=False)
                return _mend(client, fix)
        except self._gone:
            return False

    def _run(self, on_event: OnEvent, on_state: OnState) -> None:
        """Thread `sayso-sound-server`: may block, in libpulse's loop or between two attempts to connect."""
        backoff = 0.0
        absent = False
        while not self._stopping.is_set():
            client = self._pulsectl.Pulse("sayso", connect=False)
            try:
                # autospawn would start a server that the person may have stopped on purpose
                client.connect(autospawn=False)
                backoff, absent = 0.0, False
                self._listen(client, on_event, on_state)
            except self._gone:
                pass  # there is no server, or it has just gone: told below, and tried again
            finally:
                with self._lock:
                    self._listening = None
                    client.close()
            if not absent and not self._stopping.is_set():
                on_state(None)
                absent = True
            backoff = next_backoff(backoff)
            self._stopping.wait(backoff)

    def _listen(self, client: Any, on_event: OnEvent, on_state: OnState) -> None:
        def note(event: Any) -> None:
            self._unread = True
            # Only these can put another source under our stream; a volume slider must not hold the audio back
            if event.facility == "source_output" or (event.facility == "source" and event.t == "remove"):
                self._events += 1
                on_event(self._events)
            raise self._pulsectl.PulseLoopStop

        client.event_callback_set(note)
        client.event_mask_set("source", "source_output", "server")
        with self._lock:
            self._listening = client
        self._unread = True
        while not self._stopping.is_set():
            if self._unread:  # events may arrive while the state is read: then it is read again
                self._unread = False
                on_state(self._read(client))
            else:
                client.event_listen()

    def _read(self, client: Any) -> ServerState:
        """Read everything, in three round trips (1 ms); a fourth where there is Bluetooth."""
        serial = self._events
        server = client.server_info()
        sources = client.source_list()
        streams = client.source_output_list()
        cards = client.card_list() if any(is_bluetooth(each.name, each.proplist) for each in sources) else []
        by_index = {source.index: source for source in sources}
        ours = next((stream for stream in streams if self._is_ours(stream)), None)
        source = by_index.get(ours.source) if ours is not None else None
        return ServerState(
            default_source=server.default_source_name or "",
            sources=tuple(_source(each, cards) for each in sources),
            recorded=source.name if source is not None else None,
            is_muted=ours is not None and bool(ours.mute or (source is not None and source.mute)),
            stream=ours.index if ours is not None else None,
            stream_volume_percent=_percent(ours.volume) if ours is not None else None,
            serial=serial,
        )

    def _is_ours(self, stream: Any) -> bool:
        return bool(stream.proplist.get("application.process.id") == self._process_id)


def _source(each: Any, cards: list[Any]) -> SoundSource:
    return SoundSource(
        name=each.name,
        description=each.description,
        is_monitor=each.monitor_of_sink != NO_MONITOR,
        is_suspended=each.state == "suspended",
        is_running=each.state == "running",
        is_unplugged=each.port_active is not None and each.port_active.available == "no",
        is_muted=bool(each.mute),
        volume_percent=_percent(each.volume),
        bluetooth=_bluetooth(each, cards) if is_bluetooth(each.name, each.proplist) else None,
    )


def _percent(volume: Any) -> int:
    return round(100 * float(volume.value_flat))


def _bluetooth(each: Any, cards: list[Any]) -> Bluetooth:
    card = next((card for card in cards if card.index == each.card), None)
    if card is None:
        return bluetooth_of(each.proplist, each.sample_spec.rate)
    profiles = {one.name: _profile(one) for one in card.profile_list}
    active = profiles.get(card.profile_active.name) if card.profile_active is not None else None
    return bluetooth_of(each.proplist, each.sample_spec.rate, card.name, active, tuple(profiles.values()))


def _profile(one: Any) -> Profile:
    return Profile(one.name, one.description, bool(one.n_sources), bool(one.available))


def _mend(client: Any, fix: Fix) -> bool:
    match fix:
        case Unmute(source) | SetVolume(source, _):
            found = next((each for each in client.source_list() if each.name == source), None)
        case UnmuteStream(stream) | SetStreamVolume(stream, _):
            found = next((each for each in client.source_output_list() if each.index == stream), None)
    if found is None:
        return False
    match fix:
        case Unmute() | UnmuteStream():
            client.mute(found, mute=False)
        case SetVolume(_, percent) | SetStreamVolume(_, percent):
            client.volume_set_all_chans(found, percent / 100)
    return True
