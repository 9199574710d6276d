"""A picture of what trials gave: one bar for each, speed, waiting time and memory beside each other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from sayso.errors import EngineError, StorageError
from sayso.trials import Outcome, Trial

PANELS: Final[tuple[tuple[str, Callable[[Outcome], float]], ...]] = (
    ("seconds of computing\nfor a second of speech", lambda outcome: outcome.real_time_factor),
    ("seconds for a decode of 5 s,\nwhile one is speaking", lambda outcome: outcome.partial_seconds),
    ("memory of the process, MB", lambda outcome: outcome.peak_rss_mb),
    ("words in error\non the sample, %", lambda outcome: outcome.wer_percent),
)


def draw(results: Sequence[tuple[Trial, Outcome]], path: Path) -> None:
    """Draw the trials that worked.

    Raises:
        EngineError: matplotlib is missing; names the extra.
        StorageError: the file cannot be written.

    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise EngineError(f"the picture needs matplotlib ({error}); run: pip install 'sayso[picture]'") from error
    worked = [(trial, outcome) for trial, outcome in reversed(results) if not outcome.problem]
    names = [
        f"{trial.model}  {trial.engine} {outcome.compute_type} on {outcome.device}" for trial, outcome in worked
    ]
    figure = Figure(figsize=(14, 1.6 + 0.34 * len(worked)), layout="constrained")
    panels = figure.subplots(1, len(PANELS), sharey=True)
    colours = {
        model: f"C{n}" for n, model in enumerate(dict.fromkeys(trial.model for trial, _ in reversed(worked)))
    }
    for panel, (title, figure_of) in zip(panels, PANELS, strict=True):
        values = [figure_of(outcome) for _, outcome in worked]
        bars = panel.barh(range(len(worked)), values, color=[colours[trial.model] for trial, _ in worked])
        panel.bar_label(
            bars, [f"{value:.3g}" if value < 1000 else f"{value:.0f}" for value in values], padding=3, fontsize=8
        )
        panel.set_title(title, fontsize=10)
        panel.set_yticks(range(len(worked)), names, fontsize=9)
        panel.margins(x=0.2)
        panel.spines[["top", "right"]].set_visible(False)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as scratch:
            drawn = Path(scratch) / path.name
            figure.savefig(drawn, dpi=110, format="png")
            drawn.replace(path)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror or error}; choose another --picture"
        ) from error
