"""Deployments of many servers, each started once for all tests."""

import pytest
from cluster import Cluster
from forwarder import TLS, Certificates
from sentinels import Sentinels


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


@pytest.fixture(scope="session")
def the_sentinels(tmp_path_factory):
    deployment = Sentinels(tmp_path_factory.mktemp("sentinels"))
    yield deployment
    deployment.stop()


@pytest.fixture
def sentinels(the_sentinels):
    """One primary, two replicas and three sentinels, all alive, with no keys."""
    the_sentinels.flush()
    yield the_sentinels
    the_sentinels.restore()


@pytest.fixture(scope="session")
def the_cluster(tmp_path_factory):
    deployment = Cluster(tmp_path_factory.mktemp("cluster"))
    yield deployment
    deployment.stop()


@pytest.fixture
def cluster(the_cluster):
    """Three primaries with a replica each, all alive, with no keys."""
    the_cluster.flush()
    yield the_cluster
    the_cluster.restore()


@pytest.fixture(scope="session")
def the_tls_sentinels(tmp_path_factory, context):
    deployment = Sentinels(tmp_path_factory.mktemp("tls-sentinels"), context)
    yield deployment
    deployment.stop()


@pytest.fixture
def tls_sentinels(the_tls_sentinels):
    """As ``sentinels``, with TLS for clients."""
    the_tls_sentinels.flush()
    yield the_tls_sentinels
    the_tls_sentinels.restore()


@pytest.fixture(scope="session")
def the_tls_cluster(tmp_path_factory, context):
    deployment = Cluster(tmp_path_factory.mktemp("tls-cluster"), context)
    yield deployment
    deployment.stop()


@pytest.fixture
def tls_cluster(the_tls_cluster):
    """As ``cluster``, with TLS for clients."""
    the_tls_cluster.flush()
    yield the_tls_cluster
    the_tls_cluster.restore()
