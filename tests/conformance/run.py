"""Runs redis-py's own tests with a bare client and with the extension in its place.

What passes with the one has to pass with the other, but for the tests named here.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import redis
from servers import TestServer

FILES = (
    *("commands", "pipeline", "lock", "pubsub", "scripting", "monitor", "encoding"),
    *("function", "hash", "client", "connection_pool", "multiprocessing"),
    *("keyspace_notifications",),
)

#: Tests that can pass with the bare client only: they read or set the connection
#: of a client that has a single one. ``connection`` is the current client here.
DIFFERENT = {
    *(
        f"tests/test_connection_pool.py::{test}"
        for test in (
            "TestMultiConnectionClient::test_multi_connection_command",
            "TestHealthCheck::test_health_check_runs",
            "TestHealthCheck::test_arbitrary_command_invokes_health_check",
            "TestHealthCheck::test_arbitrary_command_advances_next_health_check",
            "TestHealthCheck::test_health_check_not_invoked_within_interval",
        )
    ),
    *(
        f"tests/test_commands.py::TestRedisCommands::test_{test}"
        for test in (
            "cluster_addslots cluster_count_failure_reports cluster_countkeysinslot"
            " cluster_delslots cluster_failover cluster_forget cluster_info"
            " cluster_keyslot cluster_meet cluster_nodes cluster_replicate"
            " cluster_reset cluster_saveconfig cluster_setslot cluster_slaves readonly"
        ).split()
    ),
}


def download(folder):
    """The tests, as the sdist of the installed redis-py brings them."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--no-binary", "redis", "--dest", str(folder)),
            f"redis=={redis.__version__}",
        ],
        check=True,
    )
    (sdist,) = folder.glob("redis-*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / sdist.name.removesuffix(".tar.gz")


def outcomes(client, root, folder):
    """What becomes of each test with a client of this kind, and a fresh server."""
    results = folder / f"{client}.json"
    server = TestServer(folder / client)
    try:
        subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-p", "plugin", "--tb=no", "-q"),
                *("-p", "no:cacheprovider", "--redis-url", server.tcp_url()),
                *(f"tests/test_{name}.py" for name in FILES),
            ],
            cwd=root,
            env={
                **os.environ,
                "CONFORMANCE_CLIENT": client,
                "CONFORMANCE_RESULTS": str(results),
                "PYTHONPATH": str(Path(__file__).parent),
            },
            stdout=subprocess.DEVNULL,
            # Some fail with either client.
            check=False,
        )
    finally:
        server.stop()
    return json.loads(results.read_text())


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = download(folder)
        # At once, since they mostly wait.
        with ThreadPoolExecutor() as pool:
            bare, extension = pool.map(
                lambda client: outcomes(client, root, folder), ("client", "extension")
            )
    passed = [test for test, outcome in bare.items() if outcome == "passed"]
    failed = {test for test in passed if extension.get(test) != "passed"}
    for test in sorted(failed - DIFFERENT):
        print(f"Only with the bare client: {test}")
    for test in sorted(DIFFERENT - failed):
        print(f"Passes, or is not there: {test}")
    print(
        f"redis-py {redis.__version__}: of its tests whose fixtures take a client, "
        f"{len(passed) - len(failed)} of {len(passed)} that pass with the bare client "
        f"pass with the extension in its place. {len(failed & DIFFERENT)} others use "
        "its private connection."
    )
    return int(not passed or failed != DIFFERENT)


if __name__ == "__main__":
    sys.exit(main())
