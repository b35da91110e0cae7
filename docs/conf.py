"""Sphinx builds the documentation from here: ``tox run -e docs``."""

from urllib.request import urlopen

import flask_redis

project = "Flask-And-Redis"
author = "the Flask-And-Redis authors"
project_copyright = "2026, the Flask-And-Redis authors"
version = release = flask_redis.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosectionlabel",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
]
autosectionlabel_prefix_document = True
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # The docstrings give the types.
highlight_language = "none"
smartquotes_action = "D"  # Dashes only: quotes in messages are shown as they are.
html_theme = "furo"
html_title = f"{project} {release}"

# Copy commands and statements, without the prompts and the output.
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True


def is_reachable(url):
    try:
        urlopen(f"{url}objects.inv", timeout=5).close()
    except OSError:
        return False
    return True


# Without the network, the names are not links, and the build passes. Sphinx warns about
# an inventory that it cannot fetch, and cannot suppress that warning alone.
intersphinx_mapping = {
    name: (url, None)
    for name, url in {
        "python": "https://docs.python.org/3/",
        "flask": "https://flask.palletsprojects.com/en/stable/",
        "redis": "https://redis.readthedocs.io/en/stable/",
    }.items()
    if is_reachable(url)
}
