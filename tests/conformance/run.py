"""Runs redis-py's own tests with a bare client and with the extension in its place.

What passes with the one has to pass with the other, but for the tests named here.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
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
DIFFERENT = (
    "test_connection_pool.py::TestMultiConnectionClient::",
    "test_connection_pool.py::TestHealthCheck::",
    "test_commands.py::TestRedisCommands::test_cluster_",
    "test_commands.py::TestRedisCommands::test_readonly",
)


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
        bare = outcomes("client", root, folder)
        extension = outcomes("extension", root, folder)
    passed = [test for test, outcome in bare.items() if outcome == "passed"]
    failed = [test for test in passed if extension.get(test) != "passed"]
    unexpected = [
        test for test in failed if not any(f"/{known}" in test for known in DIFFERENT)
    ]
    for test in unexpected:
        print(f"Only with the bare client: {test}")
    print(
        f"redis-py {redis.__version__}: {len(passed) - len(failed)} of {len(passed)} "
        "tests that pass with the client pass with the extension in its place; "
        f"{len(failed) - len(unexpected)} others use its private connection."
    )
    return 1 if unexpected or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
