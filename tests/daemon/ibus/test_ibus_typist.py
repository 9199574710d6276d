"""What a field says of itself."""

from __future__ import annotations

import pytest

from sayso.ibus import wire
from sayso.ibus.engine import Field, chunks


@pytest.mark.parametrize(
    ("field", "secret"),
    [
        (Field("/1", "gtk3-im", 0), False),
        (Field("/1", "gtk3-im", 0, purpose=wire.PURPOSE_PASSWORD), True),
        (Field("/1", "gtk3-im", 0, purpose=wire.PURPOSE_PIN), True),
        (Field("/1", "gtk3-im", 0, hints=1 << 11), False),  # of a private window
        (Field("/1", "gtk3-im", 0, hints=wire.HINT_HIDDEN_TEXT), True),
        (Field("/1", "gtk3-im", 0, purpose=1, hints=1), False),
    ],
)
def test_fields_for_passwords_and_private_ones_are_secret(field: Field, secret: bool) -> None:
    assert field.is_secret is secret


@pytest.mark.parametrize(
    ("client", "has_cursor", "is_real"),
    [
        ("gtk3-im:gedit", False, True),
        ("xim", False, True),
        ("fake", True, False),
        ("fake-gtk3-im", True, False),
        ("", False, False),
        ("", True, True),
    ],
)
def test_what_stands_for_no_field_is_none(client: str, has_cursor: bool, is_real: bool) -> None:
    assert Field("/1", client, 0, has_cursor=has_cursor).is_real is is_real


def test_pieces_make_up_the_text() -> None:
    assert chunks("abcde", 2) == ["ab", "cd", "e"]
    assert chunks("", 2) == []
