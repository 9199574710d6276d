"""The way through an attention matrix: dynamic time warping (openai/whisper, `timing.py`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MEDIAN_WIDTH = 7


def smoothed(attention: NDArray[np.float32]) -> NDArray[np.float32]:
    """Attention of several heads as one: normalised over the tokens, spikes taken out, the mean of the heads.

    Args:
        attention: shape (heads, tokens, positions).

    Returns:
        Shape (tokens, positions).

    """
    spread = attention.std(axis=1, keepdims=True)
    normal = (attention - attention.mean(axis=1, keepdims=True)) / np.maximum(spread, np.finfo(np.float32).tiny)
    out: NDArray[np.float32] = _median(normal).mean(axis=0)
    return out


def _median(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median of each position and its neighbours, mirrored at the ends."""
    half = MEDIAN_WIDTH // 2
    if values.shape[-1] <= half:
        return values
    padded = np.pad(values, ((0, 0), (0, 0), (half, half)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, MEDIAN_WIDTH, axis=-1)
    out: NDArray[np.float32] = np.partition(windows, half, axis=-1)[..., half]
    return out


def monotonic_path(cost: NDArray[np.float32]) -> NDArray[np.int64]:
    """The cheapest way from the first token and position to the last ones, backwards in neither.

    Costs are summed along anti-diagonals, so that numpy does the inner loop.

    Args:
        cost: shape (tokens, positions), neither of them 0.

    Returns:
        Pairs of token and position, shape (n, 2), in order.

    """
    rows, columns = cost.shape
    total = np.full((rows + 1, columns + 1), np.inf, dtype=np.float64)
    total[0, 0] = 0.0
    step = np.zeros((rows + 1, columns + 1), dtype=np.int8)  # 0 both, 1 the next token, 2 the next position
    for diagonal in range(2, rows + columns + 1):
        i = np.arange(max(1, diagonal - columns), min(rows, diagonal - 1) + 1)
        j = diagonal - i
        ways = np.stack((total[i - 1, j - 1], total[i - 1, j], total[i, j - 1]))
        # On a tie OpenAI's goes on to the next position.
        best = np.where(
            (ways[0] < ways[1]) & (ways[0] < ways[2]), 0, np.where((ways[1] < ways[0]) & (ways[1] < ways[2]), 1, 2)
        )
        step[i, j] = best
        total[i, j] = cost[i - 1, j - 1] + np.take_along_axis(ways, best[None], axis=0)[0]
    step[0, :], step[:, 0] = 2, 1
    path = []
    i, j = rows, columns
    while i > 0 or j > 0:
        path.append((i - 1, j - 1))
        match step[i, j]:
            case 0:
                i, j = i - 1, j - 1
            case 1:
                i -= 1
            case _:
                j -= 1
    return np.array(path[::-1], dtype=np.int64)
