#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Does the write-ahead log stay bounded? Sixty-four writers and eight readers at once, ten minutes (or the number of minutes given):
# the log may pass 64 MiB, from where the checkpoint asks for a restart, by what is written while that goes on: seconds on a slow
# disk. It must come back each time and never pass 1 GiB. Works on a copy of the world.
#
#   benchmark/wal.sh BUILD WORLD [MINUTES]
set -euo pipefail
build=$1 world=$2 minutes=${3:-10} bound=1024 round=20
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

# The file stays as large as it was until it starts anew and is cut, so each round's largest and smallest tell.
watch_wal() { while sleep 0.2; do stat -c %s "$data/veche.db-wal" 2>/dev/null || echo 0; done >> "$build/wal.sizes"; }
mib() { sort -n "$build/wal.sizes" | sed -n "$1" | awk '{printf "%d", $1 / 1048576}'; }
: > "$build/wal.sizes"
watch_wal & helpers+=($!)
posts() { python3 -c 'import sqlite3,sys; print(sqlite3.connect("file:%s/veche.db?mode=ro" % sys.argv[1], uri=True).execute("SELECT COALESCE(MAX(seq), 0) FROM change").fetchone()[0])' "$data"; }

before=$(posts) end=$((SECONDS + minutes * 60)) began=$SECONDS most=0
printf '%8s %12s %14s\n' seconds posts 'WAL, MiB'
while [ $SECONDS -lt $end ]; do
  "$build/bench_world" --data "$data" --tokens $((round * 12000)) > "$build/tokens.txt"
  : > "$build/wal.sizes"
  taskset -c 1 wrk -t1 -c8 -d${round}s -s "$here/get.lua" "$url" -- "$data/sessions.tsv" feed > /dev/null & readers=$!
  taskset -c 1 wrk -t1 -c64 -d${round}s -s "$here/post.lua" "$url" -- "$data/sessions.tsv" "$build/tokens.txt" "$data/texts.txt" > /dev/null
  wait $readers
  largest=$(mib '$p')
  if [ "$largest" -gt "$most" ]; then most=$largest; fi
  printf '%8d %12d %8d – %d\n' $((SECONDS - began)) $(($(posts) - before)) "$(mib 1p)" "$largest"
done
sleep 3 # a checkpoint or two without writers
: > "$build/wal.sizes"
sleep 1
echo "$(($(posts) - before)) posts in $((SECONDS - began)) s; WAL: at most $most MiB, $(mib '$p') MiB at the end"
if [ "$most" -gt $bound ]; then echo "The WAL passed $bound MiB."; exit 1; fi
