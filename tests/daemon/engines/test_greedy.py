"""The greedy loop and the way through an attention matrix, on networks made up for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sayso.engines.dtw import monotonic_path
from sayso.engines.greedy import align, generate, log_softmax
from sayso.engines.vocabulary import Rules

TOKENS, END = 10, 7
RULES = Rules(start=8, end=END, no_speech=9, no_timestamps=8, never=(3,), not_first=(END,))


class Script:
    """A decoder that likes what stands in a script best, one row of logits for each token it has read.

    Args:
        rows: shape (tokens read, vocabulary).
        attention: shape (heads, tokens read, positions).

    """

    def __init__(self, rows: NDArray[np.float32], attention: NDArray[np.float32] | None = None) -> None:
        self.rows = rows
        self.attention = np.ones((1, len(rows), 4), dtype=np.float32) / 4 if attention is None else attention
        self.read_tokens: list[int] = []

    def read(
        self, tokens: Sequence[int], wanted: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        at = len(self.read_tokens)
        self.read_tokens += tokens
        rows = self.rows[at : at + len(tokens)]
        return rows[list(wanted)], self.attention[:, at : at + len(tokens)]


def liking(*tokens: int) -> NDArray[np.float32]:
    """Rows that like these tokens best, one after the other."""
    rows = np.zeros((len(tokens), TOKENS), dtype=np.float32)
    rows[np.arange(len(tokens)), list(tokens)] = 5.0
    return rows


def test_the_likeliest_token_is_written_until_the_end_comes() -> None:
    decoder = Script(liking(0, 1, 2, 2, END))
    generated = generate(decoder, [8, 8], 10, RULES)
    assert list(generated.tokens) == [1, 2, 2]
    assert decoder.read_tokens == [8, 8, 1, 2, 2]
    assert -0.1 < generated.mean_log_probability < 0.0


def test_no_more_is_written_than_was_asked_for() -> None:
    assert list(generate(Script(liking(0, 1, 1, 1, 1)), [8, 8], 3, RULES).tokens) == [1, 1, 1]


def test_marks_are_never_written_and_the_end_not_at_first() -> None:
    rows = liking(0, END, 3, END)
    rows[1, 4] = rows[2, 5] = 1.0  # the second best
    assert list(generate(Script(rows), [8, 8], 10, RULES).tokens) == [4, 5]


def test_whether_nobody_spoke_is_what_the_model_says_to_the_start() -> None:
    silent, spoken = liking(9, 1, END), liking(0, 1, END)
    assert (generate(Script(silent), [8, 8], 5, RULES).no_speech_probability or 0.0) > 0.9
    assert (generate(Script(spoken), [8, 8], 5, RULES).no_speech_probability or 0.0) < 0.1


def test_a_text_is_aligned_to_where_each_of_its_tokens_was_heard() -> None:
    heard = np.full((2, 5, 120), 0.001, dtype=np.float32)
    for row, positions in enumerate([(0, 20), (0, 20), (20, 50), (50, 90), (90, 120)]):
        heard[:, row, slice(*positions)] = 1.0
    decoder = Script(liking(0, 1, 2, 3, 4), heard)
    alignment = align(decoder, [8], [1, 2, 3], 240, RULES)
    assert decoder.read_tokens == [8, 8, 1, 2, 3]
    first_of = {int(token): int(at) for token, at in reversed(alignment.path)}
    assert first_of == {
        0: 0,
        1: pytest.approx(20, abs=3),
        2: pytest.approx(50, abs=3),
        3: pytest.approx(90, abs=3),
    }
    assert all(p > 0.9 for p in alignment.probabilities)


@given(st.integers(1, 12), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_a_way_begins_and_ends_in_the_corners_goes_back_nowhere_and_no_other_is_cheaper(
    rows: int, columns: int, seed: int
) -> None:
    cost = np.random.default_rng(seed).standard_normal((rows, columns)).astype(np.float32)
    path = monotonic_path(cost)
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [rows - 1, columns - 1]
    steps = np.diff(path, axis=0)
    assert ((steps >= 0) & (steps <= 1)).all()
    assert steps.any(axis=1).all()
    assert float(cost[path[:, 0], path[:, 1]].sum()) == pytest.approx(_cheapest(cost), abs=1e-3)


def _cheapest(cost: NDArray[np.float32]) -> float:
    """By the definition, one cell after the other."""
    total = np.full(np.add(cost.shape, 1), np.inf)
    total[0, 0] = 0.0
    for i, j in np.ndindex(cost.shape):
        total[i + 1, j + 1] = cost[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return float(total[-1, -1])


@given(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=20))
def test_probabilities_sum_to_one(logits: list[float]) -> None:
    assert np.exp(log_softmax(np.array(logits, dtype=np.float32))).sum() == pytest.approx(1.0, abs=1e-4)
