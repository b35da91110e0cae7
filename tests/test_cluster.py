"""A client of a cluster, here of one node. Those of ``deployments`` have six."""

import copy
import inspect
import os
import signal
from threading import Barrier, Event, Thread

import pytest
import redis as redis_py
from redis.exceptions import RedisClusterException
from servers import (
    NO_RETRY,
    TestServer,
    arguments,
    lasting_port,
    make_app,
    wait_until,
)

from flask_redis import Redis


class Kept(redis_py.RedisCluster):
    """Keeps what it was constructed with, and connects to nothing."""

    def __init__(self, **kwargs):
        self.kept = kwargs

    def close(self):
        pass


def kept(options=(), **settings):
    settings.setdefault("REDIS_CLASS", Kept)
    client = Redis(make_app(**settings), **dict(options)).connection
    return {
        name: value
        for name, value in client.kept.items()
        if name not in ("driver_info", "lib_name")
    }


def nodes(**settings):
    found = kept(**settings)
    if "startup_nodes" in found:
        return [(node.host, node.port) for node in found["startup_nodes"]]
    return [(found["host"], found["port"])]


def test_url(node):
    app = make_app(REDIS_URL=f"redis+cluster://127.0.0.1:{node.port}")
    redis = Redis(app, decode_responses=True)
    redis.set("key", "value")
    assert redis.get("key") == "value"
    assert isinstance(redis.connection, redis_py.RedisCluster)
    assert app.extensions["redis"]["REDIS"] is redis.connection
    assert node.keys() == {(0, "key")}


@pytest.mark.parametrize("named", [redis_py.RedisCluster, "redis.RedisCluster"])
def test_class_host_and_port(named, node):
    redis = Redis(make_app(**node.settings, REDIS_CLASS=named, REDIS_DB="0"))
    redis.set("key", "value")
    assert node.keys() == {(0, "key")}


def test_only_methods_of_the_class_are_there_before_the_start():
    redis = Redis(make_app(REDIS_URL="redis+cluster://127.0.0.1:1"))
    assert callable(redis.get)
    assert "nodes_manager" not in dir(redis)
    assert redis.connection.get.__self__ is redis.connection
    assert repr(redis.connection).startswith("<redis.cluster.RedisCluster object")


def test_name_that_is_not_there(node):
    redis = Redis(make_app(REDIS_URL=f"redis+cluster://127.0.0.1:{node.port}"))
    for _ in range(2):
        assert not hasattr(redis, "nonsense")
        assert not hasattr(redis.connection, "nonsense")
        assert not hasattr(redis.connection, "__nonsense__")


def down():
    return make_app(
        REDIS_URL=f"redis+cluster://127.0.0.1:{lasting_port()}",
        REDIS_RETRY=NO_RETRY,
        REDIS_SOCKET_CONNECT_TIMEOUT=1,
    )


def test_lookups_while_it_is_down_raise_nothing_but_attribute_error():
    redis = Redis(down())
    assert not hasattr(redis, "nonsense")
    with pytest.raises(AttributeError, match="nodes_manager"):
        redis.nodes_manager  # noqa: B018
    with pytest.raises(AttributeError):
        redis.connection.__nonsense__  # noqa: B018


def test_app_starts_while_its_cluster_is_down(tmp_path):
    app = down()
    redis = Redis(app, decode_responses=True)
    for _ in range(2):
        with pytest.raises((redis_py.ConnectionError, RedisClusterException)):
            redis.get("key")
    port = int(app.config["REDIS_URL"].rpartition(":")[2])
    node = TestServer(tmp_path, port, "--cluster-enabled", "yes")
    try:
        with node.client() as client:
            client.execute_command("CLUSTER", "ADDSLOTS", *range(16384))
            wait_until(lambda: client.set("key", "value"))
        assert redis.get("key") == "value"
    finally:
        node.stop()


@pytest.fixture(params=["a URL", "host and port"])
def cluster(request, node):
    """Settings that lead there in one way or the other."""
    if request.param == "a URL":
        return {"REDIS_URL": f"redis+cluster://127.0.0.1:{node.port}"}
    return node.settings


def test_threads_that_come_first_together(cluster):
    """None waits for another, and they end up with one client."""
    barrier = Barrier(32)
    made, given = [], []

    class Met(redis_py.RedisCluster):
        def __init__(self, **kwargs):
            # Broken, and an error, unless all are in here at once.
            barrier.wait(30)
            given.extend(kwargs.get("startup_nodes", ()))
            super().__init__(**kwargs)
            made.append(self)

        def disconnect_connection_pools(self):
            made.remove(self)
            super().disconnect_connection_pools()

    redis = Redis(make_app(**cluster, REDIS_CLASS=Met, REDIS_RETRY=NO_RETRY))
    assert made == []
    results = []

    def visit():
        for _ in range(20):
            results.append(redis.incr("visits"))

    threads = [Thread(target=visit) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(1, 32 * 20 + 1))
    # redis-py keeps a client in a node, which another start would take over.
    assert len({id(node) for node in given}) == len(given)
    (kept,) = made
    assert vars(redis.connection)["nodes_manager"] is kept.nodes_manager
    assert redis.nodes_manager is kept.nodes_manager
    redis.close()


# Python 3.12 and later warn of a fork beside threads, which is what is tried here.
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_fork_while_another_thread_starts_it(cluster):
    """The thread that starts it in the parent is not there in the child."""
    parent = os.getpid()
    started, forked = Event(), Event()

    class Slow(redis_py.RedisCluster):
        def __init__(self, **kwargs):
            if os.getpid() == parent:
                started.set()
                forked.wait(30)
            super().__init__(**kwargs)

    redis = Redis(make_app(**cluster, REDIS_CLASS=Slow))
    thread = Thread(target=redis.ping)
    thread.start()
    started.wait()
    child = os.fork()
    if child == 0:
        # Ends the child if it waits, or else the child ends with what it did.
        signal.alarm(10)
        try:
            os._exit(0 if redis.incr("visits") == 1 else 1)
        finally:
            os._exit(2)
    forked.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0
    assert redis.incr("visits") == 2
    redis.close()


def test_constructor_that_uses_hasattr_runs_once(node):
    found = []

    class Looking(redis_py.RedisCluster):
        def __init__(self, **kwargs):
            found.append(hasattr(self, "nonsense"))
            super().__init__(**kwargs)

    redis = Redis(make_app(**node.settings, REDIS_CLASS=Looking))
    assert redis.ping()
    assert redis.ping()
    assert found == [False]


def test_failed_start_is_tried_again():
    class Failing(Kept):
        failures = 2

        def __init__(self, **kwargs):
            if Failing.failures:
                Failing.failures -= 1
                raise RedisClusterException("Down")
            super().__init__(**kwargs)

    client = Redis(make_app(REDIS_CLASS=Failing)).connection
    for _ in range(2):
        with pytest.raises(RedisClusterException, match="Down"):
            client.kept  # noqa: B018
    assert client.kept["host"] == "localhost"


def test_late_failure_is_retried(node):
    failures = [KeyboardInterrupt, RedisClusterException]

    class Failing(redis_py.RedisCluster):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            if failures:
                raise failures.pop()

    redis = Redis(make_app(**node.settings, REDIS_CLASS=Failing))
    for error in (RedisClusterException, KeyboardInterrupt):
        with pytest.raises(error):
            redis.get("key")
    assert redis.set("key", "value")


def test_missing_constructor_argument_fails_at_init_app():
    class Demanding(redis_py.RedisCluster):
        def __init__(self, region, **kwargs):
            super().__init__(**kwargs)

    with pytest.raises(TypeError, match=r"missing a required argument: 'region'"):
        Redis(make_app(REDIS_CLASS=Demanding))


def test_attributes_of_an_object_do_not_start_its_client():
    class Paged(Redis):
        def __init__(self, app):
            super().__init__(app)
            self.page_size = 60

    redis = Paged(down())
    assert redis.page_size == 60
    assert "_started" not in vars(redis.connection)


def test_close_before_the_start_does_nothing():
    redis = Redis(down())
    redis.close()
    with redis as client:
        client.close()


def test_close_after_the_start_calls_the_class():
    class Closing(Kept):
        def close(self):
            self.kept["closed"] = True

    client = Redis(make_app(REDIS_CLASS=Closing)).connection
    settings = client.kept
    client.close()
    assert settings["closed"]


def test_client_is_copied_before_the_start():
    assert copy.copy(Redis(down()).connection) is not None


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"REDIS_URL": "redis+cluster://one"}, [("one", 6379)]),
        ({"REDIS_URL": "redis+cluster://one:1/"}, [("one", 1)]),
        ({"REDIS_URL": "redis+cluster://one:1/0"}, [("one", 1)]),
        ({"REDIS_URL": "redis+cluster://one:1?db=0"}, [("one", 1)]),
        ({"REDIS_URL": "redis+cluster://one:1,two"}, [("one", 1), ("two", 6379)]),
        ({"REDIS_URL": "redis+cluster://[::1]:1"}, [("::1", 1)]),
        ({"REDIS_URL": "redis://one:1"}, [("one", 1)]),
        ({"REDIS_URL": "redis://one"}, [("one", 6379)]),
        ({"REDIS_STARTUP_NODES": "one:1,two:2"}, [("one", 1), ("two", 2)]),
        ({"REDIS_STARTUP_NODES": [["one", 1], ("two", "2")]}, [("one", 1), ("two", 2)]),
        ({"REDIS_HOST": "one", "REDIS_PORT": "1"}, [("one", 1)]),
        ({"REDIS_HOST": "one"}, [("one", 6379)]),
        ({"REDIS_PORT": 1}, [("localhost", 1)]),
        ({}, [("localhost", 6379)]),
        ({"REDIS_HOST": None, "REDIS_PORT": None}, [("localhost", 6379)]),
    ],
)
def test_nodes(settings, expected):
    assert nodes(**settings) == expected


@pytest.mark.parametrize("url", [None, "redis+cluster://two:2"])
def test_startup_nodes_make_it_a_cluster(url):
    redis = Redis(make_app(REDIS_STARTUP_NODES="one:1", REDIS_URL=url))
    assert isinstance(redis.connection, redis_py.RedisCluster)
    redis = Redis(make_app(REDIS_STARTUP_NODES="one:1", REDIS_URL="redis://two"))
    assert type(redis.connection) is redis_py.StrictRedis


def test_only_the_scheme_makes_it_a_cluster():
    app = make_app(REDIS_URL="redis://one?client_name=redis%2Bcluster+cluster://")
    assert type(Redis(app).connection) is redis_py.StrictRedis


def test_class_that_names_its_parameters():
    class Narrow(Kept):
        def __init__(self, host, port):
            super().__init__(host=host, port=port)

    settings = {"REDIS_CLASS": Narrow, "REDIS_HOST": "one", "REDIS_PASSWORD": "unread"}
    assert kept(**settings) == {"host": "one", "port": 6379}


def test_settings_for_sentinel_are_ignored():
    """An app can have them beside a URL that changes."""
    found = kept(REDIS_ROLE="replica", REDIS_SENTINEL_PASSWORD="secret")
    assert found == {"host": "localhost", "port": 6379}


def test_url_owns_the_address():
    assert nodes(
        REDIS_URL="redis+cluster://one:1",
        REDIS_HOST="elsewhere",
        REDIS_PORT=1234,
        REDIS_DB=9,
        REDIS_UNIX_SOCKET_PATH="/run/redis.sock",
        REDIS_STARTUP_NODES="two:2",
    ) == [("one", 1)]


def test_options_and_settings_reach_the_class():
    found = kept(
        REDIS_URL="redis+cluster://ann:p%40ss@one:1?read_from_replicas=true"
        "&reinitialize_steps=3&socket_timeout=2",
        REDIS_DECODE_RESPONSES="true",
        REDIS_REQUIRE_FULL_COVERAGE="no",
        REDIS_MAX_CONNECTIONS="7",
    )
    del found["startup_nodes"]
    assert found == {
        "username": "ann",
        "password": "p@ss",
        "read_from_replicas": True,
        "reinitialize_steps": 3,
        "socket_timeout": 2,
        "decode_responses": True,
        "require_full_coverage": False,
        "max_connections": 7,
    }


def test_tls():
    found = kept(REDIS_URL="rediss+cluster://one:1?ssl_ca_certs=/etc/ca.pem")
    assert found["ssl"] is True
    assert found["ssl_ca_certs"] == "/etc/ca.pem"


if hasattr(redis_py.cluster, "LoadBalancingStrategy"):

    def test_load_balancing_strategy():
        strategy = redis_py.cluster.LoadBalancingStrategy.ROUND_ROBIN
        for value in ("round_robin", strategy):
            found = kept(REDIS_LOAD_BALANCING_STRATEGY=value)
            assert found["load_balancing_strategy"] is strategy
        with pytest.raises(ValueError, match=r"^REDIS_LOAD_BALANCING_STRATEGY "):
            kept(REDIS_LOAD_BALANCING_STRATEGY="at random")


def test_writes_nothing_back():
    app = make_app(REDIS_URL="redis+cluster://ann:pass@one:1", REDIS_CLASS=Kept)
    before = dict(app.config)
    Redis(app)
    assert app.config == before


def test_url_of_one_node_is_written_back():
    app = make_app(REDIS_URL="redis://one:1/0", REDIS_CLASS=Kept)
    Redis(app)
    assert app.config["REDIS_HOST"] == "one"
    assert app.config["REDIS_PORT"] == 1
    assert app.config["REDIS_DB"] == 0


# With redis-py 7.2 or later, and a server that shows it.
if hasattr(redis_py, "DriverInfo"):

    def test_client_list_names_the_extension(node):
        redis = Redis(make_app(**node.settings, REDIS_CLASS="redis.RedisCluster"))
        redis.ping()
        with node.client() as client:
            shown = [each.get("lib-name", "") for each in client.client_list()]
        if any(shown):
            assert any("flask-and-redis" in name for name in shown)


SECRET = "hunter2Zq9"


@pytest.mark.parametrize(
    "url",
    [
        "redis+cluster://",
        "redis+cluster:///",
        "redis+cluster://:1",
        "redis+cluster://one:0",
        "redis+cluster://one:65536",
        "redis+cluster://one:x",
        "redis+cluster://one,",
        "redis+cluster://one/x",
        f"redis+cluster://:{SECRET}/x@one",
        "redis+cluster://one?host=two",
        "redis+cluster://one?startup_nodes=two:2",
        "redis+cluster://one?sentinels=two:2",
        "redis+cluster://one?url=redis://two",
        "redis+cluster://one?nonsense=1",
        "redis+cluster://one?read_from_replicas=perhaps",
        "redis+cluster://one?connection_pool=x",
        "redis+cluster://one?address_remap=x",
        "rediss+cluster://one?ssl=no",
        "unix+cluster:///run/redis.sock",
    ],
)
def test_bad_url(url):
    app = make_app(CACHE_URL=url, CACHE_PASSWORD=SECRET)
    with pytest.raises(ValueError, match=r"^CACHE_URL\b") as raised:
        Redis(app, "CACHE")
    assert SECRET not in str(raised.value)
    assert "redis" not in app.extensions


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STARTUP_NODES", "one:0"),
        ("STARTUP_NODES", 5),
        ("STARTUP_NODES", []),
        ("STARTUP_NODES", {"one": 7000}),
        ("STARTUP_NODES", "ann@one:7000"),
        ("STARTUP_NODES", [5]),
        ("STARTUP_NODES", [redis_py.cluster.ClusterNode("one", 1)]),
        ("DB", 1),
        ("DB", "1"),
        ("UNIX_SOCKET_PATH", "/run/redis.sock"),
        ("HOST", "/run/redis.sock"),
        ("CONNECTION_POOL", redis_py.ConnectionPool()),
        ("CONNECTION_POOL_CLASS", "redis.BlockingConnectionPool"),
        ("CONNECTION_POOL_TIMEOUT", 5),
        ("SINGLE_CONNECTION_CLIENT", "yes"),
    ],
)
def test_bad_setting(name, value):
    app = make_app(**{f"CACHE_{name}": value}, CACHE_CLASS=Kept)
    label = "UNIX_SOCKET_PATH" if name == "HOST" else name
    with pytest.raises(ValueError, match=rf"^CACHE_{label}\b"):
        Redis(app, "CACHE")
    assert "redis" not in app.extensions


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("CACHE_DB", 3),
        ("CACHE_URL", "redis+cluster://one?db=3"),
        ("CACHE_URL", "redis+cluster://one/3"),
        ("CACHE_URL", "redis://one/3"),
    ],
)
def test_other_database_is_refused_with_the_reason(setting, value):
    app = make_app(**{setting: value}, CACHE_CLASS=Kept)
    with pytest.raises(ValueError, match=f"{setting}.* combined with a cluster"):
        Redis(app, "CACHE")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in ("address_remap", "policy_resolver")
        if name in inspect.signature(redis_py.RedisCluster).parameters
    ],
)
def test_objects_of_a_cluster_cannot_be_strings(name):
    app = make_app(**{f"REDIS_{name.upper()}": "x"}, REDIS_CLASS=Kept)
    with pytest.raises(ValueError, match=f"^REDIS_{name.upper()} must be a Python ob"):
        Redis(app)


def test_sentinels_for_a_cluster():
    app = make_app(REDIS_SENTINELS="one:1", REDIS_SERVICE_NAME="shop", REDIS_CLASS=Kept)
    with pytest.raises(ValueError, match=r"^REDIS_SENTINELS .*cannot be combined with"):
        Redis(app)


def test_cluster_url_for_another_class():
    app = make_app(REDIS_URL="redis+cluster://one", REDIS_CLASS="redis.StrictRedis")
    error = "startup_nodes in REDIS_URL.* is not a parameter of the client's class.$"
    with pytest.raises(ValueError, match=error):
        Redis(app)


class OneNode(redis_py.RedisCluster):
    def __init__(self, host="localhost", port=6379, db=0):
        super().__init__(host=host, port=port)


@pytest.mark.parametrize("client", ["redis.Redis", OneNode])
def test_nodes_for_a_class_without_this_parameter(client):
    """Otherwise the client would silently connect to localhost."""
    error = r"^REDIS_STARTUP_NODES .* is not a parameter of the client's class.$"
    with pytest.raises(ValueError, match=error):
        Redis(make_app(REDIS_STARTUP_NODES="one", REDIS_CLASS=client))
    with pytest.raises(ValueError, match=error):
        Redis(make_app(REDIS_CLASS=client), startup_nodes="one")
    with pytest.raises(ValueError, match=error):
        Redis(make_app(REDIS_CLASS=client, REDIS_URL="redis+cluster://one"))


@pytest.mark.parametrize(
    "settings",
    [
        {"REDIS_HOST": "there"},
        {"REDIS_UNIX_SOCKET_PATH": "/run/redis.sock"},
        {"REDIS_SENTINELS": "there", "REDIS_SERVICE_NAME": "shop"},
        {"REDIS_CONNECTION_POOL": redis_py.ConnectionPool(host="there")},
    ],
)
def test_settings_with_an_address_override_nodes_in_code(settings):
    redis = Redis(make_app(**settings), startup_nodes="one:7000")
    assert type(redis.connection) is redis_py.Redis


def test_nodes_in_code_that_are_not_set():
    redis = Redis(make_app(), startup_nodes=None)
    assert type(redis.connection) is redis_py.Redis


def test_url_of_a_single_server_overrides_the_nodes():
    url = "redis://there:6380/1"
    in_code = Redis(make_app(REDIS_URL=url), startup_nodes=[("one", 7000)])
    in_settings = Redis(make_app(REDIS_URL=url, REDIS_STARTUP_NODES="one:7000"))
    for redis in (in_code, in_settings):
        assert type(redis.connection) is redis_py.Redis
        assert arguments(redis)["host"] == "there"


def test_unix_url_for_a_cluster():
    app = make_app(REDIS_URL="unix:///run/redis.sock", REDIS_CLASS=Kept)
    with pytest.raises(ValueError, match=r"^REDIS_UNIX_SOCKET_PATH "):
        Redis(app)
