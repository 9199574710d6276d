"""How the service stands, for whoever asks over the bus."""

from __future__ import annotations

import os

from sayso import __version__
from sayso.audio import SAMPLE_RATE_HZ
from sayso.bus import Snapshot
from sayso.capture.loudness import SILENCE_DBFS, level_dbfs
from sayso.config import Settings
from sayso.engines.resident import ResidentEngine
from sayso.flow import Flow
from sayso.hotkeys import Hotkeys
from sayso.learning import Learning
from sayso.typist import Typist

LEVEL_SAMPLES = SAMPLE_RATE_HZ // 10  # how much of the newest audio the level is of: 100 ms


def take(
    flow: Flow,
    settings: Settings,
    engine: ResidentEngine,
    microphone: str,
    typist: Typist,
    hotkeys: Hotkeys | None,
    learning: Learning,
) -> Snapshot:
    """How things are now. Any thread; returns at once."""
    facts, ring = flow.status.facts, flow.stages.ring
    newest = ring.read(max(0, ring.written - LEVEL_SAMPLES), ring.written)
    is_unheard = facts.is_away and not facts.listening  # how loud the room is then is nobody's business
    return Snapshot(
        state=facts.state,
        mode=settings.mode.value,
        engine=settings.engine.name,
        model=engine.model.name,
        draft_model="" if engine.draft is None else engine.draft.name,
        device=engine.device,
        model_state=engine.presence.value,
        pace=facts.rung.value,
        version=__version__,
        microphone=microphone,
        typist=typist.describe(),
        hotkeys=hotkeys.describe() if hotkeys is not None else {},
        problems={name.value: message for name, message in facts.problems.items()},
        held=len(facts.held),
        pid=os.getpid(),
        level_dbfs=SILENCE_DBFS if is_unheard else level_dbfs(newest),
        learning=learning.standing,
        teach=learning.teach,
        recovered=learning.recovered,
    )
