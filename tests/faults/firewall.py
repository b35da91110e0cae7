"""Connections that are open at both ends and lead nowhere."""

import asyncio

from deployments.forwarder import Forwarder


class Firewall(Forwarder):
    """Passes connections on to a server, and can forget those that there are.

    It tells neither end. Connections that are made later are passed on.
    """

    def __init__(self, server_port):
        self._to_server, self._to_clients, self._lost = set(), set(), set()
        super().__init__(server_port, context=None)

    def lose_commands(self):
        self._lose(self._to_server)

    def lose_answers(self):
        self._lose(self._to_clients)

    def _lose(self, ways):
        async def lose():
            self._lost.update(ways)

        asyncio.run_coroutine_threadsafe(lose(), self._loop).result()

    async def _pass(self, reader, writer):
        _, port = writer.get_extra_info("peername")
        ways = self._to_server if port == self._server_port else self._to_clients
        ways.add(writer)
        try:
            while data := await reader.read(2**16):
                if writer not in self._lost:
                    writer.write(data)
                    await writer.drain()
        finally:
            ways.discard(writer)
            writer.transport.abort()
