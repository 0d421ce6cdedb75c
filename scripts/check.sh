#!/usr/bin/env bash
# Every check that reads the code without running it; all are run, so that one call tells everything.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PATH="$PWD/$bin:$PATH"
export DJANGO_SETTINGS_MODULE=ronghe.settings RONGHE_DATA_DIR="$scratch" RONGHE_DATABASE_URL="sqlite:///$scratch/check.sqlite3"
failed=()

check() {
  local title=$1
  shift
  echo "── $title"
  "$@" || failed+=("$title")
}

check "ruff check" $bin/ruff check --quiet --output-format concise
check "ruff format" $bin/ruff format --check --quiet --output-format concise
check "mypy" $bin/mypy --no-error-summary
check "imports" $bin/lint-imports --no-logo
check "templates" $bin/djlint src/ronghe/templates --lint --quiet
check "migrations" $bin/python -W ignore -m django makemigrations --check --dry-run
check "messages" $bin/python scripts/check_messages.py
check "sizes" $bin/python scripts/check_sizes.py
check "own rules" $bin/python scripts/check_rules.py
check "typescript" npm --prefix frontend run --silent types

if [ ${#failed[@]} -gt 0 ]; then
  printf '✗ %s\n' "${failed[@]}"
  exit 1
fi
echo "✓"
