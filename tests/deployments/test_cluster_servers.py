"""Settings of a client of a cluster."""

import pytest
import redis as redis_py
from apps import make_app

from flask_redis import Redis


@pytest.fixture
def settings(cluster):
    """Without the address."""
    return {
        "REDIS_CLASS": "redis.RedisCluster",
        "REDIS_PASSWORD": cluster.password,
        "REDIS_DECODE_RESPONSES": True,
    }


def all_nodes(redis):
    redis.ping()
    return {node.port for node in redis.get_nodes()}


def test_host_and_port(cluster, settings):
    app = make_app(**settings, REDIS_HOST="127.0.0.1", REDIS_PORT=str(cluster.ports[4]))
    assert all_nodes(Redis(app)) == set(cluster.ports)


def test_url_of_one_node(cluster, settings):
    app = make_app(**settings, REDIS_URL=f"redis://127.0.0.1:{cluster.ports[0]}/0")
    assert all_nodes(Redis(app)) == set(cluster.ports)


@pytest.mark.parametrize(
    "form",
    [
        lambda pairs: ",".join(f"{host}:{port}" for host, port in pairs),
        lambda pairs: pairs,
        lambda pairs: [list(pair) for pair in pairs],
    ],
)
def test_startup_nodes(form, cluster, settings):
    app = make_app(**settings, REDIS_STARTUP_NODES=form(cluster.addresses[:2]))
    assert all_nodes(Redis(app)) == set(cluster.ports)


def test_dead_startup_nodes_are_passed_over(cluster, settings, free_ports):
    dead = ",".join(f"127.0.0.1:{port}" for port in free_ports)
    app = make_app(**settings, REDIS_STARTUP_NODES=f"{dead},{cluster.hosts}")
    assert all_nodes(Redis(app)) == set(cluster.ports)


def test_reads_from_replicas(cluster):
    url = cluster.url(load_balancing_strategy="round_robin_replicas")
    redis = Redis(make_app(REDIS_URL=url, REDIS_DECODE_RESPONSES=True))
    redis.set("key", "value")
    cluster.wait_for_replicas()
    primary = cluster.primary_of("key")
    for port in cluster.ports:
        cluster.server(port).ask("CONFIG", "RESETSTAT")
    for _ in range(10):
        assert redis.get("key") == "value"
    served = {
        port
        for port in cluster.ports
        if "cmdstat_get" in cluster.server(port).info("commandstats")
    }
    assert len(served) == 1
    assert primary not in served


def test_commands_of_several_keys(cluster):
    redis = Redis(make_app(REDIS_URL=cluster.url()), decode_responses=True)
    redis.mset_nonatomic({"a": "1", "b": "2", "c": "3"})
    assert redis.mget_nonatomic("a", "b", "c") == ["1", "2", "3"]
    with pytest.raises(redis_py.exceptions.RedisClusterException):
        redis.mget("a", "b")
