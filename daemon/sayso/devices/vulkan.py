"""What Vulkan sees, by `vulkaninfo --summary`."""

from __future__ import annotations

from sayso.devices import VulkanDevice


def devices(text: str) -> list[VulkanDevice]:
    """The devices in what `vulkaninfo --summary` prints, the messages of its loader left out."""
    found: list[dict[str, str]] = []
    for line in text.splitlines():
        if line.startswith("GPU") and line.rstrip().endswith(":"):
            found.append({})
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if equals and found and line[:1] in "\t ":
            found[-1].setdefault(key, value)
    return [
        VulkanDevice(
            name=facts.get("deviceName", ""),
            driver=facts.get("driverName", ""),
            is_software=facts.get("deviceType") == "PHYSICAL_DEVICE_TYPE_CPU",
            is_integrated=facts.get("deviceType") == "PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU",
        )
        for facts in found
    ]
