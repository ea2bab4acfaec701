"""A bank that lives elsewhere: only the hash is sent, in the shape of Meta's Hasher-Matcher-Actioner 2.

``GET {base}/m/lookup?signal_type=pdq&signal=HASH`` answers ``{"BANK": [{"bank_content_id": 16, "distance": 0}]}``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import requests

from fairboard.screening.banks.entries import Kind
from fairboard.screening.banks.fetch import ExchangeFailed, Session
from fairboard.screening.banks.matches import BankMatch, exact_value, forms, nearest
from fairboard.screening.photos.fingerprint import MATCH_DISTANCE, VARIANTS, Fingerprint

SIGNALS = {Kind.PDQ: "pdq"}
"""What is asked for unless the other side names more: its names of signal types by kind."""


class RemoteMatcher:
    """Asks another server; keys go into the session's headers, never into an address."""

    def __init__(
        self,
        name: str,
        base: str,
        session: Session,
        *,
        signals: Mapping[Kind, str] = SIGNALS,
        distance: int = MATCH_DISTANCE,
        timeout: float = 2.0,
        mirrored: bool = False,
    ) -> None:
        """``mirrored`` asks for all eight forms of a photo, eight requests, instead of the photo as it lies.

        ``timeout`` is in seconds, for each request.
        """
        self.name, self._base, self._session = name, base.rstrip("/"), session
        self._signals, self._distance, self._timeout, self._mirrored = signals, distance, timeout, mirrored

    def match(self, photos: Sequence[Fingerprint]) -> Sequence[Sequence[BankMatch]]:
        """The matches of each photo, the nearest first; raises ExchangeFailed when the server cannot be asked."""
        return [nearest(self._of(photo)) for photo in photos]

    def _of(self, photo: Fingerprint) -> list[BankMatch]:
        asked = [(Kind.PDQ, variant, value) for variant, value in forms(photo)[: None if self._mirrored else 1]]
        asked += [(kind, VARIANTS[0], exact_value(photo, kind)) for kind in (Kind.SHA256, Kind.MD5)]
        found = []
        for kind, variant, value in asked:
            if kind in self._signals:
                found += self._ask(kind, variant, value)
        return found

    def _ask(self, kind: Kind, variant: str, value: str) -> list[BankMatch]:
        params = {"signal_type": self._signals[kind], "signal": value}
        try:
            answer = self._session.get(
                f"{self._base}/m/lookup", params=params, timeout=self._timeout, allow_redirects=False
            )
            if answer.status_code != 200:
                raise ExchangeFailed(f"{self.name} answered {answer.status_code}.")
            return self._read(answer.json(), kind, variant, value)
        except requests.RequestException as error:
            raise ExchangeFailed(f"{self.name} could not be asked ({type(error).__name__}).") from None
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise ExchangeFailed(f"{self.name} gave an answer that cannot be read.") from error

    def _read(self, answer: Any, kind: Kind, variant: str, value: str) -> list[BankMatch]:
        found = []
        for bank, matches in answer.items():
            for one in matches:
                distance = int(one.get("distance", 0))
                if distance <= (self._distance if kind == Kind.PDQ else 0):
                    content = one["bank_content_id"] if "bank_content_id" in one else one["content_id"]
                    found.append(BankMatch(self.name, f"{bank}/{content}", kind, value, distance, variant))
        return found
