"""Measures what the extension costs, and writes the table and the plot of the docs.

For each Python and each peer there is a virtual environment, since two of them
have modules of one name. All is measured in one run on one machine: compare the
figures with each other, not with those of another run.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import serving
from servers import TestServer

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MEASURE = Path(__file__).with_name("measure.py")
PYTHONS = ("3.11", "3.13")
#: Of the plot, which has no background: each is legible on the white page of the light
#: theme and on the nearly black one of the dark theme.
TEXT_COLOR = "#7a7a7a"
BAR_COLORS = ("#2b83c6", "#d95f02")

BARE = "bare redis-py"
OURS = "this extension"
FLASK_REDIS = "flask-redis 0.4.0"
OLD = "Flask-And-Redis 1.0.0"

#: What is installed for each, next to pyperf.
PACKAGES = {
    OURS: [str(ROOT), "Flask", "redis"],
    FLASK_REDIS: ["flask-redis==0.4.0", "Flask", "redis"],
    # The newest that it works with.
    OLD: ["Flask-And-Redis==1.0.0", "Flask==2.2.*", "Werkzeug==2.2.*", "redis==5.*"],
}

#: Rows of the table: what is measured, with which packages, as measure.py calls it.
ROWS = (
    ("bare client", OURS, "bare"),
    (f"{OURS}, in a request", OURS, "request"),
    (f"{OURS}, in an app context", OURS, "context"),
    (f"{OURS}, one of 100 apps", OURS, "100 apps"),
    (f"{OURS}, one of 50 prefixes", OURS, "50 prefixes"),
    (f"{OURS}, outside a context, with an app", OURS, "bound"),
    (f"{OURS}, a method that is not a command", OURS, "own"),
    ("werkzeug's LocalProxy", OURS, "LocalProxy"),
    (f"{FLASK_REDIS} (resolves no app)", FLASK_REDIS, "flask-redis"),
    (f"{OLD} (Flask 2.2, redis-py 5)", OLD, "Flask-And-Redis 1.0"),
)

VERSIONS = """
from importlib.metadata import version
print(f"{version('flask')} and {version('redis')}")
"""
#: Run in a fresh process, these print seconds.
IMPORT = """
import flask, redis, time
start = time.perf_counter()
import flask_redis
print(time.perf_counter() - start)
"""
INIT = """
import flask, flask_redis, redis, statistics, time

def seconds(function, *args):
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start

print(
    statistics.median(
        seconds(flask_redis.Redis, flask.Flask("app")) - seconds(redis.StrictRedis)
        for _ in range(300)
    )
)
"""


def make_environment(folder, python, packages):
    command = shutil.which(f"python{python}")
    if command is None:
        raise SystemExit(f"There is no python{python} on PATH.")
    subprocess.run([command, "-m", "venv", folder], check=True)
    executable = str(folder / "bin" / "python")
    subprocess.run(
        [executable, "-m", "pip", "install", "--quiet", "pyperf", *packages], check=True
    )
    return executable


def nanoseconds(python, subject, url, folder):
    output = folder / "result.json"
    output.unlink(missing_ok=True)
    subprocess.run(
        [python, str(MEASURE), subject, url, "--quiet", "-o", str(output)],
        check=True,
        stdout=subprocess.DEVNULL,
        # Where the checkout is not, so that flask_redis is the installed one.
        cwd=folder,
    )
    (benchmark,) = json.loads(output.read_text())["benchmarks"]
    values = [value for run in benchmark["runs"] for value in run.get("values", ())]
    # What disturbs a run only ever adds to it.
    return 1e9 * min(values)


def milliseconds(python, script, folder):
    runs = (run(python, script, folder) for _ in range(9))
    return 1e3 * statistics.median(map(float, runs))


def run(python, script, folder):
    """What it prints."""
    command = [python, "-c", script]
    return subprocess.run(
        command, check=True, capture_output=True, cwd=folder, text=True
    ).stdout


def measure(python, folder, url):
    """The figures of one Python: by row, and some more by name."""
    executables = {
        name: make_environment(folder / f"{python} {number}", python, packages)
        for number, (name, packages) in enumerate(PACKAGES.items())
    }
    ours = executables[OURS]
    figures = {
        row: nanoseconds(executables[name], subject, "-", folder)
        for row, name, subject in ROWS
    }
    figures["GET, bare"] = nanoseconds(ours, "bare", url, folder)
    figures["versions"] = run(ours, VERSIONS, folder).strip()
    figures["import"] = milliseconds(ours, IMPORT, folder)
    figures["Redis(app)"] = milliseconds(ours, INIT, folder)
    return figures


def table(figures):
    """The figures as reStructuredText."""
    bare = {python: figures[python]["bare client"] for python in PYTHONS}
    rows = [("A command that does nothing", *(f"Python {p}" for p in PYTHONS))]
    rows.append(("Flask and redis-py", *(figures[p]["versions"] for p in PYTHONS)))
    rows.append(("bare client", *(f"{bare[p]:.0f} ns" for p in PYTHONS)))
    rows += [
        (row, *(f"+{figures[p][row] - bare[p]:.0f} ns" for p in PYTHONS))
        for row, _, _ in ROWS[1:]
    ]
    get = {p: figures[p]["GET, bare"] for p in PYTHONS}
    added = {p: 100 * (figures[p][ROWS[2][0]] - bare[p]) / get[p] for p in PYTHONS}
    rows += [
        (
            "``GET`` on loopback, bare client",
            *(f"{get[p] / 1e3:.1f} µs" for p in PYTHONS),
        ),
        ("share of the call in this ``GET``", *(f"{added[p]:.2f} %" for p in PYTHONS)),
        (
            "``Redis(app)``, more than the client's constructor",
            *(f"{figures[p]['Redis(app)']:+.2f} ms" for p in PYTHONS),
        ),
        (
            "import, more than Flask and redis-py",
            *(f"{figures[p]['import']:+.1f} ms" for p in PYTHONS),
        ),
    ]
    return list_table(rows)


def list_table(rows):
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for first, *others in rows:
        lines.append(f"   * - {first}")
        lines += [f"     - {other}" for other in others]
    return "\n".join(lines) + "\n"


def plot(figures, path):
    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "flask-and-redis"})
    for name in ("text.color", "axes.labelcolor", "axes.edgecolor"):
        plt.rcParams[name] = TEXT_COLOR
    plt.rcParams.update({"xtick.color": TEXT_COLOR, "ytick.color": TEXT_COLOR})
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    rows = [row for row, _, _ in reversed(ROWS[1:])]
    height = 0.4
    for number, python in enumerate(PYTHONS):
        bare = figures[python]["bare client"]
        axes.barh(
            [place - number * height for place in range(len(rows))],
            [figures[python][row] - bare for row in rows],
            height,
            label=f"Python {python}",
            color=BAR_COLORS[number],
        )
    axes.set_yticks([place - height / 2 for place in range(len(rows))], rows)
    axes.set_xlabel("nanoseconds that a call takes over the bare client's")
    axes.legend(framealpha=0)
    figure.savefig(path, metadata={"Date": None}, transparent=True)


def call(folder, server):
    """What a call costs."""
    url = server.tcp_url()
    figures = {python: measure(python, folder, url) for python in PYTHONS}
    plot(figures, DOCS / "performance.svg")
    return table(figures)


def site(folder, server):
    """What it costs a site."""
    pythons = {
        name: make_environment(
            folder / f"site {number}", PYTHONS[-1], ["gunicorn", *PACKAGES[name]]
        )
        for number, name in enumerate((OURS, FLASK_REDIS))
    }
    ways = {
        BARE: (pythons[OURS], "bare"),
        OURS: (pythons[OURS], "this_extension"),
        FLASK_REDIS: (pythons[FLASK_REDIS], "flask_redis"),
    }
    return list_table(serving.table(serving.measure(ways, server, folder), BARE))


#: What can be measured, by the name that picks it, and the table that it writes.
PARTS = {call: "performance-table.inc", site: "site-table.inc"}


def main():
    chosen = sys.argv[1:] or [part.__name__ for part in PARTS]
    for part, name in PARTS.items():
        if part.__name__ in chosen:
            with tempfile.TemporaryDirectory() as folder:
                server = TestServer(Path(folder, "server"))
                try:
                    text = part(Path(folder), server)
                finally:
                    server.stop()
            (DOCS / name).write_text(text, encoding="utf-8")
            print(text)


if __name__ == "__main__":
    sys.exit(main())
