"""What tests measure, shown as a table at the end of the run.

A plugin of pytest, for any folder of tests: ``pytest -p figures``. A test that says
``figure("requests", 20000)`` has a row, under its own name. ``--table`` writes the
table as reStructuredText.
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
    rows = {}
    for report in terminalreporter.getreports("passed"):
        figures = [text for name, text in report.user_properties if name == "figure"]
        if report.when == "call" and figures:
            rows[title(report.location[2])] = figures
    if not rows:
        return
    terminalreporter.section("figures")
    for name, figures in rows.items():
        terminalreporter.line("\n    ".join([name, *figures]))
    if config.option.table:
        config.option.table.write_text(table(rows), encoding="utf-8")


def title(test):
    """``test_server_is_killed[soon]`` as plain words."""
    words = test.removeprefix("test_").replace("_", " ")
    return words[0].upper() + words[1:].replace("[", ", ").rstrip("]")


def table(rows):
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for name, figures in [("What happens", ["What was measured"]), *rows.items()]:
        first, *others = [
            f"| {figure}" if name in rows else figure for figure in figures
        ]
        lines += [f"   * - {name}", f"     - {first}"]
        lines += [f"       {other}" for other in others]
    return "\n".join(lines) + "\n"
