"""TLS in front of servers that need not have it, and the certificates."""

import asyncio
import socket
import ssl
from threading import Thread

import trustme

#: What the first byte of a TLS connection is, and of no command to a server.
HANDSHAKE = b"\x16"


class Certificates:
    """Files for clients, and what servers show and demand."""

    def __init__(self, folder):
        self._authority = trustme.CA()
        self._client = self._authority.issue_cert("client@example.com")
        #: The files that a client's ``ssl_*`` settings name.
        self.authority = str(folder / "authority.pem")
        self.other_authority = str(folder / "other-authority.pem")
        self.client = str(folder / "client.pem")
        self.client_key = str(folder / "client.key")
        self._authority.cert_pem.write_to_path(self.authority)
        trustme.CA().cert_pem.write_to_path(self.other_authority)
        self._client.cert_chain_pems[0].write_to_path(self.client)
        self._client.private_key_pem.write_to_path(self.client_key)

    def context(self, *names, demands_client=False):
        """What a server under these names shows and demands."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names).configure_cert(context)
        if demands_client:
            self._authority.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


class Forwarder:
    """Takes TLS at a port, and passes what it carries to a server's plain port.

    What is not TLS is refused, or passed as it is: the servers of a deployment
    reach each other at the ports that they tell their clients.
    """

    def __init__(self, server_port, context, port=0, also_plain=False):
        self._server_port = server_port
        self._context = context
        self._also_plain = also_plain
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._connections = set()
        self._main = self._loop.create_task(self._accept())
        self._thread = Thread(target=self._run, name=f"TLS at {self.port}", daemon=True)
        self._thread.start()

    def stop(self):
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join()

    def _run(self):
        try:
            self._loop.run_until_complete(self._main)
        except asyncio.CancelledError:
            self._listener.close()
        finally:
            self._loop.close()

    async def _accept(self):
        try:
            while True:
                connection, _ = await self._loop.sock_accept(self._listener)
                task = self._loop.create_task(self._serve(connection))
                self._connections.add(task)
                task.add_done_callback(self._connections.discard)
        finally:
            for task in self._connections:
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            # The loop closes sockets at its next turn.
            await asyncio.sleep(0)

    async def _serve(self, connection):
        try:
            context = self._context
            if self._also_plain and await self._first_byte(connection) != HANDSHAKE:
                context = None
            reader, writer = await self._open(connection, context)
            try:
                other_reader, other_writer = await asyncio.open_connection(
                    "127.0.0.1", self._server_port
                )
                await asyncio.gather(
                    self._pass(reader, other_writer),
                    self._pass(other_reader, writer),
                )
            finally:
                writer.transport.abort()
        except OSError:
            pass  # A handshake that failed, or a server that is dead.
        finally:
            connection.close()

    async def _first_byte(self, connection):
        readable = self._loop.create_future()
        self._loop.add_reader(connection, readable.set_result, None)
        try:
            await readable
        finally:
            self._loop.remove_reader(connection)
        return connection.recv(1, socket.MSG_PEEK)

    async def _open(self, connection, context):
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await self._loop.connect_accepted_socket(
            lambda: protocol, connection, ssl=context
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, self._loop)

    async def _pass(self, reader, writer):
        """Passes on what comes, little by little, until one end closes."""
        try:
            while data := await reader.read(2**16):
                writer.write(data)
                await writer.drain()
        finally:
            # Then the reader of that end, and the other direction, end as well.
            writer.transport.abort()


class TLS:
    """Three ports in front of one server."""

    def __init__(self, server, certificates):
        self.certificates = certificates
        names = ("localhost", "127.0.0.1")
        contexts = (
            certificates.context(*names),
            certificates.context(*names, demands_client=True),
            certificates.context("elsewhere.example"),
        )
        self._forwarders = [Forwarder(server.port, context) for context in contexts]
        #: The usual one, one that demands a client certificate, and one whose
        #: certificate is for another host.
        self.port, self.demanding_port, self.elsewhere_port = (
            forwarder.port for forwarder in self._forwarders
        )

    def stop(self):
        for forwarder in self._forwarders:
            forwarder.stop()
