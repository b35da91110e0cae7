"""Sphinx builds the documentation from here: ``tox run -e docs``."""

import flask_redis

project = "Flask-And-Redis"
author = "the Flask-And-Redis authors"
project_copyright = "2026, the Flask-And-Redis authors"
version = release = flask_redis.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosectionlabel"]
autosectionlabel_prefix_document = True
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say them
highlight_language = "none"
smartquotes = False  # messages are shown as they are
html_theme = "furo"
html_title = f"{project} {release}"
