"""Settings of a client that asks sentinels where its server is."""

import pytest
import redis as redis_py
from apps import make_app
from redis.sentinel import MasterNotFoundError
from servers import NO_RETRY, arguments, wait_until

from flask_redis import Redis


@pytest.fixture
def settings(sentinels):
    """The same as the URL says, one by one."""
    return {
        "REDIS_SENTINELS": sentinels.addresses,
        "REDIS_SERVICE_NAME": sentinels.service,
        "REDIS_PASSWORD": sentinels.password,
        "REDIS_SENTINEL_KWARGS": {
            "password": sentinels.sentinel_password,
            "retry": NO_RETRY,
        },
        "REDIS_RETRY": NO_RETRY,
        "REDIS_DECODE_RESPONSES": True,
    }


def test_setting_by_setting(sentinels, settings):
    redis = Redis(make_app(**settings, REDIS_DB=2))
    redis.set("key", "value")
    assert sentinels.server(sentinels.primary()).client(2).get("key") == "value"


def test_addresses_as_text(sentinels, settings):
    settings["REDIS_SENTINELS"] = sentinels.hosts
    assert Redis(make_app(**settings)).ping()


def test_options_in_code(sentinels, settings):
    options = {
        "sentinels": sentinels.hosts,
        "service_name": sentinels.service,
        "password": sentinels.password,
        "sentinel_password": sentinels.sentinel_password,
        "role": "replica",
    }
    assert Redis(make_app(), **options).info("replication")["role"] == "slave"


def test_database_in_the_url(sentinels):
    url = sentinels.url().replace("?", "/2?")
    Redis(make_app(REDIS_URL=url)).set("key", "value")
    assert sentinels.server(sentinels.primary()).client(2).get("key") == "value"


def test_password_of_the_sentinels_as_a_setting(sentinels, settings):
    del settings["REDIS_SENTINEL_KWARGS"]["password"]
    with pytest.raises(MasterNotFoundError):
        Redis(make_app(**settings)).ping()
    settings["REDIS_SENTINEL_PASSWORD"] = sentinels.sentinel_password
    assert Redis(make_app(**settings)).ping()


def test_user_of_the_sentinels(sentinels, settings):
    settings["REDIS_SENTINEL_USERNAME"] = "nobody"
    with pytest.raises(MasterNotFoundError):
        Redis(make_app(**settings)).ping()
    settings["REDIS_SENTINEL_USERNAME"] = "default"
    assert Redis(make_app(**settings)).ping()


def test_each_server_gets_its_own_password(sentinels, settings):
    assert Redis(make_app(**settings)).ping()
    settings["REDIS_PASSWORD"] = sentinels.sentinel_password
    with pytest.raises(redis_py.AuthenticationError):
        Redis(make_app(**settings)).ping()


def test_min_other_sentinels(settings):
    assert Redis(make_app(**settings, REDIS_MIN_OTHER_SENTINELS="2")).ping()
    with pytest.raises(MasterNotFoundError):
        Redis(make_app(**settings, REDIS_MIN_OTHER_SENTINELS="3")).ping()


def test_unknown_service(sentinels):
    url = sentinels.url().replace(sentinels.service, "unknown")
    with pytest.raises(MasterNotFoundError, match="unknown"):
        Redis(make_app(REDIS_URL=url, REDIS_RETRY=NO_RETRY)).ping()


def test_sentinels_that_are_dead_are_passed_over(sentinels, settings, free_ports):
    dead = [("127.0.0.1", port) for port in free_ports]
    settings["REDIS_SENTINELS"] = dead + sentinels.addresses
    assert Redis(make_app(**settings)).ping()


def test_reads_of_a_second_prefix_go_to_replicas(sentinels):
    app = make_app(
        REDIS_URL=sentinels.url(),
        READS_URL=sentinels.url(role="replica"),
        READS_DECODE_RESPONSES="true",
    )
    redis, reads = Redis(app), Redis(app, "READS")
    redis.set("key", "value")
    assert redis.info("replication")["role"] == "master"
    assert reads.info("replication")["role"] == "slave"
    assert wait_until(lambda: reads.get("key")) == "value"
    with pytest.raises(redis_py.exceptions.ReadOnlyError):
        reads.set("key", "other")


@pytest.mark.parametrize(
    ("role", "seen"), [("primary", "master"), ("replica", "slave")]
)
def test_role_as_a_setting(settings, role, seen):
    redis = Redis(make_app(**settings, REDIS_ROLE=role))
    assert redis.info("replication")["role"] == seen


def test_class_with_settings_of_its_own(settings):
    class Own(redis_py.StrictRedis):
        def __init__(self, greeting="hello", **kwargs):
            self.greeting = greeting
            super().__init__(client_name=greeting, **kwargs)

    redis = Redis(make_app(**settings, REDIS_CLASS=Own, REDIS_GREETING="hi"))
    assert redis.connection.greeting == redis.client_getname() == "hi"
    assert type(redis.connection) is Own


def test_max_connections(settings):
    redis = Redis(make_app(**settings, REDIS_MAX_CONNECTIONS="1"))
    connection = redis.connection_pool.get_connection()
    with pytest.raises(redis_py.ConnectionError, match=r"[Tt]oo many"):
        redis.ping()
    redis.connection_pool.release(connection)
    assert redis.ping()


def test_timeouts_hold_for_sentinels_too(settings):
    app = make_app(**settings, REDIS_SOCKET_TIMEOUT="3", REDIS_SOCKET_CONNECT_TIMEOUT=4)
    for client in Redis(app).connection_pool.sentinel_manager.sentinels:
        assert arguments(client)["socket_timeout"] == 3
        assert arguments(client)["socket_connect_timeout"] == 4


def test_sentinel_kwargs_win_over_what_is_inherited(settings):
    settings["REDIS_SENTINEL_KWARGS"]["socket_timeout"] = 0.5
    redis = Redis(make_app(**settings, REDIS_SOCKET_TIMEOUT=3))
    assert arguments(redis)["socket_timeout"] == 3
    for client in redis.connection_pool.sentinel_manager.sentinels:
        assert arguments(client)["socket_timeout"] == 0.5
    assert redis.ping()
