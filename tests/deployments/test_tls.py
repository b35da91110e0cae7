"""TLS: certificates are verified, and no connection goes on without."""

import pytest
import redis as redis_py
import valkey
from apps import make_app
from celery import Celery
from celery.contrib.testing.worker import start_worker
from redis.exceptions import RedisClusterException
from redis.sentinel import MasterNotFoundError
from servers import NO_RETRY

from flask_redis import Redis


def secured(**settings):
    settings.setdefault("REDIS_RETRY", NO_RETRY)
    return Redis(make_app(**settings))


def test_url_and_settings(tls, certificates):
    for settings in (
        {
            "REDIS_URL": f"rediss://localhost:{tls.port}/0"
            f"?ssl_ca_certs={certificates.authority}&ssl_cert_reqs=required"
        },
        {
            "REDIS_URL": f"rediss://localhost:{tls.port}",
            "REDIS_SSL_CA_CERTS": certificates.authority,
        },
        {
            "REDIS_HOST": "localhost",
            "REDIS_PORT": tls.port,
            "REDIS_SSL": "true",
            "REDIS_SSL_CA_CERTS": certificates.authority,
        },
    ):
        assert secured(**settings).ping()


# Celery's worker for tests, and what it imports, use what is deprecated.
@pytest.mark.filterwarnings("ignore")
def test_celery_takes_the_same_url(server, tls, certificates):
    """It requires ``ssl_cert_reqs`` in the URL, as the page about it says."""
    app = make_app(
        REDIS_URL=f"rediss://localhost:{tls.port}/5?ssl_cert_reqs=required"
        f"&ssl_ca_certs={certificates.authority}"
    )
    redis = Redis(app)
    url = app.config["REDIS_URL"]
    celery = Celery("tasks", broker=url, backend=url)

    @celery.task
    def count():
        with app.app_context():
            return redis.incr("counted")

    with start_worker(celery, perform_ping_check=False, loglevel="ERROR"):
        assert count.delay().get(timeout=30) == 1
    celery.close()
    keys = server.keys()
    assert (5, "counted") in keys
    assert {db for db, _ in keys} == {5}


def test_verified_by_default(tls):
    """The CA of the tests is not one that this machine trusts."""
    with pytest.raises(redis_py.ConnectionError, match="VERIFY_FAILED"):
        secured(REDIS_URL=f"rediss://localhost:{tls.port}").ping()


def test_wrong_authority(tls, certificates):
    redis = secured(
        REDIS_URL=f"rediss://localhost:{tls.port}",
        REDIS_SSL_CA_CERTS=certificates.other_authority,
    )
    with pytest.raises(redis_py.ConnectionError, match="VERIFY_FAILED"):
        redis.ping()


def test_wrong_host_name(tls, certificates):
    redis = secured(
        REDIS_URL=f"rediss://localhost:{tls.elsewhere_port}",
        REDIS_SSL_CA_CERTS=certificates.authority,
    )
    with pytest.raises(redis_py.ConnectionError, match="VERIFY_FAILED"):
        redis.ping()


def test_class_of_another_library(tls, certificates):
    """Its own default is not to check the host name."""
    settings = {
        "REDIS_CLASS": "valkey.Valkey",
        "REDIS_SSL_CA_CERTS": certificates.authority,
    }
    assert secured(REDIS_URL=f"rediss://localhost:{tls.port}", **settings).ping()
    elsewhere = f"rediss://localhost:{tls.elsewhere_port}"
    with pytest.raises(valkey.ConnectionError, match="VERIFY_FAILED"):
        secured(REDIS_URL=elsewhere, **settings).ping()
    url = f"{elsewhere}?ssl_check_hostname=false"
    assert secured(REDIS_URL=url, **settings).ping()


def test_verification_turned_off_by_the_user(tls):
    assert secured(REDIS_URL=f"rediss://localhost:{tls.port}?ssl_cert_reqs=none").ping()


def test_client_certificate(tls, certificates):
    settings = {
        "REDIS_URL": f"rediss://localhost:{tls.demanding_port}",
        "REDIS_SSL_CA_CERTS": certificates.authority,
    }
    with pytest.raises(redis_py.ConnectionError):
        secured(**settings).ping()
    settings["REDIS_SSL_CERTFILE"] = certificates.client
    settings["REDIS_SSL_KEYFILE"] = certificates.client_key
    assert secured(**settings).ping()


def test_blocking_pool(tls, certificates):
    redis = secured(
        REDIS_URL=f"rediss://localhost:{tls.port}",
        REDIS_SSL_CA_CERTS=certificates.authority,
        REDIS_CONNECTION_POOL_CLASS="redis.BlockingConnectionPool",
    )
    assert redis.ping()


def test_server_without_tls(server):
    redis = secured(
        REDIS_URL=f"rediss://127.0.0.1:{server.port}?socket_connect_timeout=1&socket_timeout=1"
    )
    with pytest.raises((redis_py.ConnectionError, redis_py.TimeoutError)):
        redis.ping()


def test_sentinel_with_a_wrong_authority(tls_sentinels, certificates):
    url = tls_sentinels.url("rediss", ssl_ca_certs=certificates.other_authority)
    with pytest.raises(MasterNotFoundError):
        secured(REDIS_URL=url, REDIS_SENTINEL_KWARGS={"retry": NO_RETRY}).ping()


def test_primary_of_sentinels_with_a_wrong_authority(tls_sentinels, certificates):
    """The sentinels are believed, the server that they name is not."""
    url = tls_sentinels.url("rediss", ssl_ca_certs=certificates.other_authority)
    settings = {"REDIS_URL": url}
    settings["REDIS_SENTINEL_KWARGS"] = {"ssl_ca_certs": certificates.authority}
    with pytest.raises(redis_py.ConnectionError, match="VERIFY_FAILED"):
        secured(**settings).ping()


def test_cluster_with_a_wrong_authority(tls_cluster, certificates):
    url = tls_cluster.url("rediss", ssl_ca_certs=certificates.other_authority)
    with pytest.raises(RedisClusterException, match="VERIFY_FAILED"):
        secured(REDIS_URL=url).ping()


@pytest.mark.parametrize("deployment", ["tls_sentinels", "tls_cluster"])
def test_settings_beside_a_url(deployment, certificates, request):
    url = request.getfixturevalue(deployment).url("rediss")
    redis = secured(REDIS_URL=url, REDIS_SSL_CA_CERTS=certificates.authority)
    assert redis.ping()
