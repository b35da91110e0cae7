#!/usr/bin/env bash
# Builds a Python without the global interpreter lock, which Debian does not package,
# from the first source package that can be fetched. Requires gcc, make, libffi-dev,
# libsqlite3-dev, libssl-dev and zlib1g-dev. It takes some two minutes.
#   free-threaded-python.sh FOLDER PACKAGE/SUITE...
# Then add FOLDER/bin to the end of PATH.
source "$(dirname "$0")/debian.sh"
prefix=$1
shift
mkdir "$apt"/{source,build}
cd "$apt"
for wanted; do
    if use_suite deb-src "${wanted#*/}" && apt_get source --download-only "${wanted%/*}"; then
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
