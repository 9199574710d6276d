"""What CTranslate2 was built for, and the library that NVIDIA's cards need beside the driver."""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Iterator, MutableMapping
from importlib.util import find_spec
from pathlib import Path

from sayso.devices.advice import Build

KFD_DEVICE = Path("/dev/kfd")
CUBLAS = ("libcublasLt.so.12", "libcublas.so.12")  # in this order: the second needs the first
MARKS = {b"libamdhip64": Build.ROCM, b"libcublas": Build.CUDA}  # what the library of each build asks for


def ctranslate2_build() -> Build:
    """What the CTranslate2 that is installed was built for; found without importing it."""
    for library in _libraries_of_ctranslate2():
        with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            for mark, build in MARKS.items():
                if content.find(mark) >= 0:
                    return build
    return Build.CPU


def prepare_rocm(environment: MutableMapping[str, str] = os.environ, kfd: Path = KFD_DEVICE) -> None:
    """Before the build for ROCm is loaded: with its default allocator some cards fault, or write nonsense.

    OpenNMT/CTranslate2 issues 2012, 2021 and 2090.
    """
    if kfd.exists() and ctranslate2_build() is Build.ROCM:
        environment.setdefault("CT2_CUDA_ALLOCATOR", "cub_caching")


def preload_cublas() -> bool:
    """Load cuBLAS from the package that `sayso[cuda]` brings, or the system's; whether it is there.

    CTranslate2 asks for it by name at the first decode, and the loader does not look into Python packages.
    """
    return all(_load(name) for name in CUBLAS)


def _load(name: str) -> bool:
    for path in (*_packaged(name), name):
        try:
            ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
        return True
    return False


def _packaged(name: str) -> Iterator[Path]:
    """Where packages of NVIDIA's have put a library: `nvidia` is a package without a file, in several folders."""
    spec = find_spec("nvidia")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        yield from Path(folder).glob(f"*/lib/{name}")


def _libraries_of_ctranslate2() -> Iterator[Path]:
    spec = find_spec("ctranslate2")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for place in (Path(folder), Path(folder).parent / "ctranslate2.libs"):
            yield from sorted(place.glob("libctranslate2*.so*"))
