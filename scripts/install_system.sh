#!/usr/bin/env bash
# Installs what a fresh Debian lacks: `setup` what the build needs, `test` what the tests need besides.
# Root does it; anyone else is told the one command, and the exit status is 2. Node.js needs neither: where the
# system's is missing or too old, the one packed for pip goes into the virtual environment.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

wanted=()
has() { command -v "$1" >/dev/null 2>&1; }

node_fits() {
  has node && has npm && node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
}

need_for_setup() {
  has msgfmt && has xgettext || wanted+=(gettext)
}

need_for_test() {
  has chromium || wanted+=(chromium)
  fc-list ':lang=zh-cn' 2>/dev/null | grep -q . || wanted+=(fonts-noto-cjk fontconfig)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || has initdb || wanted+=(postgresql)
}

need_for_setup
[ "${1:-setup}" = test ] && need_for_test

if [ ${#wanted[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! has apt-get; then
    echo "还缺少：${wanted[*]}。请先运行：sudo apt-get update && sudo apt-get install --no-install-recommends ${wanted[*]}" >&2
    exit 2
  fi
  echo "安装：${wanted[*]}"
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${wanted[@]}"
fi

if ! node_fits; then
  echo "安装：Node.js（装在 .venv 里）"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
  hash -r
  node_fits || { echo "需要 Node.js 20.19、22.12 或更新的版本。" >&2; exit 2; }
fi
