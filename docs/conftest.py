"""Runs the code of the pages, and of README.rst and CHANGES.rst beside this folder."""

import blocks


def pytest_configure(config):
    config.pluginmanager.register(blocks)
