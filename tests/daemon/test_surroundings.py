from __future__ import annotations

from sayso.surroundings import prepare


def test_libraries_are_told_to_keep_to_themselves_whatever_the_environment_says() -> None:
    environment = {"ORT_DISABLE_TELEMETRY": "0", "HF_HUB_OFFLINE": "0"}
    prepare(environment)
    assert environment["ORT_DISABLE_TELEMETRY"] == environment["HF_HUB_OFFLINE"] == "1"


def test_a_wait_policy_that_was_chosen_is_kept() -> None:
    environment = {"OMP_WAIT_POLICY": "active"}
    prepare(environment)
    assert environment["OMP_WAIT_POLICY"] == "active"
