#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Does the write-ahead log stay bounded? Sixty-four writers and eight readers at once, ten minutes (or the number of minutes given):
# the log may pass 64 MiB, from where the checkpoint asks for a restart, but must come back and never pass 256 MiB. Works on a
# copy of the world.
#
#   benchmark/wal.sh BUILD WORLD [MINUTES]
set -euo pipefail
build=$1 world=$2 minutes=${3:-10} bound=$((256 << 20)) round=20
here=$(dirname "$0")
data=$build/written
rm -rf "$data"
mkdir -m 700 "$data"
for f in veche.db sessions.tsv texts.txt; do cp --reflink=auto "$world/$f" "$data/"; done

taskset -c 0 "$build/veche" serve --data "$data" --port 0 --threads 1 --limits-off > "$build/wal.out" 2> "$build/wal.err" &
server=$! helpers=()
trap 'kill ${helpers[@]+"${helpers[@]}"} $server 2>/dev/null || true; wait 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q http "$build/wal.out" && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' "$build/wal.out")

# The largest size of each round, and what the log comes back to: it is cut when it starts anew.
watch_wal() {
  while sleep 0.2; do stat -c %s "$data/veche.db-wal" 2>/dev/null || echo 0; done > "$build/wal.sizes"
}
watch_wal & helpers+=($!)
posts() { python3 -c 'import sqlite3,sys; print(sqlite3.connect("file:%s/veche.db?mode=ro" % sys.argv[1], uri=True).execute("SELECT COALESCE(MAX(seq), 0) FROM change").fetchone()[0])' "$data"; }

before=$(posts) end=$((SECONDS + minutes * 60)) began=$SECONDS
printf '%8s %12s %12s\n' seconds posts 'largest WAL'
while [ $SECONDS -lt $end ]; do
  "$build/bench_world" --data "$data" --tokens $((round * 12000)) > "$build/tokens.txt"
  taskset -c 1 wrk -t1 -c8 -d${round}s -s "$here/get.lua" "$url" -- "$data/sessions.tsv" feed > /dev/null & readers=$!
  taskset -c 1 wrk -t1 -c64 -d${round}s -s "$here/post.lua" "$url" -- "$data/sessions.tsv" "$build/tokens.txt" "$data/texts.txt" > /dev/null
  wait $readers
  printf '%8d %12d %9d MiB\n' $((SECONDS - began)) $(($(posts) - before)) $(($(sort -n "$build/wal.sizes" | tail -1) >> 20))
done
sleep 3 # a checkpoint or two without writers
most=$(sort -n "$build/wal.sizes" | tail -1) written=$(($(posts) - before))
echo "$written posts in $((SECONDS - began)) s; WAL: at most $((most >> 20)) MiB, $(($(tail -1 "$build/wal.sizes") >> 20)) MiB at the end"
if [ "$most" -gt $bound ]; then echo "The WAL passed $((bound >> 20)) MiB."; exit 1; fi
