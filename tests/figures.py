"""Show what tests measure, at the end of the run.

This is a plugin for pytest, for any folder of tests: ``pytest -p figures``. A test
calls ``figure("requests", 20000)`` to show a figure under the name of the test.
``--table`` writes the figures as reStructuredText, too.
"""

from pathlib import Path

import pytest


def pytest_addoption(parser):
    parser.addoption("--table", type=Path, help="a file for the table of figures")


@pytest.fixture
def figure(record_property):
    """Takes the name of a figure, and its value: a number, or text with its unit."""

    def record(name, value):
        text = f"{value:,}" if isinstance(value, int) else value
        record_property("figure", f"{name}: {text}")

    return record


def pytest_terminal_summary(terminalreporter, config):
    files = {}
    for report in terminalreporter.getreports("passed"):
        figures = [text for name, text in report.user_properties if name == "figure"]
        if report.when == "call" and figures:
            path, _, test = report.location
            files.setdefault(Path(path).stem, {})[title(test)] = figures
    if not files:
        return
    terminalreporter.section("figures")
    for rows in files.values():
        for name, figures in rows.items():
            terminalreporter.line("\n    ".join([name, *figures]))
    if config.option.table:
        config.option.table.write_text(table(files), encoding="utf-8")


def title(test):
    """``test_server_is_killed[soon]`` as plain words."""
    words = test.removeprefix("test_").replace("_", " ")
    return words[0].upper() + words[1:].replace("[", ", ").rstrip("]")


def table(files):
    """Return a definition list for each file of tests.

    It is between two comments with the name of the file, so that a page can include it
    alone. A table with two columns would be too wide for a phone.
    """
    lines = []
    for file, rows in files.items():
        lines += [f".. begin {file}", ""]
        for name, figures in rows.items():
            lines += [f"**{name}**", *(f"   - {figure}" for figure in figures), ""]
        lines += [f".. end {file}", ""]
    return "\n".join(lines)
