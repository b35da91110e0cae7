import re
from pathlib import Path

from setuptools import setup

here = Path(__file__).parent
module = here.joinpath("flask_redis.py").read_text(encoding="utf-8")
readme = here.joinpath("README.rst").read_text(encoding="utf-8")

setup(
    name="Flask-And-Redis",
    version=re.search(r'^__version__ = "(.+)"$', module, re.MULTILINE).group(1),
    description="A Redis client for each Flask app, with checked settings.",
    long_description=readme,
    long_description_content_type="text/x-rst",
    project_urls={
        "Documentation": "https://flask-and-redis.readthedocs.io/",
        "Source": "https://github.com/playpauseandstop/Flask-And-Redis",
        "Issues": "https://github.com/playpauseandstop/Flask-And-Redis/issues",
        "Changes": "https://flask-and-redis.readthedocs.io/en/latest/changes.html",
    },
    license="BSD-3-Clause",
    license_files=["LICENSE"],
    py_modules=["flask_redis"],
    # The types are a stub package, because a single module cannot have py.typed.
    packages=["flask_redis-stubs"],
    package_data={"flask_redis-stubs": ["*.pyi"]},
    python_requires=">=3.9",
    install_requires=["Flask>=2.2", "redis>=4.6"],
    extras_require={"hiredis": ["redis[hiredis]"]},
    keywords="flask redis valkey",
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Environment :: Web Environment",
        "Framework :: Flask",
        "Intended Audience :: Developers",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.9",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Programming Language :: Python :: 3.14",
        "Programming Language :: Python :: 3.15",
        "Programming Language :: Python :: Free Threading :: 2 - Beta",
        "Topic :: Database",
        "Topic :: Internet :: WWW/HTTP",
    ],
)
