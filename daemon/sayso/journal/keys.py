"""The key of the journal: where it lies, and that it is the right one.

One master key of 32 bytes seals the key of each utterance. It lies in the desktop's keyring, or in a file of mode
0600 beside the journal. What everybody may know of it is in `key.json`: its name in the keyring, the public half
of the pair that the spool is sealed to (`boxes`), which is derived from it, and a tag by which a wrong one is
noticed. So the spool can be written while the keyring is locked.

Nothing here overwrites a key; one that is moved is written and read again at its new place before it leaves the
old.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives import constant_time

from sayso import paths
from sayso.errors import JournalError, KeyLocked, KeyMissing, WrongKey
from sayso.journal.boxes import public_half
from sayso.journal.durable import erase, keep_private, make_folder, sync_folder, write_whole
from sayso.journal.keyring import Keyring, Ring, SecretService
from sayso.journal.sealing import KEY_BYTES, Seal, derived, new_key

log = logging.getLogger(__name__)

Choice = Literal["auto", "keyring", "file"]
"""Where the person wants it: the setting `journal.key`."""

KEYRING: Final = "keyring"
CARD_NAME: Final = "key.json"
FILE_NAME: Final = "key"
DATABASE_NAME: Final = "journal.db"
_CHECKED: Final = "sayso journal"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that has been found.

    Attributes:
        master: 32 bytes.
        where: it lies: "keyring", or the file in words.
        private: of the pair that the spool is sealed to, 32 bytes.
        public: the other half.
        seal: made with the master.
        check: tells this key from another one, and nothing else of it.

    """

    master: bytes = field(repr=False)
    where: str = KEYRING
    private: bytes = field(init=False, repr=False, compare=False)
    public: bytes = field(init=False, compare=False)
    seal: Seal = field(init=False, repr=False, compare=False)
    check: bytes = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Derive the rest."""
        private = derived(self.master, "sayso spool")
        seal = Seal(self.master)
        for name, value in (
            ("private", private),
            ("public", public_half(private)),
            ("seal", seal),
            ("check", seal.tag(_CHECKED)),
        ):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class _Card:
    """What everybody may know of the key.

    Attributes:
        name: by which the keyring knows it.
        where: it lies: "keyring" or "file".
        public: half of the pair that the spool is sealed to.
        check: tells the key from another one.
        moves: it lies in a file only because the keyring was locked when it was made.

    """

    name: str
    where: str
    public: bytes
    check: bytes
    moves: bool = False


def public_key(folder: Path) -> bytes | None:
    """What the spool is sealed to, 32 bytes; needs no keyring. None where there is no key yet, or only `find_key`
    can tell.
    """
    card = _read_card(folder)
    return None if card is None else card.public


def find_key(folder: Path, choice: str, ring: Keyring | None = None, *, is_early: bool = False) -> Key:
    """Find the key of the journal in a folder, or make one where there is no journal yet.

    Where the keyring is locked when the first key is made, and need not have it, it goes to a file, so that
    nothing that is said is lost, and into the keyring the next time that is open. May block for some seconds on
    the keyring.

    Args:
        folder: of the journal; made where it is missing.
        choice: where the key is to be (a `Choice`); one that lies elsewhere is moved there if that can be done.
        ring: the keyring; by default that of the session.
        is_early: nothing needs it yet. Where no keyring runs none is made then: a session that has just begun may
            still start one.

    Raises:
        KeyLocked: it is in the keyring, or is to be, and that is locked or not there.
        KeyMissing: there is a journal, and its key is gone.
        WrongKey: there is a key, and it is not the journal's.
        JournalError: the keyring refused.
        OSError: the disk refuses.

    """
    ring = SecretService() if ring is None else ring
    keep_private(folder)
    card = _read_card(folder)
    if card is not None and not _is_to_move(card, choice):
        return _found(folder, card, ring)
    make_folder(folder)
    with _alone(folder):
        card = _read_card(folder)  # another process may have been here
        if card is None:
            return _again(folder, ring) or _made(folder, choice, ring, is_early=is_early)
        key = _found(folder, card, ring)
        return _moved(folder, card, key, choice, ring) if _is_to_move(card, choice) else key


def _is_to_move(card: _Card, choice: str) -> bool:
    return card.moves if choice == "auto" else card.where != choice


def _found(folder: Path, card: _Card, ring: Keyring) -> Key:
    """Read the key that a card tells of, first where it says, then at the other place."""
    master = _from_file(folder)
    where = _in_words(folder)
    if card.where == KEYRING and (master is None or not _fits(master, card)):
        master, where = ring.load(card.name), KEYRING
    if master is None and card.where != KEYRING:
        with contextlib.suppress(KeyLocked):
            master, where = ring.load(card.name), KEYRING
    if master is None:
        gone = "the keyring has it no longer" if card.where == KEYRING else f"{where} is gone"
        raise KeyMissing(f"the key of the journal is missing: {gone}. {_instead(folder, 'it')}")
    if not _fits(master, card):
        raise WrongKey(f"the key in {where} is not that of the journal. {_instead(folder, 'the right one')}")
    return Key(master, where)


def _fits(master: bytes, card: _Card) -> bool:
    return len(master) == KEY_BYTES and constant_time.bytes_eq(Seal(master).tag(_CHECKED), card.check)


def _instead(folder: Path, what: str) -> str:
    return f"Restore {what} from a backup, or {to_begin_anew(folder)}"


def to_begin_anew(folder: Path) -> str:
    """What the person does about a journal that nobody can read any more, for messages.

    All of it goes together: a write-ahead log that stays would be taken for the new one's, and so would audio. A
    service that runs goes on writing to a database that has another name by then.
    """
    shown = paths.shown(folder)
    return f"begin a new journal while no sayso runs: systemctl --user stop sayso; mv {shown} {shown}.old"


def _again(folder: Path, ring: Keyring) -> Key | None:
    """The key of a journal whose card is gone; None where there is no journal either.

    Which it is the database says; where that cannot, it is one that is alone.
    """
    in_file, database = _from_file(folder), folder / DATABASE_NAME
    if in_file is None and not database.exists():
        return None
    check = _check_in(database)
    if in_file is not None and len(in_file) == KEY_BYTES and check in (None, Key(in_file).check):
        key = Key(in_file, _in_words(folder))
        _write_card(folder, _card_of(key, new_key()[:8].hex(), "file"))
        return key
    try:
        every = set(ring.every())
    except KeyLocked:
        if in_file is None:
            raise
        every = set()
    found = [Key(master, KEYRING) for master in every if len(master) == KEY_BYTES]
    fitting = [key for key in found if check == key.check or (check is None and len(found) == 1)]
    if not fitting and in_file is not None:
        raise WrongKey(
            f"the key in {_in_words(folder)} is not that of the journal. {_instead(folder, 'the right one')}"
        )
    if not fitting:
        raise KeyMissing(f"{paths.shown(folder / CARD_NAME)} is gone. {_instead(folder, 'it')}")
    name = new_key()[:8].hex()
    _store(ring, name, fitting[0])  # nobody knows the name that it has there
    _write_card(folder, _card_of(fitting[0], name, KEYRING))
    return fitting[0]


def _check_in(database: Path) -> bytes | None:
    """The tag of the key that a database was sealed with; None where it is not there or cannot be read."""
    where = f"{database.absolute().as_uri()}?mode=ro"
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(where, uri=True, timeout=1.0)) as connection,
    ):
        row = connection.execute("SELECT value FROM about WHERE name = 'check'").fetchone()
        return bytes(row[0]) if row is not None and isinstance(row[0], bytes) else None
    return None


def _made(folder: Path, choice: str, ring: Keyring, *, is_early: bool) -> Key:
    found = Ring.ABSENT if choice == "file" else ring.look()
    if is_early and choice == "auto" and found is Ring.ABSENT:
        raise KeyLocked(
            "no keyring runs in this session yet; the journal's key is made when something is dictated"
        )
    if choice == "keyring" and found is not Ring.OPEN:
        how = "is locked" if found is Ring.LOCKED else "is not there"
        raise KeyLocked(
            f"the key of the journal is to lie in the keyring (journal.key), which {how}: nothing is kept until "
            "it is open. Open it, or let journal.key be auto"
        )
    master, name = new_key(), new_key()[:8].hex()
    in_file = Key(master, _in_words(folder))
    if found is Ring.OPEN:
        with contextlib.suppress(JournalError):  # it refused: the file is as good
            return _put_into(ring, folder, in_file, name)
        if choice == "keyring":
            raise KeyLocked(
                "the keyring does not take the key of the journal. Open it, or let journal.key be auto"
            )
    write_whole(folder / FILE_NAME, master.hex().encode())
    _write_card(folder, _card_of(in_file, name, "file", moves=found is Ring.LOCKED))
    return in_file


def _moved(folder: Path, card: _Card, key: Key, choice: str, ring: Keyring) -> Key:
    """Move a key to where the person wants it; one that cannot be moved now stays where it is."""
    if choice == "file":
        write_whole(folder / FILE_NAME, key.master.hex().encode())
        _write_card(folder, _card_of(key, card.name, "file"))
        with contextlib.suppress(JournalError):
            ring.remove(card.name)
        return Key(key.master, _in_words(folder))
    if ring.look() is not Ring.OPEN:
        return key
    try:
        return _put_into(ring, folder, key, card.name)
    except JournalError:
        return key


def _put_into(ring: Keyring, folder: Path, key: Key, name: str) -> Key:
    """Give a key to the keyring, and take the file away once the keyring has given it back.

    Raises:
        JournalError: the keyring did not take it.

    """
    _store(ring, name, key)
    _write_card(folder, _card_of(key, name, KEYRING))
    erase(folder / FILE_NAME)
    sync_folder(folder)
    return Key(key.master, KEYRING)


def _store(ring: Keyring, name: str, key: Key) -> None:
    """Give a key to the keyring, and see that it has it; raises as `_put_into` does."""
    ring.store(name, key.master)
    if ring.load(name) != key.master:
        raise JournalError("the keyring does not give back what it was given; see that it works: sayso doctor")


def _card_of(key: Key, name: str, where: str, *, moves: bool = False) -> _Card:
    return _Card(name, where, key.public, key.check, moves)


def _write_card(folder: Path, card: _Card) -> None:
    told = {"version": 1, "name": card.name, "where": card.where, "moves": card.moves}
    told |= {"public": card.public.hex(), "check": card.check.hex()}
    write_whole(folder / CARD_NAME, json.dumps(told).encode())


def _read_card(folder: Path) -> _Card | None:
    """What the card says; None where there is none that can be read."""
    try:
        told = json.loads((folder / CARD_NAME).read_bytes())
        public, check = bytes.fromhex(told["public"]), bytes.fromhex(told["check"])
        if len(public) != KEY_BYTES:
            return None
        return _Card(str(told["name"]), str(told["where"]), public, check, told["moves"] is True)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _from_file(folder: Path) -> bytes | None:
    try:
        if not keep_private(folder / FILE_NAME):
            log.warning("%s can be read by others, and that cannot be changed", paths.shown(folder / FILE_NAME))
        return bytes.fromhex((folder / FILE_NAME).read_text("ascii"))
    except FileNotFoundError:
        return None
    except ValueError:
        return b""  # it is there, and is not a key


def _in_words(folder: Path) -> str:
    path, mode = folder / FILE_NAME, 0o600  # as it is made
    with contextlib.suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
    return f"{paths.shown(path)}, a file of mode {mode:04o}"


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time makes or moves a key."""
    handle = os.open(folder / "key.lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
