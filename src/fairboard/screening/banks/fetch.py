"""Fetching NCMEC's and StopNCII's lists page by page, from where the last fetch ended.

Each page gives a ``Batch`` with the checkpoint to keep once its entries are stored: a fetch that is broken off goes on
from the last one kept. The session is handed in, so that tests and proxies need no network. Credentials travel in
the session's headers or auth and are in no address, error or representation.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import requests

from fairboard.screening.banks import ncmec, stopncii
from fairboard.screening.banks.entries import LARGEST_PAGE, Entry, Report
from fairboard.screening.banks.ncmec import BadPage

ATTEMPTS = 4
TIMEOUT = 60
CURSOR_LIVES = timedelta(hours=12)
"""NCMEC advises not to keep the address of a next page; python-threatexchange takes it for stale after 12 hours."""
SETTLED = timedelta(seconds=5)
"""What changed within the last seconds is left to the next fetch: it may not be listed completely yet."""
_AGAIN = {429, 500, 502, 503, 504}


class ExchangeFailed(Exception):
    """The exchange did not answer, or not as agreed; the last checkpoint stays good."""


class Session(Protocol):
    """The part of ``requests.Session`` that is used."""

    def get(self, url: str, /, **more: Any) -> Any:
        """Send a GET request."""
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where to go on. Moments are seconds since 1970; ``cursor`` names a page within ``since`` to ``until``."""

    since: int = 0
    until: int = 0
    cursor: str = ""
    cursor_at: int = 0

    def to_json(self) -> str:
        """As text to be kept."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Checkpoint":
        """From kept text; raises ValueError when it is none."""
        values = json.loads(text)
        if not isinstance(values, dict) or not isinstance(values.get("cursor", ""), str):
            raise ValueError("This is no checkpoint.")
        return cls(**{name: values.get(name, default) for name, default in asdict(cls()).items()})


@dataclass(frozen=True, slots=True)
class Batch:
    """One page: its entries, what was wrong with it, and the checkpoint to keep once they are stored."""

    entries: list[Entry]
    report: Report
    checkpoint: Checkpoint


class NcmecExchange:
    """NCMEC's hash-sharing exchange: ``base`` is an environment such as https://report.cybertip.org/hashsharing.

    Sign in by ``session.auth = (user, password)``.
    """

    def __init__(self, base: str, session: Session, wait: Callable[[float], None] = time.sleep) -> None:
        """``wait`` is called with the seconds between attempts."""
        self._base, self._session, self._wait = base.rstrip("/"), session, wait

    def fetch(self, checkpoint: Checkpoint, *, at: datetime) -> Iterator[Batch]:
        """Pages of what changed from the checkpoint until ``at``.

        Entries do not come in order of time, so ``since`` moves on only with the last page; before it a batch's
        checkpoint names the next page.
        """
        moment = int(at.timestamp())
        fresh = checkpoint.cursor and moment - checkpoint.cursor_at <= CURSOR_LIVES.total_seconds()
        until = checkpoint.until if fresh else moment - int(SETTLED.total_seconds())
        following, seen = checkpoint.cursor if fresh else "", set[str]()
        while True:
            page, report = ncmec.Page(), Report()
            raw = self._page(following, checkpoint.since, until)
            entries = list(ncmec.read(raw, report, page))
            following = page.next
            if not following:
                yield Batch(entries, report, Checkpoint(since=max(until, checkpoint.since)))
                return
            if following in seen or not following.startswith("/v2/entries?"):
                raise BadPage("The address of the next page leads nowhere new.")
            seen.add(following)
            yield Batch(entries, report, Checkpoint(checkpoint.since, until, following, moment))

    def _page(self, following: str, since: int, until: int) -> bytes:
        if following:
            return _get(self._session, self._base + following, {}, self._wait)
        span = {"from": ncmec.stamp(_moment(since)), "to": ncmec.stamp(_moment(until))}
        return _get(self._session, f"{self._base}/v2/entries", span, self._wait)


class StopNciiExchange:
    """StopNCII.org's exchange. Keys go into ``session.headers``: x-functions-key and Ocp-Apim-Subscription-Key."""

    def __init__(
        self, session: Session, base: str = "https://api.stopncii.org/v1", wait: Callable[[float], None] = time.sleep
    ) -> None:
        """``wait`` is called with the seconds between attempts."""
        self._base, self._session, self._wait = base.rstrip("/"), session, wait

    def fetch(self, checkpoint: Checkpoint, *, at: datetime, page_size: int = 800) -> Iterator[Batch]:
        """Pages of what changed since the checkpoint."""
        moment = int(at.timestamp())
        fresh = checkpoint.cursor and moment - checkpoint.cursor_at <= CURSOR_LIVES.total_seconds()
        token, seen = checkpoint.cursor if fresh else "", set[str]()
        since = max(checkpoint.since, 10)  # the exchange's own smallest
        while True:
            asked = {"startTimestamp": str(since), "pageSize": str(page_size)}
            raw = _get(
                self._session,
                f"{self._base}/FetchHashes",
                asked | ({"nextPageToken": token} if token else {}),
                self._wait,
            )
            try:
                page = json.loads(raw)
            except (ValueError, RecursionError) as error:
                raise BadPage("The answer is not JSON.") from error
            position, report = stopncii.cursor(page), Report()
            entries = list(stopncii.read(page, report))
            if not position.more:
                yield Batch(entries, report, Checkpoint(since=max(position.since, checkpoint.since)))
                return
            if position.token in seen:
                raise BadPage("The token of the next page leads nowhere new.")
            seen.add(position.token)
            token = position.token
            yield Batch(entries, report, Checkpoint(checkpoint.since, position.since, token, moment))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _get(session: Session, url: str, params: Mapping[str, str], wait: Callable[[float], None]) -> bytes:
    """The body of an answer. Redirections are not followed: they could carry the keys elsewhere."""
    name = url.partition("?")[0]
    for attempt in range(ATTEMPTS):
        if attempt:
            wait(0.5 * 2**attempt)
        try:
            with closing(
                session.get(url, params=params, timeout=TIMEOUT, allow_redirects=False, stream=True)
            ) as answer:
                if answer.status_code == 200:
                    return _body(answer, name)
                reason = f"{name} answered {answer.status_code}."
                if answer.status_code not in _AGAIN:
                    raise ExchangeFailed(reason)
        except requests.RequestException as error:
            reason = f"{name} could not be reached ({type(error).__name__})."
    raise ExchangeFailed(reason) from None


def _body(answer: Any, name: str) -> bytes:
    body = bytearray()
    for piece in answer.iter_content(65_536):
        body += piece
        if len(body) > LARGEST_PAGE:
            raise ExchangeFailed(f"{name} sent more than {LARGEST_PAGE // 1_000_000} MB.")
    return bytes(body)
