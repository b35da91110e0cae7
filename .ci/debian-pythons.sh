#!/usr/bin/env bash
# Unpacks Debian's builds of newer Pythons, with the C library and all that they need,
# into a folder. Changes nothing on the machine. Requires apt-get, dpkg-deb and patchelf.
#   debian-pythons.sh FOLDER SUITE VERSION...
# Then add FOLDER/usr/bin to the end of PATH.
source "$(dirname "$0")/debian.sh"
root=$1 suite=$2
shift 2
mkdir -p "$root"
use_suite deb "$suite"
# No package counts as installed, so this also fetches the C library.
apt_get --yes --no-install-recommends --download-only install \
    $(printf 'python%s-venv ' "$@")
for deb in "$apt"/archives/*.deb; do
    dpkg-deb --extract "$deb" "$root"
done
triplet=$(dpkg-architecture -q DEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)
for version; do
    # Each Python starts with this C library, wherever it is called from.
    patchelf --force-rpath --set-rpath "$root/usr/lib/$triplet" \
        --set-interpreter "$root"/usr/lib64/ld-linux-x86-64.so.2 \
        "$root/usr/bin/python$version"
    "$root/usr/bin/python$version" -c 'import ctypes, sqlite3, ssl, sys; print(sys.version)'
done
