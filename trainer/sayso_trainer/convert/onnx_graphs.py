"""Whisper as two ONNX graphs, written in torch and exported.

transformers' own modules refuse windows shorter than 30 s and keep their cache in objects that no graph can take,
so the network is written down here once more, over the same weights: an encoder that ends with the keys and
values that the decoder will look up, and a decoder that takes and gives its cache as plain tensors.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from sayso.weights.tensors import HEAD_WIDTH, TEXT_POSITIONS, Dimensions, Tensors

OPSET = 18


class Linear(nn.Module):
    """`x @ weight.T + bias`, without a bias where there is none."""

    def __init__(self, tensors: Tensors, name: str) -> None:
        super().__init__()
        self.weight = nn.Parameter(_tensor(tensors[f"{name}.weight"]), requires_grad=False)
        bias = tensors.get(f"{name}.bias")
        self.bias = None if bias is None else nn.Parameter(_tensor(bias), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (…, in) → (…, out)."""
        return functional.linear(x, self.weight, self.bias)


class Norm(nn.Module):
    """Layer normalisation."""

    def __init__(self, tensors: Tensors, name: str) -> None:
        super().__init__()
        self.weight = nn.Parameter(_tensor(tensors[f"{name}.weight"]), requires_grad=False)
        self.bias = nn.Parameter(_tensor(tensors[f"{name}.bias"]), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        return functional.layer_norm(x, self.weight.shape, self.weight, self.bias)


class Projections(nn.Module):
    """The four matrices of an attention; called, it gives keys and values."""

    def __init__(self, tensors: Tensors, name: str) -> None:
        super().__init__()
        self.query = Linear(tensors, f"{name}.query")
        self.key = Linear(tensors, f"{name}.key")
        self.value = Linear(tensors, f"{name}.value")
        self.out = Linear(tensors, f"{name}.out")

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values, same shape each."""
        return self.key(x), self.value(x)


class EncoderBlock(nn.Module):
    """Self-attention without a mask, then the feed-forward layers."""

    def __init__(self, tensors: Tensors, name: str) -> None:
        super().__init__()
        self.norm = Norm(tensors, f"{name}.attn_ln")
        self.attention = Projections(tensors, f"{name}.attn")
        self.feed = Feed(tensors, name)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (1, positions, width), same out."""
        normal, a = self.norm(x), self.attention
        weights = _weights(_heads(a.query(normal)), _heads(a.key(normal)))
        x = x + a.out(_joined(weights @ _heads(a.value(normal))))
        out: Tensor = x + self.feed(x)
        return out


class Feed(nn.Module):
    """The feed-forward layers of a block, with their norm."""

    def __init__(self, tensors: Tensors, name: str) -> None:
        super().__init__()
        self.norm = Norm(tensors, f"{name}.mlp_ln")
        self.wide = Linear(tensors, f"{name}.mlp.0")
        self.narrow = Linear(tensors, f"{name}.mlp.2")

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        out: Tensor = self.narrow(functional.gelu(self.wide(self.norm(x))))
        return out


class EncoderGraph(nn.Module):
    """Features → keys and values of the audio for each block of the decoder."""

    def __init__(self, tensors: Tensors) -> None:
        super().__init__()
        size = Dimensions.of(tensors)
        self.conv1, self.conv2 = Linear(tensors, "encoder.conv1"), Linear(tensors, "encoder.conv2")
        self.positions = nn.Parameter(_tensor(tensors["encoder.positional_embedding"]), requires_grad=False)
        self.blocks = nn.ModuleList(
            EncoderBlock(tensors, f"encoder.blocks.{n}") for n in range(size.encoder_layers)
        )
        self.norm = Norm(tensors, "encoder.ln_post")
        self.cross = nn.ModuleList(
            Projections(tensors, f"decoder.blocks.{n}.cross_attn") for n in range(size.decoder_layers)
        )

    def forward(self, mel: Tensor) -> tuple[Tensor, ...]:
        """Shape (1, bins, frames) → for each block, keys and values of shape (1, heads, frames / 2, 64)."""
        x = functional.gelu(functional.conv1d(mel, self.conv1.weight, self.conv1.bias, padding=1))
        x = functional.gelu(functional.conv1d(x, self.conv2.weight, self.conv2.bias, stride=2, padding=1))
        x = x.transpose(1, 2)
        x = x + self.positions[: x.shape[1]]
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return tuple(_heads(part) for cross in self.cross for part in cross(x))


class DecoderBlock(nn.Module):
    """Self-attention with a cache, attention to the audio, and the feed-forward layers."""

    def __init__(self, tensors: Tensors, name: str) -> None:
        super().__init__()
        self.norm = Norm(tensors, f"{name}.attn_ln")
        self.attention = Projections(tensors, f"{name}.attn")
        self.cross_norm = Norm(tensors, f"{name}.cross_attn_ln")
        self.cross = Projections(tensors, f"{name}.cross_attn")
        self.feed = Feed(tensors, name)

    def forward(
        self, x: Tensor, mask: Tensor, past: tuple[Tensor, Tensor], audio: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Hidden states, keys, values and the attention to the audio, shape (1, heads, tokens, positions)."""
        normal, a = self.norm(x), self.attention
        keys = torch.cat((past[0], _heads(a.key(normal))), dim=2)
        values = torch.cat((past[1], _heads(a.value(normal))), dim=2)
        x = x + a.out(_joined(_weights(_heads(a.query(normal)), keys, mask) @ values))
        looked = _weights(_heads(self.cross.query(self.cross_norm(x))), audio[0])
        x = x + self.cross.out(_joined(looked @ audio[1]))
        return x + self.feed(x), keys, values, looked


class DecoderGraph(nn.Module):
    """Tokens → what may come next, where the model looked, and the cache for the next call."""

    def __init__(self, tensors: Tensors, alignment_heads: tuple[tuple[int, int], ...]) -> None:
        super().__init__()
        size = Dimensions.of(tensors)
        self.embedding = nn.Parameter(_tensor(tensors["decoder.token_embedding.weight"]), requires_grad=False)
        self.positions = nn.Parameter(_tensor(tensors["decoder.positional_embedding"]), requires_grad=False)
        self.blocks = nn.ModuleList(
            DecoderBlock(tensors, f"decoder.blocks.{n}") for n in range(size.decoder_layers)
        )
        self.norm = Norm(tensors, "decoder.ln")
        self.heads = alignment_heads

    def forward(
        self, tokens: Tensor, wanted: Tensor, past: list[Tensor], cross: list[Tensor]
    ) -> tuple[Tensor, ...]:
        """Logits (wanted, vocabulary), attention (heads, tokens, positions), and keys and values of each block."""
        known, new = past[0].shape[2], tokens.shape[1]
        at = torch.arange(new) + known
        x = functional.embedding(tokens, self.embedding) + functional.embedding(at, self.positions)
        later = torch.arange(new + known)[None, :] > at[:, None]
        mask = torch.zeros(later.shape).masked_fill(later, float("-inf"))
        kept: list[Tensor] = []
        looked: list[Tensor] = []
        for n, block in enumerate(self.blocks):
            pair = slice(2 * n, 2 * n + 2)
            x, keys, values, attention = block(x, mask, tuple(past[pair]), tuple(cross[pair]))
            kept += (keys, values)
            looked.append(attention)
        logits = functional.linear(self.norm(x)[0].index_select(0, wanted), self.embedding)
        attention = torch.stack([looked[layer][0, head] for layer, head in self.heads])
        return (logits, attention, *kept)


def export(tensors: Tensors, alignment_heads: tuple[tuple[int, int], ...], folder: Path) -> None:
    """Write `encoder.onnx` and `decoder.onnx`.

    Args:
        tensors: of the model, float16 or float32; the graphs are float32.
        alignment_heads: layer and head, of the decoder.
        folder: exists; files of these names are written over.

    """
    size = Dimensions.of(tensors)
    names = [f"{part}_{n}" for n in range(size.decoder_layers) for part in ("key", "value")]
    frames = torch.export.Dim("half", min=8, max=1500) * 2
    with torch.inference_mode():
        encoder = EncoderGraph(tensors).eval()
        mel = torch.zeros(1, size.mel_bins, 800)
        _write(
            folder / "encoder.onnx",
            encoder,
            (mel,),
            inputs=["mel"],
            outputs=[f"cross_{name}" for name in names],
            shapes={"mel": {2: frames}},
        )
        decoder = DecoderGraph(tensors, alignment_heads).eval()
        past = [torch.zeros(1, size.heads, 5, HEAD_WIDTH) for _ in names]
        cross = list(encoder(mel))
        n = torch.export.Dim("n", min=1, max=TEXT_POSITIONS)
        m = torch.export.Dim("m", min=1, max=TEXT_POSITIONS)
        p = torch.export.Dim("p", min=0, max=TEXT_POSITIONS)
        t = torch.export.Dim("t", min=8, max=1500)
        _write(
            folder / "decoder.onnx",
            decoder,
            (torch.zeros(1, 4, dtype=torch.int64), torch.tensor([1, 3]), past, cross),
            inputs=["tokens", "wanted", *(f"past_{name}" for name in names), *(f"cross_{name}" for name in names)],
            outputs=["logits", "attention", *names],
            shapes={
                "tokens": {1: n},
                "wanted": {0: m},
                "past": [{2: p}] * len(past),
                "cross": [{2: t}] * len(cross),
            },
        )


def _write(
    path: Path,
    graph: nn.Module,
    example: tuple[object, ...],
    inputs: list[str],
    outputs: list[str],
    shapes: dict[str, object],
) -> None:
    # What an example's sizes are is forgotten where `shapes` names them, but for 0 and 1: those would stay.
    program = torch.onnx.export(
        graph,
        example,
        input_names=inputs,
        output_names=outputs,
        dynamic_shapes=shapes,
        dynamo=True,
        opset_version=OPSET,
        verbose=False,
    )
    assert program is not None  # it is where dynamo is True
    program.save(str(path))


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(array, dtype=np.float32))


def _heads(x: Tensor) -> Tensor:
    """Shape (1, n, width) → (1, heads, n, 64)."""
    return x.reshape(1, x.shape[1], -1, HEAD_WIDTH).transpose(1, 2)


def _joined(x: Tensor) -> Tensor:
    """Shape (1, heads, n, 64) → (1, n, width)."""
    return x.transpose(1, 2).flatten(2)


def _weights(query: Tensor, keys: Tensor, mask: Tensor | None = None) -> Tensor:
    """Where queries look: shape (1, heads, n, m), which sums to 1."""
    scores = (query * HEAD_WIDTH**-0.5) @ keys.transpose(2, 3)
    return torch.softmax(scores if mask is None else scores + mask, dim=-1)
