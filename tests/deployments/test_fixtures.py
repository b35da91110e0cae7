"""The deployments do what other tests rely on, seen by redis-py alone."""

import pytest
import redis
from redis.sentinel import Sentinel
from servers import NO_RETRY


@pytest.fixture
def manager(sentinels):
    manager = Sentinel(
        sentinels.addresses,
        sentinel_kwargs={"password": sentinels.sentinel_password},
        password=sentinels.password,
        decode_responses=True,
    )
    yield manager
    for client in manager.sentinels:
        client.close()


def test_a_replica_has_what_the_primary_wrote(sentinels, manager):
    with manager.master_for(sentinels.service) as primary:
        primary.set("key", "value")
        assert primary.wait(2, 5000) == 2
    with manager.slave_for(sentinels.service) as replica:
        assert replica.get("key") == "value"
        with pytest.raises(redis.exceptions.ReadOnlyError):
            replica.set("key", "other")


def test_sentinels_and_servers_have_a_password_each(sentinels):
    for port in (sentinels.addresses[0][1], sentinels.primary()):
        client = redis.Redis(port=port, retry=NO_RETRY)
        with client, pytest.raises(redis.AuthenticationError):
            client.ping()


@pytest.fixture
def client(cluster):
    client = redis.RedisCluster(
        host="127.0.0.1",
        port=cluster.ports[0],
        password=cluster.password,
        decode_responses=True,
    )
    yield client
    client.close()


def test_keys_are_on_all_primaries(cluster, client):
    for number in range(60):
        client.set(f"key-{number}", number)
    ports = cluster.primaries()
    assert len(ports) == 3
    sizes = [cluster.server(port).ask("DBSIZE") for port in ports]
    assert all(sizes)
    assert sum(sizes) == 60


def test_a_slot_moves(cluster, client):
    client.mset_nonatomic({"{moves}": "1", "{moves}2": "2"})
    old, new = cluster.move_slot_of("{moves}")
    assert cluster.primary_of("{moves}") == new != old
    assert client.get("{moves}") == "1"
    assert client.get_node_from_key("{moves}").port == new
    assert client.get("{moves}2") == "2"


def secured(tls, **settings):
    settings = {"port": tls.port, "ssl_ca_certs": tls.certificates.authority} | settings
    return redis.Redis(ssl=True, decode_responses=True, retry=NO_RETRY, **settings)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_tls_reaches_the_server(server, tls, host):
    with secured(tls, host=host) as client, server.client() as other:
        client.set("key", "value" * 100_000)
        assert other.get("key") == client.get("key") == "value" * 100_000
        with client.pipeline() as pipeline:
            for number in range(2000):
                pipeline.set(f"key-{number}", "value" * 1000)
                pipeline.get(f"key-{number}")
            assert pipeline.execute()[-1] == "value" * 1000


def test_plain_clients_are_refused(tls):
    client = redis.Redis(port=tls.port, retry=NO_RETRY)
    with client, pytest.raises(redis.ConnectionError):
        client.ping()
