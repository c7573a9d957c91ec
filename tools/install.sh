#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Installs what is missing from the distribution (Debian 12 or 13), as root or by sudo. Says nothing when nothing is missing.
#   tools/install.sh build | test | bench
set -euo pipefail
cd "$(dirname "$0")/.."

build="gcc meson ninja-build pkg-config python3 libmicrohttpd-dev libsqlite3-dev libpq-dev libsodium-dev libssl-dev libicu-dev libqrencode-dev libzstd-dev libbrotli-dev zlib1g-dev libseccomp-dev libvips-tools brotli zstd"
test="$build clang clang-tidy cppcheck libcmocka-dev chromium fonts-noto-core postgresql systemd curl procps"
case "${1:-build}" in
  build) wanted=$build ;;
  test) wanted=$test ;;
  bench) wanted="$build nginx-light wrk curl procps util-linux" ;;
  *) echo "install.sh: build, test or bench" >&2; exit 2 ;;
esac
# The fuzzers' and sanitizers' runtime is packaged by clang's version.
if [ "${1:-build}" = test ]; then
  version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
  wanted="$wanted libclang-rt-${version:-14}-dev"
fi
command -v node >/dev/null || wanted="$wanted nodejs npm"

missing=""
for package in $wanted; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  root=""
  [ "$(id -u)" = 0 ] || root=sudo
  echo "Installing:$missing" >&2
  log=$(mktemp)
  if ! { $root apt-get update && $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "install.sh: the distribution's packages could not be installed" >&2
    exit 1
  fi
  rm -f "$log"
fi

# The page's scripts and (for tests) the browser's driver: exact versions by the lock file.
if [ ! -e node_modules/.stamp ] || [ package-lock.json -nt node_modules/.stamp ]; then
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.stamp
fi
