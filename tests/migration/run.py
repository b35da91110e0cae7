"""Runs the tests of projects that use flask-redis with this extension in its place.

The tests come from the sources of these projects, and are not changed. Those of
flask-redis itself are among them.
"""

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from servers import TestServer

#: By the project: where its tests are, where its code is, and how many have to pass.
PROJECTS = {
    "Flask-Pancake==0.5.2": ("tests", ".", 93),
    "dockerflow==2026.3.4": ("tests/flask", "src", 38),
    "flask-redis==0.4.0": ("test", None, 6),
}
#: One more test of flask-redis compares the entry in app.extensions with the object.
DIFFERENT = ["--deselect", "test/integration/test_client.py::test_init_app"]


def download(project, folder):
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--no-binary", ":all:", "--dest", str(folder)),
            project,
        ],
        check=True,
    )
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / sdist.name.removesuffix(".tar.gz")


def passed(root, tests, code, url):
    path = [str(Path(__file__).parent), *([str(root / code)] if code else [])]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "plugin", "-q", tests),
            # Their configuration is for plugins that need not be here.
            *("-c", os.devnull, "--rootdir", ".", "-p", "no:cacheprovider"),
            *DIFFERENT,
        ],
        cwd=root,
        env={
            **os.environ,
            "MIGRATION_URL": url,
            "PYTHONPATH": os.pathsep.join(path),
        },
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout)
        return 0
    return int(re.search(r"(\d+) passed", done.stdout)[1])


def main():
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = TestServer(folder / "server")
        try:
            for number, (project, (tests, code, expected)) in enumerate(
                PROJECTS.items()
            ):
                root = download(project, folder / str(number))
                if code is None:
                    # Its tests are for this module.
                    (root / "flask_redis").rename(root / "hidden")
                found = passed(root, tests, code, server.tcp_url())
                print(f"{project}: {found} of {expected} tests passed.")
                failed |= found != expected
        finally:
            server.stop()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
