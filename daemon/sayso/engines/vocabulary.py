"""A model's vocabulary: its tokenizers, the tokens with a meaning of their own, its mel filters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.errors import ModelError
from sayso.models import Model


class Vocabulary:
    """What has to be known of a model to prepare its input and to read its output.

    Args:
        model: its folder holds `tokenizer.json` and `config.json`.
        tokenizer: of the `tokenizers` package, where it has been loaded already.

    Raises:
        ModelError: they cannot be read.

    """

    def __init__(self, model: Model, tokenizer: Any = None) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415  # only processes that decode pay for it

        self._model = model
        try:
            self._tokenizer = tokenizer or Tokenizer.from_file(str(model.folder / "tokenizer.json"))
            self._config = json.loads((model.folder / "config.json").read_text(encoding="utf-8"))
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(
                f"model {model.name!r} in {model.folder} does not load: {error}; "
                f"check it with: sayso models verify {model.name}"
            ) from error
        self._of_language: dict[str, Any] = {}
        self.is_multilingual = model.manifest.languages != ("en",)

    def tokenizer(self, language: str) -> Any:
        """faster-whisper's tokenizer for a language, made once."""
        if language not in self._of_language:
            from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415  # only processes that decode pay for it

            self._of_language[language] = Tokenizer(
                self._tokenizer,
                self.is_multilingual,
                task="transcribe" if self.is_multilingual else None,
                language=language,
            )
        return self._of_language[language]

    @cached_property
    def mel_filters(self) -> NDArray[np.float32]:
        """The model's mel filter bank, shape (bins, 201)."""
        from faster_whisper.feature_extractor import FeatureExtractor  # noqa: PLC0415  # as above

        filters: NDArray[np.float32] = FeatureExtractor(feature_size=self._model.manifest.mel_bins).mel_filters
        return filters.astype(np.float32)

    @cached_property
    def rules(self) -> Rules:
        """Which tokens a decoder must leave alone."""
        any_language = self.tokenizer(self._model.manifest.languages[0])
        return Rules(
            start=any_language.sot,
            end=any_language.eot,
            no_speech=any_language.no_speech,
            no_timestamps=any_language.no_timestamps,
            never=tuple(self._config.get("suppress_ids") or ()),
            not_first=tuple(self._config.get("suppress_ids_begin") or ()),
        )

    @cached_property
    def language_tokens(self) -> dict[int, str]:
        """The token of each language that the model knows, and its Whisper code."""
        tokens = {code: self._tokenizer.token_to_id(f"<|{code}|>") for code in self._model.manifest.languages}
        return {token: code for code, token in tokens.items() if token is not None}

    def languages(self, logits: NDArray[np.float32]) -> dict[str, float]:
        """The probability of each language by the logits after `<|startoftranscript|>`."""
        tokens = list(self.language_tokens)
        among = logits[tokens] - logits[tokens].max()
        probabilities = np.exp(among) / np.exp(among).sum()
        return dict(zip(self.language_tokens.values(), probabilities.tolist(), strict=True))

    @property
    def alignment_heads(self) -> tuple[tuple[int, int], ...]:
        """Layer and head of the decoder whose attention follows the audio (openai/whisper, `_ALIGNMENT_HEADS`).

        Raises:
            ModelError: the model does not name them.

        """
        heads = self._config.get("alignment_heads")
        if not heads:
            raise ModelError(
                f"model {self._model.name!r} names no alignment_heads in its config.json; import it again"
            )
        return tuple((int(layer), int(head)) for layer, head in heads)


@dataclass(frozen=True, slots=True)
class Rules:
    """Tokens with a meaning of their own.

    Attributes:
        start: `<|startoftranscript|>`; what the model says to it tells whether anybody spoke.
        end: `<|endoftext|>`; all tokens before it are text.
        no_speech: `<|nospeech|>`.
        no_timestamps: `<|notimestamps|>`, the last of a start.
        never: marks of what is not speech.
        not_first: a space, and the end.

    """

    start: int
    end: int
    no_speech: int
    no_timestamps: int
    never: tuple[int, ...]
    not_first: tuple[int, ...]
