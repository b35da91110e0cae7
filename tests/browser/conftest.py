"""Chromium, the Comments app, and people who use it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from sites import Person, chromium_binary, comments_served, launch

# A long timeout, because the machine may be busy.
expect.set_options(timeout=30_000)

DOCS = Path(__file__).parents[2] / "docs"


def pytest_addoption(parser):
    parser.addoption(
        "--screenshots",
        action="store_true",
        help="write the screenshots of the documentation to docs",
    )


def pytest_configure(config):
    # Werkzeug's server leaves a file open if the browser closes the connection early.
    config.addinivalue_line(
        "filterwarnings", "ignore:unclosed file .*style.css:ResourceWarning"
    )


def pytest_report_header():
    return f"chromium: {chromium_binary()}"


@pytest.fixture
def pictures(request, tmp_path):
    """Return the folder for screenshots."""
    return DOCS if request.config.getoption("--screenshots") else tmp_path


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def site(server):
    with comments_served(server.url) as url:
        yield url


@pytest.fixture
def person(browser, site):
    """Return a function that opens a browser, and signs in if a name is given."""
    people = []

    def person(name=None, **look):
        people.append(Person(browser, site, **look))
        if name:
            people[-1].sign_in(name)
        return people[-1]

    yield person
    complaints = [words for person in people for words in person.complaints]
    for someone in people:
        someone.context.close()
    assert complaints == []


@pytest.fixture
def ann(person):
    return person("Ann")


@pytest.fixture
def bob(person):
    return person("Bob")
