"""The processor, by `/proc/cpuinfo`."""

from __future__ import annotations

from sayso.devices import Cpu


def processor(cpuinfo: str, cores: int) -> Cpu:
    """What `/proc/cpuinfo` says of the first core; ARM calls flags Features and has no name there."""
    facts: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())
    flags = facts.get("flags", facts.get("Features", "")).split()
    return Cpu(facts.get("model name", ""), cores, frozenset(flags))
