"""The CyberTipline Reporting API over HTTPS with Basic authentication: seven requests."""

import requests
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException
from urllib3.exceptions import MaxRetryError, NewConnectionError

from fairboard.safety.cybertip.answers import Answer, AnswerLost, NotSent, read_answer
from fairboard.safety.cybertip.elements import BadDocument

TIMEOUT = (10, 60)
"""Seconds to connect, and to wait for the next byte."""


class Client:
    """The service at an address. Every method raises NotSent or AnswerLost when there is no answer."""

    def __init__(self, url: str, user: str, password: str, session: requests.Session | None = None) -> None:
        self.url = url.rstrip("/")
        self.session = session or requests.Session()
        self.session.auth = (user, password)

    def status(self) -> Answer:
        """Whether address, user and password work."""
        return self._ask("GET", "status")

    def schema(self) -> bytes:
        """The XML schema as the service has it now."""
        return self._send("GET", "xsd").content

    def submit(self, document: bytes) -> Answer:
        """Open a report; the answer has its id."""
        return self._ask("POST", "submit", data=document, headers={"Content-Type": "text/xml; charset=utf-8"})

    def upload(self, report_id: str, name: str, content: bytes) -> Answer:
        """Send a file into an open report; the answer has its id and MD5."""
        return self._ask("POST", "upload", data={"id": report_id}, files={"file": (name, content)})

    def fileinfo(self, document: bytes) -> Answer:
        """Say more about a file."""
        return self._ask("POST", "fileinfo", data=document, headers={"Content-Type": "text/xml; charset=utf-8"})

    def finish(self, report_id: str) -> Answer:
        """Close a report; final."""
        return self._ask("POST", "finish", files={"id": (None, report_id)})

    def retract(self, report_id: str) -> Answer:
        """Take back a report that is not finished."""
        return self._ask("POST", "retract", files={"id": (None, report_id)})

    def _send(self, method: str, endpoint: str, **given: object) -> requests.Response:
        try:
            return self.session.request(
                method,
                f"{self.url}/{endpoint}",
                timeout=TIMEOUT,
                allow_redirects=False,
                **given,  # type: ignore[arg-type]
            )
        except ConnectTimeout as error:
            raise NotSent(f"{endpoint}: no connection in time") from error
        except NoConnection as error:
            if _never_connected(error):
                raise NotSent(f"{endpoint}: no connection") from error
            raise AnswerLost(f"{endpoint}: the connection broke") from error
        except RequestException as error:
            raise AnswerLost(f"{endpoint}: {type(error).__name__}") from error

    def _ask(self, method: str, endpoint: str, **given: object) -> Answer:
        response = self._send(method, endpoint, **given)
        try:
            return read_answer(response.content)
        except BadDocument as error:
            if response.status_code in {401, 403}:
                return Answer(2000 if response.status_code == 401 else 3000, f"HTTP {response.status_code}")
            raise AnswerLost(f"{endpoint}: HTTP {response.status_code} without a readable answer") from error


def _never_connected(error: RequestException) -> bool:
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError)
