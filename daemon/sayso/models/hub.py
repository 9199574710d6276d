"""The Hugging Face hub over the network: what it says of a repository, and files, taken up where they were left.

By the hub's HTTP interface and Python's own client. huggingface_hub 2.4 gives each partial file a name of its own
and removes it when it fails (huggingface_hub pull request 4228), so what one process has fetched of a gigabyte is
lost to the next.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import Request, build_opener

from sayso import __version__
from sayso.errors import ModelError, StorageError
from sayso.models.repository import RemoteFile, Repository, described
from sayso.wheels import OFFLINE_MODELS

ENDPOINT: Final = "https://huggingface.co"
PATIENCE_SECONDS: Final = 30.0  # without a byte
PAUSES_SECONDS: Final = (1.0, 3.0, 9.0)  # before each new try, while a file makes no progress
CHUNK_BYTES: Final = 1 << 20
MOST_DESCRIPTION_BYTES: Final = 1 << 25
TRY_AGAIN: Final = "what has been fetched is kept, and the same command goes on from there"
NO_NETWORK: Final = f"without a network there are: sayso models import {' '.join(OFFLINE_MODELS)}"

PASSWORD: Final = f"the proxy wants a password: set https_proxy to http://NAME:PASSWORD@HOST:PORT; {NO_NETWORK}"


class _Interrupted(Exception):
    """It may be different the next time."""


class Hub:
    """A hub that can be asked for models; each call blocks for as long as the network takes.

    Args:
        endpoint: where it is, `https://HOST`.
        token: of the person, for repositories that not everybody may read; empty for none.
        patience_seconds: how long to wait for the next byte.
        pause: waits so many seconds.

    Raises:
        ModelError: the endpoint or the token cannot be one.

    """

    def __init__(
        self,
        endpoint: str = ENDPOINT,
        token: str = "",
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        found = re.fullmatch(r"https?://([\w.-]+(:\d+)?)(/[\w./-]*)?", endpoint, re.ASCII)
        if not found:
            # It is not repeated: somebody may have put a password into it.
            raise ModelError("HF_ENDPOINT is set to what is no address here; unset it, or give https://HOST")
        if not token.isascii() or not token.isprintable():
            raise ModelError("HF_TOKEN holds what no token has; set it to one of huggingface.co/settings/tokens")
        self.host = found[1]
        self._endpoint = endpoint.rstrip("/")
        self._token = token
        self._patience_seconds = patience_seconds
        self._pause = pause
        self._opener = build_opener()  # with the proxies of the environment

    def look_up(self, name: str) -> Repository:
        """Ask what a repository holds now.

        Raises:
            ModelError: there is none, it is not for everybody, or the hub cannot be asked.

        """
        try:
            with self._open(f"{self._endpoint}/api/models/{name}?blobs=true", name) as answer:
                text = answer.read(MOST_DESCRIPTION_BYTES)
                if _total(answer, 0) not in (None, len(text)):
                    raise _Interrupted(f"the connection to {self.host} broke off")
        except _Interrupted as error:
            raise ModelError(f"{error}; try again later; {NO_NETWORK}") from error
        except (OSError, http.client.HTTPException) as error:
            raise ModelError(f"{self._broke_off(error)}; try again later; {NO_NETWORK}") from error
        try:
            return described(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ModelError(self._another_answered()) from error

    def fetch(self, repository: Repository, file: RemoteFile, part: Path, told: Callable[[int], None]) -> None:
        """Get a file, from where an earlier try left it; its checksum is for the caller to compare.

        Args:
            repository: that holds the file.
            file: which.
            part: what there is of it, if anything, and what becomes the whole of it.
            told: how many bytes of it there are, now and again.

        Raises:
            ModelError: the hub does not give it.
            StorageError: it cannot be written.

        """
        url = f"{self._endpoint}/{repository.name}/resolve/{repository.commit}/{file.name}"
        if _size(part) > file.size:
            part.unlink()
        part.touch()
        fruitless = 0
        while (there := _size(part)) < file.size:
            try:
                with self._open(url, repository.name, there) as answer:
                    self._write(answer, file, part, told)
                if _size(part) < file.size:
                    raise _Interrupted(f"the connection to {self.host} broke off")
            except _Interrupted as error:
                fruitless = 1 if _size(part) > there else fruitless + 1
                if fruitless > len(PAUSES_SECONDS):
                    raise ModelError(f"{error}; try again later: {TRY_AGAIN}; {NO_NETWORK}") from error
                self._pause(PAUSES_SECONDS[fruitless - 1])

    def _open(self, url: str, repository: str, offset: int = 0) -> http.client.HTTPResponse:
        headers = {"User-Agent": f"sayso/{__version__}"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        request = Request(url, headers=headers)
        if self._token:
            # Not to where the hub sends one on to: those addresses are signed, and other people's machines.
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=self._patience_seconds)
            return answer
        except HTTPError as error:
            with error:
                self._refuse(error, repository)
        except (OSError, http.client.HTTPException) as error:
            if "Tunnel connection failed: 407" in str(error):
                raise ModelError(PASSWORD) from error
            raise _Interrupted(self._unreachable(error)) from error
        except ValueError as error:  # an address that is none, here or where it sends one on to
            raise ModelError(self._another_answered()) from error

    def _write(
        self, answer: http.client.HTTPResponse, file: RemoteFile, part: Path, told: Callable[[int], None]
    ) -> None:
        """Write what comes behind what there is, or in its place where all of it comes again."""
        start = _start(answer)
        if start not in (0, _size(part)) or _total(answer, start) not in (None, file.size) or _is_page(answer):
            raise ModelError(self._another_answered())
        try:
            with part.open("r+b") as out:
                out.truncate(start)
                out.seek(start)
                told(start)
                while chunk := self._read(answer):
                    out.write(chunk)
                    out.flush()  # what is written outlives a process that is killed
                    if out.tell() > file.size:
                        raise ModelError(self._another_answered())
                    told(out.tell())
        except OSError as error:
            raise StorageError(
                f"{part} cannot be written: {error.strerror or error}; make room, or set XDG_DATA_HOME to use "
                f"another disk; {TRY_AGAIN}"
            ) from error

    def _read(self, answer: http.client.HTTPResponse) -> bytes:
        try:
            return answer.read1(CHUNK_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _Interrupted(self._broke_off(error)) from error

    # ── what went wrong, in words ─────────────────────────────────────────────────────────────────

    def _refuse(self, error: HTTPError, repository: str) -> NoReturn:
        """Say what a status means; `_Interrupted` where it may be another one later."""
        if error.code >= 500 or error.code in (408, 429):
            what = "too many requests from here" if error.code == 429 else f"error {error.code}"
            raise _Interrupted(f"{self.host} answers: {what}") from error
        page = f"{self._endpoint}/{repository}"
        if error.code == 403 or error.headers.get("X-Error-Code") == "GatedRepo":
            raise ModelError(
                f"{repository} is gated, or not for this HF_TOKEN: accept its terms at {page}, set HF_TOKEN to a "
                "token of yours, and run the same command again"
            ) from error
        if error.code in (401, 404):
            whose = "with this HF_TOKEN" if self._token else "without an HF_TOKEN"
            raise ModelError(
                f"{self.host} has no {repository} that can be read {whose}; look for its name at {self._endpoint}"
            ) from error
        if error.code == 407:
            raise ModelError(PASSWORD) from error
        raise ModelError(f"{self.host} answers: error {error.code}; try again later; {NO_NETWORK}") from error

    def _unreachable(self, error: Exception) -> str:
        reason = error.reason if isinstance(error, URLError) else error
        what = f"{reason}" or type(reason).__name__
        if isinstance(reason, socket.gaierror):
            what = "its name, or that of the proxy, is not known here; check the network"
        elif isinstance(reason, TimeoutError):
            what = f"no answer within {self._patience_seconds:g} s"
        elif isinstance(reason, ssl.SSLError):
            what = f"{reason.strerror or reason}; behind a proxy that opens connections, set SSL_CERT_FILE"
        elif isinstance(reason, OSError) and reason.strerror:
            what = f"{reason.strerror}; check the network and the proxy settings"
        return f"{self.host} cannot be reached: {what}"

    def _broke_off(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"{self.host} sends nothing more ({self._patience_seconds:g} s)"
        return f"the connection to {self.host} broke off"

    def _another_answered(self) -> str:
        return (
            f"something that is not {self.host} answers in its place, as a proxy or a network that wants a "
            f"sign-in does: open {self._endpoint} in a browser, then run the same command again; {NO_NETWORK}"
        )


def hub_of(environment: Mapping[str, str]) -> Hub:
    """The hub that the person's environment means, with their token if it has one."""
    return Hub(environment.get("HF_ENDPOINT") or ENDPOINT, environment.get("HF_TOKEN", "").strip())


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _start(answer: http.client.HTTPResponse) -> int | None:
    """Where in the file an answer begins; None where a part of it does not say."""
    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
        return 0
    found = re.match(r"bytes (\d{1,15})-", answer.headers.get("Content-Range", ""))
    return int(found[1]) if found else None


def _total(answer: http.client.HTTPResponse, start: int | None) -> int | None:
    """How long the whole file is by an answer that begins there; None where it does not say."""
    length = answer.headers.get("Content-Length", "")
    return int(length) + (start or 0) if re.fullmatch(r"\d{1,15}", length, re.ASCII) else None


def _is_page(answer: http.client.HTTPResponse) -> bool:
    return answer.headers.get_content_type() == "text/html"
