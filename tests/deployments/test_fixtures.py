"""The deployments do what other tests rely on, seen by redis-py alone."""

import time

import pytest
import redis
from redis.exceptions import RedisClusterException
from redis.sentinel import MasterNotFoundError, Sentinel
from servers import NO_RETRY, wait_until


def seconds_until(works):
    """How long a client sees errors, and which ones it sees."""
    start = time.monotonic()
    seen = set()
    while True:
        try:
            works()
        except redis.RedisError as error:
            seen.add(type(error))
        else:
            return time.monotonic() - start, seen
        assert time.monotonic() - start < 20, seen
        time.sleep(0.02)


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


@pytest.mark.parametrize("time_around", range(2))
def test_another_primary_follows(sentinels, manager, time_around, record_property):
    with manager.master_for(sentinels.service) as client:
        client.set("key", "before")
        assert client.wait(2, 5000) == 2
        old = sentinels.kill_primary()
        seconds, seen = seconds_until(lambda: client.set("other", "after"))
        record_property("seconds", seconds)
        print(f"Sentinel: written again {seconds:.1f} s after the kill")
        assert MasterNotFoundError in seen
        assert client.mget("key", "other") == ["before", "after"]
        wait_until(sentinels.primary)
        assert sentinels.primary() != old
    sentinels.restore()
    assert old in sentinels.replicas()


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


@pytest.mark.parametrize("time_around", range(2))
def test_another_node_takes_over(cluster, client, time_around, record_property):
    client.set("key", "before")
    cluster.wait_for_replicas()
    old = cluster.kill_primary_of("key")
    seconds, seen = seconds_until(lambda: client.set("{key}2", "after"))
    record_property("seconds", seconds)
    print(f"Cluster: written again {seconds:.1f} s after the kill")
    assert seen
    assert client.mget("key", "{key}2") == ["before", "after"]
    assert cluster.primary_of("key") != old
    cluster.restore()
    assert old not in cluster.primaries()


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


def test_wrong_authority_is_refused(tls):
    client = secured(tls, ssl_ca_certs=tls.certificates.other_authority)
    with client, pytest.raises(redis.ConnectionError, match="VERIFY_FAILED"):
        client.ping()


def test_wrong_host_name_is_refused(tls):
    client = secured(tls, port=tls.elsewhere_port, ssl_check_hostname=True)
    with client, pytest.raises(redis.ConnectionError, match="VERIFY_FAILED"):
        client.ping()


def test_client_certificate_is_demanded(tls):
    files = {
        "ssl_certfile": tls.certificates.client,
        "ssl_keyfile": tls.certificates.client_key,
    }
    with secured(tls, port=tls.demanding_port, **files) as client:
        assert client.ping()
    client = secured(tls, port=tls.demanding_port)
    with client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_plain_clients_are_refused(tls):
    client = redis.Redis(port=tls.port, retry=NO_RETRY)
    with client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_sentinels_and_their_servers_with_tls(tls_sentinels, certificates):
    secure = {"ssl": True, "ssl_ca_certs": certificates.authority}
    manager = Sentinel(
        tls_sentinels.addresses,
        sentinel_kwargs={"password": tls_sentinels.sentinel_password, **secure},
        password=tls_sentinels.password,
        decode_responses=True,
        **secure,
    )
    with manager.master_for(tls_sentinels.service) as client:
        client.set("key", "before")
        assert client.wait(2, 5000) == 2
        tls_sentinels.kill_primary()
        seconds, _ = seconds_until(lambda: client.set("other", "after"))
        print(f"Sentinel with TLS: written again {seconds:.1f} s after the kill")
        assert client.mget("key", "other") == ["before", "after"]
    with manager.slave_for(tls_sentinels.service) as replica:
        assert replica.get("key") == "before"
    for client in manager.sentinels:
        client.close()


def test_sentinels_with_tls_and_wrong_authority(tls_sentinels, certificates):
    manager = Sentinel(
        tls_sentinels.addresses,
        sentinel_kwargs={
            "password": tls_sentinels.sentinel_password,
            "ssl": True,
            "ssl_ca_certs": certificates.other_authority,
            "retry": NO_RETRY,
        },
    )
    with pytest.raises(MasterNotFoundError):
        manager.discover_master(tls_sentinels.service)
    with pytest.raises(redis.ConnectionError, match="VERIFY_FAILED"):
        manager.sentinels[0].ping()
    for client in manager.sentinels:
        client.close()


def test_cluster_with_tls(tls_cluster, certificates):
    with redis.RedisCluster(
        host="127.0.0.1",
        port=tls_cluster.ports[0],
        password=tls_cluster.password,
        ssl=True,
        ssl_ca_certs=certificates.authority,
        decode_responses=True,
    ) as client:
        client.mset_nonatomic({"a": "1", "b": "2", "c": "3", "d": "4"})
        tls_cluster.wait_for_replicas()
        tls_cluster.move_slot_of("a")
        tls_cluster.kill_primary_of("a")
        seconds, _ = seconds_until(lambda: client.set("a", "5"))
        print(f"Cluster with TLS: written again {seconds:.1f} s after the kill")
        assert client.mget_nonatomic("a", "b", "c", "d") == ["5", "2", "3", "4"]


def test_cluster_with_tls_and_wrong_authority(tls_cluster, certificates):
    with pytest.raises(RedisClusterException, match="VERIFY_FAILED"):
        redis.RedisCluster(
            host="127.0.0.1",
            port=tls_cluster.ports[0],
            password=tls_cluster.password,
            ssl=True,
            ssl_ca_certs=certificates.other_authority,
        )
