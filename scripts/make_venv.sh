#!/usr/bin/env bash
# Makes the virtual environment named by the first argument from a Python that is new enough.
set -euo pipefail
venv=$1

fits() {
  "$1" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

[ -x "$venv/bin/python" ] && fits "$venv/bin/python" && exit 0

for python in "${PYTHON:-python3}" /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$python" >/dev/null && fits "$python"; then
    exec "$python" -m venv "$venv"
  fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q python3-venv
  fits /usr/bin/python3 && exec /usr/bin/python3 -m venv "$venv"
fi
echo "需要 Python 3.11 或更新的版本及其 venv 模块，可先运行：sudo apt-get install python3-venv" >&2
exit 2
