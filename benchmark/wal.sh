#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Writes without a pause and prints how large the log beside the database grew: benchmark/wal.sh BUILD WORLD [SECONDS [OPTION…]]
# "least" and "most" of the row are the largest in the first and in the second half: a bounded log does not grow in the second.
set -euo pipefail
build=$1 world=$2 seconds=${3:-600}
exec python3 "$(dirname "$0")/run.py" --build "$build" --world "$world" --only "wal bounded" --seconds "$seconds" "${@:4}"
