#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Configures and builds one kind of binary; a second call takes seconds.
#   tools/build.sh release|test|tsan|fuzz [TARGET…]     into build/<kind>
set -euo pipefail
cd "$(dirname "$0")/.."
kind=$1
shift
case $kind in
  release) options="--buildtype=release -Db_lto=true -Ddebug=true" ;;
  test) options="-Dtesting=true -Db_sanitize=address,undefined -Doptimization=1 -Ddebug=true" ;;
  tsan) options="-Dtesting=true -Db_sanitize=thread -Db_lundef=false -Doptimization=1 -Ddebug=true" ;;
  fuzz) options="-Dfuzzing=true -Dtesting=true -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 -Ddebug=true" ;;
  *) echo "build.sh: release, test, tsan or fuzz" >&2; exit 2 ;;
esac
dir=build/$kind
# Meson reads the lists of files when it configures: configure again when a list has changed.
mkdir -p "$dir"
for one in c tests support sql html lang migrations assets fuzz; do python3 tools/sources.py "$one"; done >"$dir.lists.new"
cmp -s "$dir.lists.new" "$dir.lists" || rm -f "$dir/.configured"
mv "$dir.lists.new" "$dir.lists"
if [ ! -e "$dir/.configured" ]; then
  [ "$kind" = fuzz ] && export CC=clang
  again=""
  [ -e "$dir/build.ninja" ] && again=--reconfigure
  log=$(mktemp)
  # shellcheck disable=SC2086
  meson setup $again $options "$dir" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  rm -f "$log"
  touch "$dir/.configured"
fi
log=$(mktemp)
ninja -C "$dir" "$@" >"$log" 2>&1 || { grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" | head -n 120 >&2; exit 1; }
rm -f "$log"
