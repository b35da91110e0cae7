"""Deployments of many servers, each started once for all tests."""

import pytest
from apps import close_clients
from cluster import Cluster
from forwarder import TLS, Certificates
from sentinels import Sentinels
from servers import lasting_port


@pytest.fixture(autouse=True)
def clients_are_closed():
    yield
    close_clients()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """Files for the ``ssl_*`` settings of clients."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def context(certificates):
    """What servers on this machine show."""
    return certificates.context("localhost", "127.0.0.1")


@pytest.fixture(scope="session")
def tls(the_server, certificates):
    """The ports at which the server of all tests is reached with TLS."""
    tls = TLS(the_server, certificates)
    yield tls
    tls.stop()


def start(deployment_class, folder, context=None):
    deployment = deployment_class(folder, context)
    yield deployment
    deployment.stop()


def lend(deployment):
    """All alive and with no keys, for one test."""
    deployment.flush()
    yield deployment
    deployment.restore()


@pytest.fixture(scope="session")
def the_sentinels(tmp_path_factory):
    yield from start(Sentinels, tmp_path_factory.mktemp("sentinels"))


@pytest.fixture(scope="session")
def the_cluster(tmp_path_factory):
    yield from start(Cluster, tmp_path_factory.mktemp("cluster"))


@pytest.fixture(scope="session")
def the_tls_sentinels(tmp_path_factory, context):
    yield from start(Sentinels, tmp_path_factory.mktemp("tls-sentinels"), context)


@pytest.fixture(scope="session")
def the_tls_cluster(tmp_path_factory, context):
    yield from start(Cluster, tmp_path_factory.mktemp("tls-cluster"), context)


@pytest.fixture
def sentinels(the_sentinels):
    """One primary, two replicas and three sentinels."""
    yield from lend(the_sentinels)


@pytest.fixture
def cluster(the_cluster):
    """Three primaries with a replica each."""
    yield from lend(the_cluster)


@pytest.fixture
def tls_sentinels(the_tls_sentinels):
    """As ``sentinels``, with TLS for clients."""
    yield from lend(the_tls_sentinels)


@pytest.fixture
def tls_cluster(the_tls_cluster):
    """As ``cluster``, with TLS for clients."""
    yield from lend(the_tls_cluster)


@pytest.fixture
def free_ports():
    """Where nothing answers."""
    return [lasting_port() for _ in range(2)]


# What ``REDIS_URL`` says of each.


@pytest.fixture
def tcp_url(server):
    return server.tcp_url(3)


@pytest.fixture
def unix_url(server):
    return server.url(3)


@pytest.fixture
def tls_url(server, tls, certificates):
    return f"rediss://localhost:{tls.port}/3?ssl_ca_certs={certificates.authority}"


@pytest.fixture
def sentinels_url(sentinels):
    return sentinels.url(db=3)


@pytest.fixture
def cluster_url(cluster):
    return cluster.url()


@pytest.fixture
def tls_sentinels_url(tls_sentinels, certificates):
    return tls_sentinels.url("rediss", db=3, ssl_ca_certs=certificates.authority)


@pytest.fixture
def tls_cluster_url(tls_cluster, certificates):
    return tls_cluster.url("rediss", ssl_ca_certs=certificates.authority)
