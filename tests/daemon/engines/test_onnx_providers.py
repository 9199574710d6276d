"""What ONNX Runtime computes with: the best of what its build knows, or just the device that was named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sayso.engines.onnx import _pick_provider
from sayso.errors import EngineError


def runtime(*providers: str) -> SimpleNamespace:
    return SimpleNamespace(get_available_providers=lambda: [f"{name}ExecutionProvider" for name in providers])


@pytest.mark.parametrize(
    ("providers", "asked", "provider", "device"),
    [
        (("CPU",), "auto", "CPU", "cpu"),
        (("OpenVINO", "CPU"), "auto", "OpenVINO", "openvino"),
        (("OpenVINO", "CUDA", "CPU"), "auto", "CUDA", "cuda"),
        (("CPU", "CUDA", "ROCM"), "auto", "ROCM", "rocm"),
        (("ROCM", "CPU", "MIGraphX"), "auto", "MIGraphX", "migraphx"),
        (("CUDA", "CPU"), "cpu", "CPU", "cpu"),
        (("Azure", "CPU"), "auto", "CPU", "cpu"),
    ],
)
def test_the_best_provider_is_taken_or_the_one_that_was_named(
    providers: tuple[str, ...], asked: str, provider: str, device: str
) -> None:
    (name, options), named = _pick_provider(runtime(*providers), asked)
    assert (name, options, named) == (f"{provider}ExecutionProvider", {}, device)


def test_one_card_of_several_can_be_named() -> None:
    (name, options), device = _pick_provider(runtime("CUDA", "CPU"), "cuda:1")
    assert (name, options, device) == ("CUDAExecutionProvider", {"device_id": "1"}, "cuda:1")


def test_a_provider_that_the_build_does_not_know_is_an_error_with_what_there_is() -> None:
    with pytest.raises(EngineError, match="knows only cpu"):
        _pick_provider(runtime("CPU"), "cuda")
