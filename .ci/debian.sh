# The other scripts source this. It uses a suite of Debian from a folder of its own, $apt,
# and changes nothing on the machine.
set -euo pipefail
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt"/{lists,archives}/partial
touch "$apt/status"
# The server that the machine already uses for Debian's packages.
mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' \
    'Created-By: Packages' | awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }')

apt_get() {
    apt-get --quiet=2 -o "Dir::State=$apt" -o "Dir::State::status=$apt/status" \
        -o "Dir::Cache=$apt" -o "Dir::Etc::sourcelist=$apt/list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User= "$@"
}

# use_suite deb|deb-src SUITE
use_suite() {
    # A mirror may lag behind the date in its index, which is signed anyway.
    echo "$1 [signed-by=$keyring check-valid-until=no] $mirror $2 main" >"$apt/list"
    apt_get update
}
