"""A CyberTipline to drill and test on: it keeps the order, expires, refuses and remembers, in a folder.

It is not the service: it checks documents against the packaged table of elements, and knows what the public
documentation says. ``GET /`` lists everything it got as JSON.
"""

import base64
import hashlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from fairboard.safety.cybertip import elements

LIFE, SINCE_CHANGE = 24 * 3600, 3600
"""Seconds an unfinished report lives from its opening, and from its last change; the later of the two counts."""
LARGEST = 100_000_000
Fault = Callable[[str, int], str]
"""Given endpoint and number of the request, what goes wrong: nothing, ``before``, ``after``, ``1000`` or ``500``."""


class FakeTipline(ThreadingHTTPServer):
    """The server. ``clock`` answers seconds; ``fault`` lets tests break requests."""

    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], folder: Path, *, user: str, password: str,
        clock: Callable[[], float] = time.time, fault: Fault | None = None,
    ) -> None:  # fmt: skip
        super().__init__(address, _Handler)
        self.folder = folder
        self.credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.clock = clock
        self.fault = fault
        self.lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self.requests = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reports(self) -> list[dict[str, Any]]:
        """Every report it ever opened, the oldest first."""
        return [json.loads(path.read_text()) for path in sorted(self.folder.glob("report-*.json"))]

    def load(self, report_id: str) -> dict[str, Any] | None:
        """A report by its id; its state is brought up to date."""
        path = self.folder / f"report-{report_id}.json"
        if not report_id.isdigit() or not path.is_file():
            return None
        report: dict[str, Any] = json.loads(path.read_text())
        if report["state"] == "open" and self.clock() > max(report["opened"] + LIFE, report["changed"] + SINCE_CHANGE):
            report["state"] = "expired"
            self.store(report)
        return report

    def store(self, report: dict[str, Any]) -> None:
        """Write a report so that a restart finds it whole."""
        path = self.folder / f"report-{report['id']}.json"
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(report, indent=1))
        os.replace(draft, path)

    def opened(self, document: str) -> str:
        """Open a report; returns its id."""
        number = 4_000_001 + len(list(self.folder.glob("report-*.json")))
        now = self.clock()
        report = {"id": str(number), "state": "open", "opened": now, "changed": now, "document": document, "files": [],
                  "finishes": 0}  # fmt: skip
        self.store(report)
        return str(number)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is none of its business."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeTipline
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Nothing is printed: what came is in the folder."""

    def do_GET(self) -> None:
        if self.path == "/":
            with self.server.lock:
                self._write(200, json.dumps(self.server.reports()).encode(), "application/json")
        elif not self._is_known():
            self._answer(2000, "Authentication required", status=401)
        elif self.path == "/status":
            self._answer(0, "Remote User")
        elif self.path == "/xsd":
            self._write(200, elements.PACKAGED.read_bytes(), "text/plain")
        else:
            self._answer(4000, "No such endpoint", status=404)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            self.close_connection = True
            return self._answer(4200, "Too large")
        body = self.rfile.read(length)
        if not self._is_known():
            return self._answer(2000, "Authentication required", status=401)
        endpoint = self.path.strip("/")
        act = {"submit": self._submit, "upload": self._upload, "fileinfo": self._fileinfo,
               "finish": self._finish, "retract": self._retract}.get(endpoint)  # fmt: skip
        if act is None:
            return self._answer(4000, "No such endpoint", status=404)
        with self.server.lock:
            self.server.requests += 1
            fault = self.server.fault(endpoint, self.server.requests) if self.server.fault else ""
            if fault == "before":
                return self._break()
            if fault == "1000":
                return self._answer(1000, "Server error")
            if fault == "500":
                return self._write(500, b"<html>Bad gateway</html>", "text/html")
            answer = act(body)
        if fault == "after":
            return self._break()
        self._answer(*answer)
        return None

    def _submit(self, body: bytes) -> tuple[Any, ...]:
        if found := elements.faults(body, "report", elements.table()):
            return 4100, found[0]
        return 0, "Success", {"reportId": self.server.opened(body.decode())}

    def _upload(self, body: bytes) -> tuple[Any, ...]:
        fields = self._form(body)
        if "file" not in fields:
            return 4100, "There is no file"
        report, wrong = self._open(fields.get("id", ("", b""))[1].decode())
        if report is None:
            return wrong
        name, content = fields["file"]
        file = {"id": hashlib.sha256(f"{report['id']}:{len(report['files'])}".encode()).hexdigest()[:32], "name": name,
                "sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "info": []}  # fmt: skip
        report["files"].append(file)
        self._changed(report)
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return 0, "Success", {"reportId": report["id"], "fileId": file["id"], "hash": md5}

    def _fileinfo(self, body: bytes) -> tuple[Any, ...]:
        if found := elements.faults(body, "fileDetails", elements.table()):
            return 4100, found[0]
        document = elements.parse(body)
        report, wrong = self._open(document.findtext("reportId") or "")
        if report is None:
            return wrong
        file = next((one for one in report["files"] if one["id"] == document.findtext("fileId")), None)
        if file is None:
            return 4100, "fileinfo before upload: there is no such file"
        file["info"].append(body.decode())
        self._changed(report)
        return 0, "Success", {"reportId": report["id"]}

    def _finish(self, body: bytes) -> tuple[Any, ...]:
        report, wrong = self._open(self._form(body).get("id", ("", b""))[1].decode())
        if report is None:
            return wrong
        report["state"] = "finished"
        report["finishes"] += 1
        self._changed(report)
        return 0, "", {"reportId": report["id"], "files": [one["id"] for one in report["files"]]}, "reportDoneResponse"

    def _retract(self, body: bytes) -> tuple[Any, ...]:
        report, wrong = self._open(self._form(body).get("id", ("", b""))[1].decode())
        if report is None:
            return wrong
        report["state"] = "retracted"
        self._changed(report)
        return 0, "Success", {"reportId": report["id"]}

    def _open(self, report_id: str) -> tuple[dict[str, Any] | None, tuple[Any, ...]]:
        report = self.server.load(report_id)
        if report is None or report["state"] == "expired":
            return None, (5001, "Report does not exist")
        if report["state"] == "retracted":
            return None, (5101, "Report already retracted")
        if report["state"] == "finished":
            return None, (5102, "Report already finished")
        return report, ()

    def _changed(self, report: dict[str, Any]) -> None:
        report["changed"] = self.server.clock()
        self.server.store(report)

    def _form(self, body: bytes) -> dict[str, tuple[str, bytes]]:
        """The fields of a multipart form: file name and exact bytes of each."""
        kind = Message()
        kind["Content-Type"] = self.headers.get("Content-Type", "")
        mark = b"\r\n--" + str(kind.get_param("boundary", "none")).encode()
        found = {}
        for part in (b"\r\n" + body).split(mark)[1:-1]:
            head, _blank, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            about = message_from_bytes(head)
            name = about.get_param("name", header="content-disposition")
            found[str(name)] = (about.get_filename() or "", content)
        return found

    def _is_known(self) -> bool:
        return self.headers.get("Authorization", "") == f"Basic {self.server.credentials}"

    def _break(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(
        self,
        code: int,
        detail: str,
        more: dict[str, Any] | None = None,
        root: str = "reportResponse",
        status: int = 200,
    ) -> None:
        inner = f"<responseCode>{code}</responseCode>"
        if detail:
            inner += f"<responseDescription>{escape(detail)}</responseDescription>"
        for name, value in (more or {}).items():
            if isinstance(value, list):
                value = "".join(f"<fileId>{one}</fileId>" for one in value)
            inner += f"<{name}>{value}</{name}>"
        self._write(status, f'<?xml version="1.0" encoding="UTF-8"?><{root}>{inner}</{root}>'.encode(), "text/xml")

    def _write(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
