"""A time-stamp authority of one's own: certificates and answers by the openssl command, over HTTP."""

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[stamping]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """An authority that answers at ``url``; ``root`` is the PEM file its signatures lead to. ``mode`` lets it fail."""

    def __init__(self, folder: Path, name: str = "Authority") -> None:
        if shutil.which("openssl") is None:
            pytest.skip("NOT TESTED: timestamps need the openssl command, which is not here")
        folder.mkdir()
        self.folder, self.root = folder, folder / "root.pem"
        self.mode, self.asked, self.last = "sign", 0, b""
        (folder / "config").write_text(CONFIG.format(folder=folder, name=name))
        (folder / "serial").write_text("01\n")
        new = ("req", "-config", "config", "-newkey", "rsa:2048", "-nodes", "-sha256")
        self.openssl(*new, "-x509", "-days", "9", "-extensions", "root", "-keyout", "root.key", "-out", "root.pem")
        self.openssl(*new, "-subj", f"/CN={name} signer", "-keyout", "tsa.key", "-out", "tsa.csr")
        self.openssl(
            "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "2", "-days", "9",
            "-sha256", "-extfile", "config", "-extensions", "stamping", "-out", "tsa.pem",
        )  # fmt: skip
        authority = self

        class Handler(BaseHTTPRequestHandler):
            """Answers one question."""

            def do_POST(self) -> None:
                body = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(500 if authority.mode == "broken" else 200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *said: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/tsr"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def openssl(self, *arguments: str) -> str:
        """What the command says; fails with its error."""
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answer(self, question: bytes) -> bytes:
        """The answer to a question, as bad as ``mode`` wants it."""
        self.asked += 1
        if self.mode == "nonsense":
            return b"<html>Welcome</html>"
        if self.mode == "endless":
            return b"0" * 200_000
        if self.mode == "replay":
            return self.last
        if self.mode == "refuse":
            question = question[:-9]
        (self.folder / "question").write_bytes(question)
        self.openssl(
            "ts", "-reply", "-config", "config", "-section", "here", "-queryfile", "question", "-out", "answer"
        )
        self.last = (self.folder / "answer").read_bytes()
        return self.last

    def close(self) -> None:
        """Answer no more."""
        self.server.shutdown()
        self.server.server_close()
