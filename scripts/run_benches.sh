#!/usr/bin/env bash
# Runs every measurement of bench/, or those named; each prints what it measured and exits non-zero when a bound it
# states for itself is broken.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob
benches=("$@")
[ ${#benches[@]} -gt 0 ] || benches=(bench/*.py)
status=0
for bench in "${benches[@]}"; do
  echo "── $bench"
  .venv/bin/python "$bench" || status=1
done
[ ${#benches[@]} -gt 0 ] || echo "bench/ 里还没有测量。"
exit "$status"
