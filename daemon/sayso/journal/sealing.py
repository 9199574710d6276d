"""Sealing: bytes that only the key's owner can read, and that nobody can change or move unnoticed.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 12 bytes: that is safe for 2^32 seals with one key, and each
utterance has a key of its own. Where something lies (its table, row and column) is sealed with it, so that
what is copied into another row does not open there.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sayso.errors import WrongKey

KEY_BYTES: Final = 32
TAG_BYTES: Final = 8
NONCE_BYTES: Final = 12
VERSION: Final = b"\x01"  # of what follows it: nonce, then what GCM makes of the data (16 bytes longer)


def new_key() -> bytes:
    """A key that nobody has had before, 32 bytes."""
    return os.urandom(KEY_BYTES)


def derived(secret: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """A key for one purpose, 32 bytes; it tells nothing of the secret nor of other purposes (HKDF, RFC 5869)."""
    return HKDF(SHA256(), KEY_BYTES, salt or None, purpose.encode()).derive(secret)


class Seal:
    """One key at work; may be used by several threads at once.

    Args:
        key: 32 bytes.

    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._key = key
        self._tag_key: bytes | None = None

    def close(self, data: bytes, place: str) -> bytes:
        """Seal bytes for a place; the result is 29 bytes longer, and never the same twice."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, data, VERSION + place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Read what was sealed for that place.

        Raises:
            WrongKey: it was sealed with another key or for another place, or is damaged: that looks the same.

        """
        nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] == VERSION and len(nonce) == NONCE_BYTES:
            try:
                return self._cipher.decrypt(nonce, rest, VERSION + place.encode())
            except InvalidTag:
                pass
        raise WrongKey(f"{place}: it is damaged, or was sealed with another key")

    def tag(self, text: str) -> bytes:
        """8 bytes that are the same for the same text, and tell it to nobody else: to find a row by them."""
        if self._tag_key is None:
            self._tag_key = derived(self._key, "sayso tag")
        mac = HMAC(self._tag_key, SHA256())
        mac.update(text.encode(errors="surrogatepass"))
        return mac.finalize()[:TAG_BYTES]
