#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the machine that this runs on: run-goss.sh [FILE]. Where the tool drift is there, it does; else a pinned goss does, whose checksum stands in goss.sha256.
# It ends with other than 0 when a check fails, and then there is no image.
set -eu
export LC_ALL=C

version=0.4.10
file=${1:-${GOSS_FILE:-/tmp/base.goss.yaml}}
sums=${GOSS_SUMS:-$(dirname -- "$0")/goss.sha256}

fail() {
  echo "run-goss: $*" >&2
  exit 1
}

[ -f "$file" ] || fail "$file is not there"
# Right after a boot, services are still starting.
if command -v drift >/dev/null; then
  exec drift machine check / --goss "$file" --retry-timeout 60s --sleep 2s
fi

case $(uname -m) in
  x86_64) asset=goss_${version}_linux_x86_64.tar.gz ;;
  aarch64) asset=goss_${version}_linux_arm64.tar.gz ;;
  *) fail "goss is not pinned for $(uname -m)" ;;
esac
[ -f "$sums" ] || fail "$sums is not there: upload it beside this script, or name it with GOSS_SUMS"
sum=$(grep -E "^[0-9a-f]{64}  $asset\$" "$sums") || fail "$sums has no checksum of $asset: add the line that sha256sum prints for it"

folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd "$folder"
curl --fail --silent --show-error --location --proto '=https' --retry 3 --max-time 300 --output "$asset" "${GOSS_URL:-https://github.com/goss-org/goss/releases/download/v$version}/$asset"
printf '%s\n' "$sum" | sha256sum --check --quiet - || fail "$asset is not what was pinned"
tar -xzf "$asset" goss
./goss --gossfile "$file" validate --retry-timeout 60s --sleep 2s --format documentation --no-color
