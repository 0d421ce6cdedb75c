#!/usr/bin/env bash
# The tests, as `make test` and CI run them: pure ones once; those with a database on PostgreSQL; those marked `both`
# that ask no page on SQLite too. With `everything`, all of them on both; with `unit`, the pure ones only.
set -euo pipefail
cd "$(dirname "$0")/.."
pytest=.venv/bin/pytest
workers=${PYTEST_WORKERS:-2}
status=0

# A part without a test of its kind (pytest's 5) is no failure; any other non-zero status is kept, and we go on, so
# that one run tells everything.
part() {
  local title=$1 code=0
  shift
  echo "── $title"
  "$@" || code=$?
  [ "$code" = 0 ] || [ "$code" = 5 ] || status=1
}

# What only describes the API asks for (tests/api/test_schema.py) takes as long to load as all else.
bare=(-p no:schemathesis)
on_sqlite=("${bare[@]}" -m "both and not unit and not page")
kills=8 # on PostgreSQL, and with `everything`, the twenty of tests/faults/test_killed.py
[ "${1:-}" = everything ] && on_sqlite=(-m "not unit") && kills=20
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export RONGHE_DATA_DIR="$scratch" RONGHE_TESTING=1
# Every process of every part, and those that tests start, load what the first has compiled, whatever is said outside.
export PYTHONDONTWRITEBYTECODE="" PYTHONPYCACHEPREFIX="$PWD/.pytest_cache/compiled"

part "unit" "$pytest" -q "${bare[@]}" -n "$workers" --dist loadfile -m unit
[ "${1:-}" = unit ] && exit "$status"
# The server goes away with its databases: nothing to drop (`--reuse-db`). tests/conftest.py says which files go first.
by_file=(-q -n "$workers" --dist loadfile --no-loadscope-reorder)
part "PostgreSQL" scripts/with_postgres.sh "$pytest" "${by_file[@]}" --reuse-db -m "not unit"
part "SQLite" env RONGHE_DATABASE_URL="sqlite:///$scratch/test.sqlite3" RONGHE_KILLS="$kills" "$pytest" "${by_file[@]}" "${on_sqlite[@]}"
exit "$status"
