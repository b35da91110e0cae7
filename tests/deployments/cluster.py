"""Three primaries that share the keys among them, and a replica of each."""

from urllib.parse import urlencode

from nodes import Node
from servers import BEHIND, BUS, lasting_port, wait_until

SLOTS = 16384

OPTIONS = (
    *("--cluster-enabled", "yes"),
    *("--cluster-node-timeout", 1000),
)


class Cluster:
    """The deployment. What a client needs is in its first three attributes."""

    password = "of-the-cluster"

    def __init__(self, folder, context=None):
        self.folder = folder
        self._context = context
        self._servers = {}
        for _ in range(6):
            self._start(lasting_port())
        self._introduce()
        primaries, replicas = self.ports[:3], self.ports[3:]
        for number, port in enumerate(primaries):
            slots = range(SLOTS * number // 3, SLOTS * (number + 1) // 3)
            self.server(port).ask("CLUSTER", "ADDSLOTS", *slots)
        for port, primary in zip(replicas, primaries):
            self.server(port).ask("CLUSTER", "REPLICATE", self._id(primary))
        wait_until(self._is_whole)

    @property
    def addresses(self):
        """Those of the nodes, as pairs of host and port."""
        return [("127.0.0.1", port) for port in self.ports]

    @property
    def hosts(self):
        """The addresses as a URL has them."""
        return ",".join(f"{host}:{port}" for host, port in self.addresses)

    @property
    def ports(self):
        return list(self._servers)

    def url(self, scheme="redis", **options):
        """What ``REDIS_URL`` is, with options if a test wants them."""
        return f"{scheme}+cluster://:{self.password}@{self.hosts}?{urlencode(options)}"

    def server(self, port):
        """The node at a port: ``info``, ``ask``, ``client`` and ``kill``."""
        return self._servers[port]

    def primaries(self):
        """The ports of the primaries that live and have slots."""
        return sorted(self._owners(self._a_living_one()))

    def primary_of(self, key):
        """The port of the node that has a key, as a living node sees it."""
        witness = self._a_living_one()
        slot = witness.ask("CLUSTER", "KEYSLOT", key)
        for port, slots in self._owners(witness).items():
            if any(first <= slot <= last for first, last in slots):
                return port
        return None

    def wait_for_replicas(self):
        """Waits until the replicas have all that was written."""
        wait_until(lambda: all(map(self._is_copied, self.primaries())))

    def kill_primary_of(self, key):
        """Kills the node that has a key, and says which port it had."""
        port = wait_until(lambda: self.primary_of(key))
        self.server(port).kill()
        return port

    def move_slot_of(self, key):
        """Moves the slot of a key to another primary; says from where to where."""
        old = self.primary_of(key)
        new = next(port for port in self.primaries() if port != old)
        source, target = self.server(old), self.server(new)
        slot = source.ask("CLUSTER", "KEYSLOT", key)
        target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", self._id(old))
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", self._id(new))
        with source.client() as client:
            while keys := client.execute_command("CLUSTER GETKEYSINSLOT", slot, 100):
                client.migrate("127.0.0.1", new, keys, 0, 5000, auth=self.password)
        # The target first, so that the slot is at no time without an owner.
        for server in (target, source):
            server.ask("CLUSTER", "SETSLOT", slot, "NODE", self._id(new))
        wait_until(self._is_whole)
        return old, new

    def restore(self):
        """Waits for a failover that goes on, and starts what was killed again."""
        wait_until(self._has_all_slots)
        for port, server in self._servers.items():
            if not server.alive:
                server.stop()
                self._start(port)
        wait_until(self._is_whole)

    def all_keys(self):
        found = [self.server(port).keys() for port in self.primaries()]
        return {key for keys in found for _, key in keys}

    def flush(self):
        for port in self.primaries():
            self.server(port).ask("FLUSHALL")

    def stop(self):
        for server in self._servers.values():
            server.stop()

    def _start(self, port):
        self._servers[port] = Node(
            self.folder / f"node-{port}",
            *OPTIONS,
            *("--masterauth", self.password),
            *("--cluster-announce-port", port),
            *("--cluster-announce-bus-port", self._bus_port(port)),
            password=self.password,
            port=port,
            context=self._context,
        )

    def _bus_port(self, port):
        return port + BUS + (BEHIND if self._context else 0)

    def _introduce(self):
        """Makes the nodes know each other."""
        first, *others = self._servers.values()
        for epoch, server in enumerate(self._servers.values(), 1):
            # Else they need some time to find out who may say what.
            server.ask("CLUSTER", "SET-CONFIG-EPOCH", epoch)
        for other in others:
            bus_port = self._bus_port(other.port)
            first.ask("CLUSTER", "MEET", "127.0.0.1", other.port, bus_port)
        wait_until(lambda: all(map(self._knows_all, self._servers.values())))

    def _knows_all(self, server):
        nodes = self._nodes(server).values()
        return len(nodes) == 6 and all(
            node["flags"].replace("myself,", "") in ("master", "slave")
            for node in nodes
        )

    def _lists_all(self, server):
        """Whether clients that ask this node find all of them.

        It leaves a replica out until it has heard how much the replica has copied.
        """
        slots = server.ask("CLUSTER", "SLOTS")
        return {node[1] for _, _, *nodes in slots for node in nodes} == {*self.ports}

    def _id(self, port):
        return self.server(port).ask("CLUSTER", "MYID")

    def _nodes(self, server):
        """What a node knows of all of them: addresses, and what is known of each."""
        return server.ask("CLUSTER NODES")

    def _a_living_one(self):
        return next(server for server in self._servers.values() if server.alive)

    def _owners(self, server):
        """The ports of the nodes that have slots, with their slots."""
        return {
            int(address.rpartition(":")[2]): [
                (int(slots[0]), int(slots[-1])) for slots in node["slots"]
            ]
            for address, node in self._nodes(server).items()
            if node["slots"] and "fail" not in node["flags"].split(",")
        }

    def _has_all_slots(self):
        owners = self._owners(self._a_living_one())
        ranges = (each for slots in owners.values() for each in slots)
        counts = (1 + last - first for first, last in ranges)
        return sum(counts) == SLOTS and all(self.server(port).alive for port in owners)

    def _is_copied(self, port):
        replication = self.server(port).info("replication")
        replica = replication.get("slave0", {})
        return replica.get("offset") == replication["master_repl_offset"]

    def _is_whole(self):
        """Whether all nodes agree that there are three primaries with a replica
        each, and the replicas have their primaries' data."""
        views = set()
        for server in self._servers.values():
            if not self._knows_all(server) or not self._lists_all(server):
                return False
            if "cluster_state:ok" not in str(server.ask("CLUSTER", "INFO")):
                return False
            replication = server.info("replication")
            if replication.get("master_link_status", "up") != "up":
                return False
            views.add(
                frozenset(
                    (node["node_id"], node["master_id"], str(node["slots"]))
                    for node in self._nodes(server).values()
                )
            )
        if len(views) > 1:
            return False
        masters = [primary for _, primary, _ in views.pop() if primary != "-"]
        return len(masters) == len(set(masters)) == 3
