"""What lies beside the weights must fit them: a model that cannot be loaded is not let into the store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from sayso.errors import ModelError
from sayso.models.store import NEEDED_FILES
from sayso.weights.tensors import LEAST_VOCABULARY, Dimensions

END, START = "<|endoftext|>", "<|startoftranscript|>"
END_OF_ENGLISH: Final = 50256  # openai/whisper, `tokenizer.py`: GPT-2's; the multilingual vocabulary has one more
NUMBERS: Final = ("lang_ids", "suppress_ids", "suppress_ids_begin")


def require_companions(folder: Path, size: Dimensions, of: str) -> None:
    """Make sure that configuration and tokenizer are there and belong to weights of that size.

    Args:
        folder: that holds them.
        size: of the weights.
        of: what the folder was made of, for the error.

    Raises:
        ModelError: they are missing, damaged, or of another model.

    """
    missing = [name for name in NEEDED_FILES if not (folder / name).is_file()]
    if missing:
        raise ModelError(f"{of} lacks {', '.join(missing)}; take it from the model that this one was made of")
    wrong = _wrong_in_config(_read(folder / "config.json", of), size)
    if wrong:
        raise ModelError(f"config.json of {of} cannot be used: {wrong}; take it from where the weights came from")
    wrong = _wrong_in_tokenizer(folder / "tokenizer.json", size)
    if wrong:
        raise ModelError(
            f"tokenizer.json of {of} cannot be used: {wrong}; take it from where the weights came from"
        )


def _read(path: Path, of: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path.name} of {of} is damaged: {type(error).__name__}") from error


def _wrong_in_config(config: Any, size: Dimensions) -> str:
    if not isinstance(config, dict):
        return "it is not an object"
    for name in NUMBERS:
        numbers = config.get(name) or []
        if not isinstance(numbers, list) or not all(_is_below(number, size.vocabulary) for number in numbers):
            return f"{name} are no tokens"
    heads = config.get("alignment_heads") or []
    if not isinstance(heads, list) or not all(_is_head(head, size) for head in heads):
        return "alignment_heads are no heads of its decoder"
    return ""


def _is_below(number: object, limit: int) -> bool:
    return type(number) is int and -1 <= number < limit  # -1: CTranslate2's word for the usual ones


def _is_head(head: object, size: Dimensions) -> bool:
    return (
        isinstance(head, list)
        and len(head) == 2
        and _is_below(head[0], size.decoder_layers)
        and _is_below(head[1], size.heads)
    )


def _wrong_in_tokenizer(path: Path, size: Dimensions) -> str:
    from tokenizers import Tokenizer  # noqa: PLC0415  # only who imports a model needs it

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises bare Exception
        return f"it does not load ({error})"
    end = END_OF_ENGLISH + (size.vocabulary > LEAST_VOCABULARY)
    start = tokenizer.token_to_id(START)
    if tokenizer.token_to_id(END) != end or start is None or not end < start < size.vocabulary:
        return f"it is of another model than weights with a vocabulary of {size.vocabulary}"
    return ""
