#!/usr/bin/env bash
# Builds a Python without the global interpreter lock, which Debian does not package,
# from the first source package that can be fetched. Requires gcc, make, libffi-dev,
# libsqlite3-dev, libssl-dev and zlib1g-dev. It takes some two minutes.
#   free-threaded-python.sh FOLDER PACKAGE/SUITE...
# Then add FOLDER/bin to the end of PATH.
set -euo pipefail
prefix=$1
shift
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,archives}/partial "$work"/{source,build}
touch "$work/status"
# The server that the machine already uses for Debian's packages.
mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' \
    'Created-By: Packages' | awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
apt_get() {
    apt-get --quiet=2 -o "Dir::State=$work" -o "Dir::State::status=$work/status" \
        -o "Dir::Cache=$work" -o "Dir::Etc::sourcelist=$work/list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User= "$@"
}
cd "$work"
for wanted; do
    echo "deb-src [signed-by=$keyring check-valid-until=no] $mirror ${wanted#*/} main" >list
    if apt_get update && apt_get source --download-only "${wanted%/*}"; then
        break
    fi
    rm -f ./*.orig.tar.*
done
[ -e ./*.orig.tar.xz ] || { echo "No source package could be fetched."; exit 1; }
# The release itself, without Debian's patches.
tar --extract --file ./*.orig.tar.xz --strip-components 1 --directory source
cd build
{
    ../source/configure --prefix="$prefix" --disable-gil --disable-test-modules \
        --with-ensurepip=no &&
        make --jobs "$(nproc)" &&
        # Not the library's .pyc files: Python compiles each module when it is imported.
        make altbininstall libinstall inclinstall sharedinstall
} >log 2>&1 || { tail --lines 50 log; exit 1; }
"$prefix"/bin/python3.*t -c 'import ctypes, sqlite3, ssl, sys; print(sys.version); \
assert not sys._is_gil_enabled()'
