#!/bin/bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# A throw-away PostgreSQL cluster for the tests.
#
#   pg_cluster.sh start DIR    makes it, or finds it running; prints the address for libpq on standard output
#   pg_cluster.sh stop DIR     ends and removes it; fine when there is none
#
#   DIR/.s.PGSQL.5432   its only door: a Unix socket, for the owner (and root) alone
#   DIR/data  DIR/log   the files, the server's log
#   DIR/cluster         our mark: a folder without it is somebody else's and is neither used nor removed
#
# The server refuses to run as root; called by root, it runs as postgres or else nobody.
set -euo pipefail

socket=.s.PGSQL.5432

fail() { echo "pg_cluster: $*" >&2; exit 1; }

# The newest server of Debian's packages, which are not in PATH.
find_bin() {
    local found
    found=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    [[ -x $found/initdb ]] || fail "no server in /usr/lib/postgresql/*/bin: apt-get install postgresql"
    echo "$found"
}

server_user() {
    if [[ $(id -u) != 0 ]]; then id -un
    elif id -u postgres >/dev/null 2>&1; then echo postgres
    else echo nobody
    fi
}

# Runs a program of the server's as its user, in a place that this user may enter.
as_server() {
    cd /
    if [[ $(id -u) == 0 ]]; then runuser -u "$user" -- "$@"; else "$@"; fi
}

# Not pg_ctl status: it takes a killed server that nobody waited for, or another process with its number, for a living one.
is_running() {
    local pid
    pid=$(head -n 1 -- "$dir/data/postmaster.pid" 2>/dev/null) || return 1
    [[ -n $pid && $(as_server readlink "/proc/$pid/exe" 2>/dev/null) == "$bin/postgres"* ]]
}

make_folder() {
    [[ ! -e $dir || -e $dir/cluster || -z $(ls -A -- "$dir") ]] || fail "$dir exists and is not ours"
    mkdir -p -- "$dir"
    touch -- "$dir/cluster"
    [[ $(id -u) != 0 ]] || chown -R -- "$user:" "$dir"
    chmod 700 -- "$dir"
    as_server test -w "$dir" || fail "$user cannot reach $dir: choose a folder below /tmp"
}

make_cluster() {
    # A half-made one, from a start that was killed, is worth nothing.
    rm -rf -- "$dir/data" "$dir/new"
    as_server "$bin/initdb" -D "$dir/new" -U postgres -A trust --locale=C.UTF-8 -E UTF8 --no-sync \
        --no-instructions >/dev/null
    cat >>"$dir/new/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
unix_socket_permissions = 0700
port = ${socket##*.}
max_connections = 200
# Nobody cuts the power of a cluster that is thrown away; what the server asks of PostgreSQL is in src/db/postgres.c.
fsync = off
autovacuum = on
log_line_prefix = '%m [%p] %q%a '
CONF
    mv -- "$dir/new" "$dir/data"
}

start() {
    (( ${#dir} + 1 + ${#socket} <= 107 )) || fail "$dir is too long for a Unix socket: try \$(mktemp -d /tmp/pg.XXXXXX)"
    if ! is_running; then
        make_folder
        [[ -f $dir/data/PG_VERSION ]] || make_cluster
        rm -f -- "$dir/data/postmaster.pid" "$dir/$socket" "$dir/$socket.lock" # of one that was killed
        as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -t 15 -w start </dev/null >/dev/null 2>&1 ||
            { tail -n 20 -- "$dir/log" >&2; fail "the server did not start"; }
    fi
    local psql=("$bin/psql" -X -q -t -A -h "$dir" -U postgres -d postgres)
    [[ $(as_server "${psql[@]}" -c "SELECT 1 FROM pg_database WHERE datname = 'veche'") == 1 ]] ||
        as_server "${psql[@]}" -c 'CREATE DATABASE veche'
    echo "postgresql:///veche?host=$dir&user=postgres"
}

stop() {
    [[ -e $dir ]] || return 0
    [[ -e $dir/cluster ]] || fail "$dir is not ours"
    ! is_running || as_server "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
    rm -rf -- "$dir"
}

[[ $# == 2 && ( $1 == start || $1 == stop ) ]] || fail "usage: pg_cluster.sh start|stop DIR"
dir=$(realpath -m -- "$2")
[[ $dir =~ ^/[A-Za-z0-9._/-]+$ ]] || fail "$dir: only letters, digits and ._/-, please: it becomes part of an address"
bin=$(find_bin)
user=$(server_user)
"$1"
