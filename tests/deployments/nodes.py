"""Servers that stand together, and die and come back one by one."""

import os
import signal

import redis
from forwarder import Forwarder
from servers import BEHIND, NO_RETRY, TestServer, wait_until


class Node(TestServer):
    """A server with a password that can be killed and started again.

    With a context clients reach it with TLS at its port, as the other nodes do
    without. It has to announce this port, not its own one.
    """

    def __init__(self, folder, *options, password, port, context=None, binary=None):
        self.password = password
        self._forwarder = None
        own_port = port
        if context:
            own_port += BEHIND
            self._forwarder = Forwarder(own_port, context, port, also_plain=True)
        super().__init__(
            folder,
            own_port,
            *("--requirepass", password),
            # So that a new replica has the data at once, not in five seconds.
            *("--repl-diskless-sync-delay", 0, "--save", ""),
            *options,
            binary=binary,
        )
        self.port = port

    def stop(self):
        super().stop()
        if self._forwarder:
            self._forwarder.stop()

    def client(self, db=0):
        return redis.Redis(
            unix_socket_path=str(self.socket),
            db=db,
            password=self.password,
            decode_responses=True,
            retry=NO_RETRY,
        )

    def ask(self, *command):
        """What the server itself answers, past the other ones."""
        with self.client() as client:
            return client.execute_command(*command)

    def info(self, section):
        with self.client() as client:
            return client.info(section)

    @property
    def alive(self):
        return self._answers()

    def _answers(self):
        try:
            return self.ask("PING")
        except redis.ConnectionError:
            return False

    def kill(self):
        """Ends the server at once, with no chance to tell anyone."""
        os.kill(self.info("server")["process_id"], signal.SIGKILL)
        wait_until(lambda: not self.alive)
