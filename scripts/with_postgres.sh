#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own: made in a temporary directory, reached at 127.0.0.1 on a port
# below the ephemeral range, without fsync, gone afterwards. The command finds it in RONGHE_DATABASE_URL.
#   scripts/with_postgres.sh COMMAND [ARGUMENT…]
set -euo pipefail

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)")
home=$(mktemp -d "${TMPDIR:-/tmp}/ronghe-postgres.XXXXXX")
server=

# PostgreSQL refuses to run as root; then it runs as `postgres`, which Debian's package has made.
as_owner() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

stop() {
  if [ -n "$server" ]; then
    kill -INT "$(head -1 "$home/data/postmaster.pid" 2>/dev/null || echo "$server")" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT TERM

free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  echo "找不到空闲端口。" >&2
  return 1
}

[ "$(id -u)" = 0 ] && chown postgres "$home"
cd /
as_owner "$bin/initdb" -D "$home/data" --username=ronghe --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$home.log" 2>&1 ||
  { cat "$home.log" >&2; exit 1; }
rm -f "$home.log"
port=$(free_port)
as_owner "$bin/postgres" -D "$home/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c timezone=UTC \
  -c shared_buffers=128MB -c log_min_messages=fatal -c logging_collector=off >"$home/log" 2>&1 &
server=$!

for _ in $(seq 100); do
  "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -U ronghe -d postgres && break
  kill -0 "$server" 2>/dev/null || { cat "$home/log" >&2; exit 1; }
  sleep 0.1
done

cd "$OLDPWD"
export RONGHE_DATABASE_URL="postgresql://ronghe@127.0.0.1:$port/postgres"
"$@"
