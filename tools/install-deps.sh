#!/bin/sh
# Installs the Debian packages that springspice builds and runs with. Does nothing where all are
# there. As root, or through sudo.
set -eu

packages="g++ cmake ninja-build pkg-config
libngspice0-dev libeigen3-dev libspectra-dev libboost-program-options-dev
libfmt-dev nlohmann-json3-dev libcsv-dev librandom123-dev
libsuitesparse-dev catch2 gnuplot-nox gnucap clang libclang-rt-14-dev
dpkg-dev groff-base chromium chromium-driver python3-selenium"

missing=
for package in $packages; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "all packages are installed"
  exit 0
fi

root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "these packages are missing:$missing; install them as root: apt-get install$missing" >&2
    exit 1
  }
  root=sudo
fi
echo "installing:$missing"
$root apt-get update -qq
# shellcheck disable=SC2086  # a list of words
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
