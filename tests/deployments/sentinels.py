"""One primary, two replicas, and three sentinels that watch over them."""

from urllib.parse import urlencode

from nodes import Node
from servers import lasting_port, server_binary, wait_until

CONFIG = """\
sentinel monitor {service} 127.0.0.1 {port} 2
sentinel auth-pass {service} {password}
sentinel down-after-milliseconds {service} 1000
sentinel failover-timeout {service} 2000
sentinel parallel-syncs {service} 1
sentinel announce-ip 127.0.0.1
sentinel announce-port {own_port}
"""

# How often sentinels look, in milliseconds. With the usual second between pings
# they take a new primary for a dead one before they have first asked it, unless
# they have more patience than tests have. And a replica can follow only if what
# it last said of itself is no older than five pings. A tilt is what they call it
# when they could not run for two seconds; then they do nothing for half a minute.
PERIODS = {
    "ping-period": 400,
    "ask-period": 200,
    "publish-period": 300,
    "info-period": 1000,
    "tilt-period": 1000,
}

# A sentinel wants a file to write to as its first argument.
SCRIPT = """\
#!/bin/sh
exec "{binary}" sentinel.conf --sentinel "$@"
"""


class Sentinels:
    """The deployment. What a client needs is in its first five attributes."""

    service = "the-service"
    password = "of-the-data"
    sentinel_password = "of-the-sentinels"

    def __init__(self, folder, context=None):
        self.folder = folder
        self._context = context
        self._servers = {}
        self._sentinels = []
        primary = self._start_server()
        for _ in range(2):
            self._start_server(primary.port)
        wait_until(lambda: primary.info("replication")["connected_slaves"] == 2)
        for number in range(3):
            self._start_sentinel(self.folder / f"sentinel-{number}", primary.port)
        wait_until(self._is_whole)

    @property
    def addresses(self):
        """Those of the sentinels, as pairs of host and port."""
        return [("127.0.0.1", sentinel.port) for sentinel in self._sentinels]

    @property
    def hosts(self):
        """The addresses as a URL has them."""
        return ",".join(f"{host}:{port}" for host, port in self.addresses)

    def url(self, scheme="redis", **options):
        """What ``REDIS_URL`` is, with more options if a test wants them."""
        options["sentinel_password"] = self.sentinel_password
        return (
            f"{scheme}+sentinel://:{self.password}@{self.hosts}/{self.service}"
            f"?{urlencode(options)}"
        )

    def server(self, port):
        """The data server at a port: ``info``, ``ask``, ``client`` and ``kill``."""
        return self._servers[port]

    def primary(self):
        """The port of the primary that the sentinels agree on, else ``None``."""
        ports = {self._state(sentinel)["port"] for sentinel in self._sentinels}
        return ports.pop() if len(ports) == 1 else None

    def replicas(self):
        """The ports of the other data servers, dead ones too."""
        return sorted(self._servers.keys() - {self.primary()})

    def kill_primary(self):
        """Kills the primary, and says which port it had."""
        port = wait_until(self.primary)
        self._servers[port].kill()
        return port

    def step_down(self):
        """Has the sentinels take another primary while the old one lives on."""
        port = wait_until(self.primary)
        self._sentinels[0].ask("SENTINEL", "FAILOVER", self.service)
        wait_until(lambda: self.primary() not in (port, None))
        return port

    def wait_for_replicas(self):
        """Waits until the replicas have all that was written."""
        self._servers[self.primary()].ask("WAIT", 2, 10_000)

    # All keys have one primary here. Tests of both deployments need not know.

    def primary_of(self, key):
        return self.primary()

    def kill_primary_of(self, key):
        return self.kill_primary()

    def restore(self):
        """Waits for a failover that goes on, and starts what was killed again."""
        primary = wait_until(self._living_primary)
        for port, server in self._servers.items():
            if not server.alive:
                server.stop()
                # It would start as a primary, and stay one for many seconds.
                self._start_server(primary, port)
        wait_until(self._is_whole)

    def all_keys(self):
        found = self._servers[self.primary()].keys()
        return {key for _, key in found}

    def flush(self):
        with self._servers[self.primary()].client() as client:
            client.flushall()

    def stop(self):
        for server in (*self._sentinels, *self._servers.values()):
            server.stop()

    def _start_server(self, primary=None, port=None):
        port = port or lasting_port()
        options = (
            *("--masterauth", self.password),
            *("--replica-announce-ip", "127.0.0.1", "--replica-announce-port", port),
        )
        if primary:
            options += ("--replicaof", f"127.0.0.1 {primary}")
        self._servers[port] = Node(
            self.folder / f"server-{port}",
            *options,
            password=self.password,
            port=port,
            context=self._context,
        )
        return self._servers[port]

    def _start_sentinel(self, folder, primary):
        folder.mkdir()
        own_port = lasting_port()
        config = CONFIG.format(
            service=self.service,
            port=primary,
            password=self.password,
            own_port=own_port,
        )
        (folder / "sentinel.conf").write_text(config)
        script = folder / "sentinel"
        script.write_text(SCRIPT.format(binary=server_binary()))
        script.chmod(0o700)
        sentinel = Node(
            folder,
            password=self.sentinel_password,
            port=own_port,
            context=self._context,
            binary=script,
        )
        for name, period in PERIODS.items():
            sentinel.ask("SENTINEL", "DEBUG", name, period)
        self._sentinels.append(sentinel)

    def _state(self, sentinel):
        with sentinel.client() as client:
            return client.sentinel_master(self.service)

    def _living_primary(self):
        port = self.primary()
        if port and self._servers[port].info("replication")["role"] == "master":
            return port
        return None

    def _is_whole(self):
        """Whether all sentinels see one primary, two replicas and each other."""
        if not self._living_primary():
            return False
        for sentinel in self._sentinels:
            state = self._state(sentinel)
            with sentinel.client() as client:
                replicas = client.sentinel_slaves(self.service)
            if not (
                state["flags"] == "master"
                and state["num-other-sentinels"] == 2
                and len(replicas) == 2
                and all(replica["flags"] == "slave" for replica in replicas)
                and all(replica["master-link-status"] == "ok" for replica in replicas)
                and all(replica["master-port"] == state["port"] for replica in replicas)
            ):
                return False
        return True
