#!/bin/sh
# packages.sh BUILD_DIR: makes the Debian packages, installs them with dpkg into a root of their own,
# where nothing of this machine is touched, runs the program there, and removes them again.
set -eu
command -v dpkg-shlibdeps >/dev/null || {
  echo "skipped: no dpkg-shlibdeps to make packages with: apt-get install dpkg-dev"
  exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

quietly() {
  "$@" >"$work/log" 2>&1 || { echo "failed: $*"; cat "$work/log"; exit 1; }
}

fail() {
  echo "$*"
  exit 1
}

# ---- made

quietly cpack --config "$1/CPackConfig.cmake" -G DEB -B "$work/made"
cd "$work/made"
version=$("$1/springspice" --version | cut -d ' ' -f 2)
architecture=$(dpkg --print-architecture)
program=springspice_${version}_$architecture.deb
development=libspringspice-dev_${version}_$architecture.deb
[ "$(echo *.deb)" = "$development $program" ] || fail "made, under other names: $(echo *.deb)"

field() { dpkg-deb --field "$1" "$2"; }
for library in libngspice0 libfmt libboost-program-options libklu libcholmod libc6; do
  field "$program" Depends | grep -q "$library" || fail "$program does not depend on $library"
done
field "$program" Recommends | grep -q gnuplot-nox || fail "$program does not recommend gnuplot-nox"
for header in libeigen3-dev libfmt-dev nlohmann-json3-dev libcsv-dev libsuitesparse-dev; do
  field "$development" Depends | grep -q "$header" || fail "$development does not need $header"
done

# ---- installed

root=$work/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
: >"$root/var/lib/dpkg/status"
# What they depend on is this machine's, which that root does not know.
in_root() { quietly dpkg --root="$root" --force-depends --force-not-root "$@"; }
in_root --install "$program" "$development"
dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Status} ${Package} ${Version}\n'

for file in bin/springspice libexec/springspice/springspice-ngspice share/man/man1/springspice.1 \
  share/bash-completion/completions/springspice share/springspice/profiles/opamp-board.json \
  share/doc/springspice/copyright include/springspice/core/model.hpp lib/libspringspice_core.a \
  lib/pkgconfig/springspice.pc lib/cmake/springspice/springspice-config.cmake; do
  [ -f "$root/usr/$file" ] || fail "not installed: /usr/$file"
done
! readelf --sections "$root/usr/bin/springspice" | grep -q '\.debug_info\|\.symtab' ||
  fail "the program is not stripped"

"$root/usr/bin/springspice" --version
printf 'u,y\n0,1\n0.5,2\n1,3\n' >"$work/line.csv"
"$root/usr/bin/springspice" cosim --data "$work/line.csv" --sticks 1 >"$work/verdict"
grep '^verdict: pass' "$work/verdict"

# ---- removed

in_root --purge libspringspice-dev springspice
left=$(find "$root/usr" -type f 2>/dev/null || true)
[ -z "$left" ] || fail "left behind: $left"
