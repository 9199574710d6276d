"""Boxes: files that anybody may append to and only the key's owner can read.

The spool is written before the keyring is open, and where it never opens; so it is sealed to a public key that
lies beside it. Each box has a pair of X25519 keys of its own whose secret half is forgotten at once; what they
agree on with the owner's (RFC 7748, HKDF of RFC 5869) seals the records one by one with AES-256-GCM, their number
being the nonce. So a record that is missing, twice, or in another's place does not open.

    header   "sayso box" and a version, 10 bytes | public half of the box, 32 | tag over both, 16
    record   length of what follows, unsigned, 4 bytes, little-endian | sealed data, 16 bytes longer than it was
"""

from __future__ import annotations

import struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sayso.errors import NewerJournal, WrongKey
from sayso.journal.sealing import derived

_NAME: Final = b"sayso box"
_MAGIC: Final = _NAME + b"\x01"
_PUBLIC_BYTES: Final = 32
_TAG_BYTES: Final = 16
HEADER_BYTES: Final = len(_MAGIC) + _PUBLIC_BYTES + _TAG_BYTES
_LENGTH: Final = struct.Struct("<I")
_HEADER_NONCE: Final = b"\xff" * 12  # no record has that number


def public_half(private: bytes) -> bytes:
    """The public key of a private one, 32 bytes each."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


class BoxWriter:
    """A box being filled. What it returns is to be written in that order, each piece once.

    A record that is not written makes all that come after it unreadable: what a full disk refused is written
    later.

    Args:
        public: the owner's public key, 32 bytes.
        place: what the box is for, such as the utterance's number; it opens only as that.

    Attributes:
        header: what the file begins with.

    """

    def __init__(self, public: bytes, place: str) -> None:
        own = X25519PrivateKey.generate()
        opening = _MAGIC + own.public_key().public_bytes_raw()
        shared = own.exchange(X25519PublicKey.from_public_bytes(public))
        self._cipher = AESGCM(_box_key(shared, opening, public, place))
        self._number = 0
        self.header = opening + self._cipher.encrypt(_HEADER_NONCE, b"", opening)

    def record(self, data: bytes) -> bytes:
        """The next record, 20 bytes longer than its data."""
        sealed = self._cipher.encrypt(_nonce(self._number), data, None)
        self._number += 1
        return _LENGTH.pack(len(sealed)) + sealed


def read_box(private: bytes, data: bytes, place: str) -> tuple[list[bytes], bool]:
    """The records before the first that is torn or damaged, and whether there is nothing behind them.

    A box that breaks off after a whole record is whole: that it has an end must be said in its last record.
    Nothing is read of data that does not begin as a box does, such as zeros that a power cut left.

    Args:
        private: the owner's private key, 32 bytes.
        data: what is in the file, up to any point.
        place: what the box is for.

    Raises:
        WrongKey: it was made for another key or place; or its beginning is damaged, which looks the same.
        NewerJournal: it has a form that this version does not know.

    """
    is_torn = len(data.rstrip(b"\0")) < HEADER_BYTES  # it ends in zeros where it was not written
    if len(data) < HEADER_BYTES or not data.startswith(_NAME) or (is_torn and not data.startswith(_MAGIC)):
        return [], False
    if not data.startswith(_MAGIC):
        raise NewerJournal(f"{place}: a newer version of sayso wrote it; use that one to read it")
    try:
        cipher = _opened(private, data, place)
    except WrongKey:
        if is_torn:
            return [], False
        raise
    records: list[bytes] = []
    at = HEADER_BYTES
    while at < len(data):
        sealed_at = at + _LENGTH.size
        if len(data) < sealed_at:
            return records, False
        end = sealed_at + _LENGTH.unpack_from(data, at)[0]
        if len(data) < end:
            return records, False
        try:
            records.append(cipher.decrypt(_nonce(len(records)), data[sealed_at:end], None))
        except InvalidTag:
            return records, False
        at = end
    return records, True


def _opened(private: bytes, data: bytes, place: str) -> AESGCM:
    """The cipher of a box, proved by the tag of its header."""
    opening, tag = data[: HEADER_BYTES - _TAG_BYTES], data[HEADER_BYTES - _TAG_BYTES : HEADER_BYTES]
    try:
        own = X25519PrivateKey.from_private_bytes(private)
        shared = own.exchange(X25519PublicKey.from_public_bytes(opening[len(_MAGIC) :]))
        cipher = AESGCM(_box_key(shared, opening, own.public_key().public_bytes_raw(), place))
        cipher.decrypt(_HEADER_NONCE, tag, opening)
    except (InvalidTag, ValueError) as error:  # ValueError: a public half that is no point to agree on
        raise WrongKey(
            f"{place}: it was sealed for another key, or its beginning is damaged. Restore the key from a backup, "
            f"or let it go: sayso forget --utterance {place}"
        ) from error
    return cipher


def _box_key(shared: bytes, opening: bytes, public: bytes, place: str) -> bytes:
    return derived(shared, f"sayso box for {place}", opening + public)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
