#!/bin/sh
# Installs Debian packages of servers that tests start for themselves. Usage (root): install-packages.sh PACKAGE...
# Debian starts a daemon as soon as it is installed; policy-rc.d forbids that while this runs. A policy that is
# already there is the administrator's and stays as it is.
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
install_all() {
  apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "$@"
}

# A fresh machine has no package lists, an old one has lists that name files which are gone.
install_all "$@" || { apt-get -q update && install_all "$@"; }
