#!/usr/bin/env bash
# Unpacks Debian's builds of newer Pythons, with the C library and all that they need,
# into a folder. Changes nothing on the machine. Requires apt-get, dpkg-deb and patchelf.
#   debian-pythons.sh FOLDER SUITE VERSION...
# Then add FOLDER/usr/bin to the end of PATH.
set -euo pipefail
root=$1 suite=$2
shift 2
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt"/{lists,archives}/partial "$root"
touch "$apt/status"
# The server that the machine already uses for Debian's packages.
mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' \
    'Created-By: Packages' | awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
# A mirror may lag behind the date in its index, which is signed anyway.
echo "deb [signed-by=$keyring check-valid-until=no] $mirror $suite main" >"$apt/list"
apt_get() {
    apt-get --quiet=2 -o "Dir::State=$apt" -o "Dir::State::status=$apt/status" \
        -o "Dir::Cache=$apt" -o "Dir::Etc::sourcelist=$apt/list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User= "$@"
}
apt_get update
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
