"""A real IMAP server for tests: Debian's Dovecot, in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

DOVECOT = shutil.which("dovecot") or (shutil.which("dovecot", path="/usr/sbin") or "")
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 0
mail_uid = {uid}
mail_gid = {gid}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


class Dovecot:
    """A running server: ``address(user)`` is a mailbox of it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.folder = folder
        uid = os.getuid()
        names = ("nobody", "nogroup") if uid == 0 else (os.environ.get("USER", "nobody"),) * 2
        folder.chmod(0o777)
        for name in ("run", "state", "mail", "home"):
            (folder / name).mkdir()
            (folder / name).chmod(0o777)
        numbers = (65534, 65534) if uid == 0 else (uid, os.getgid())
        (folder / "dovecot.conf").write_text(
            CONFIGURATION.format(
                folder=folder, port=self.port, user=names[0], group=names[1], uid=numbers[0], gid=numbers[1]
            )
        )
        self.process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")])
        self._wait()

    def _wait(self) -> None:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        log = self.folder / "log"
        raise RuntimeError(f"Dovecot did not start: {log.read_text() if log.exists() else 'no log'}")

    def address(self, user: str, folders: str = "INBOX,Sent") -> str:
        """The address of a user's mailbox."""
        return f"imap://{user}:secret@127.0.0.1:{self.port}/{folders}"

    def stop(self) -> None:
        """End the server."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)
