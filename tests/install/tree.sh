#!/bin/sh
# tree.sh BUILD_DIR: installs into an empty folder, moves that elsewhere, and uses what is there as
# others would: by running the program, with CMake, and with pkg-config alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly COMMAND...: its output only where it fails
quietly() {
  "$@" >"$work/log" 2>&1 || { echo "failed: $*"; cat "$work/log"; exit 1; }
}

quietly cmake --install "$1" --prefix "$work/first"
mv "$work/first" "$work/moved"
prefix=$work/moved
if grep -rIl "$work/first" "$prefix"; then
  echo "these files name the folder that they were installed to"
  exit 1
fi

# The program finds its worker; nothing beside it is in the PATH.
cd "$work"
printf 'u,y\n0,1\n0.5,2\n1,3\n' >line.csv
"$prefix/bin/springspice" --version
"$prefix/bin/springspice" cosim --data line.csv --sticks 1 >verdict
grep '^verdict: pass' verdict

# Each header is there with those that it includes.
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name springspice.pc)")
export PKG_CONFIG_PATH
(cd "$prefix/include/springspice" && find . -name '*.hpp' -printf '#include "%P"\n') |
  sort >headers.cpp
# shellcheck disable=SC2046  # a list of words
quietly g++ -std=c++20 -fsyntax-only headers.cpp $(pkg-config --cflags springspice)
echo "$(wc -l <headers.cpp) headers"

# CMake: a program that is told where the worker lies, and each library alone.
quietly cmake -S "$here/consumer" -B cmake -DCMAKE_PREFIX_PATH="$prefix"
quietly cmake --build cmake --parallel 2
cmake/consumer line.csv "$(pkg-config --variable=worker springspice)"

# pkg-config and g++, without CMake: that the worker is found by the PATH.
# shellcheck disable=SC2046
quietly g++ -std=c++20 "$here/consumer/main.cpp" -o consumer $(pkg-config --cflags --libs springspice)
PATH=$prefix/bin:$PATH ./consumer line.csv >from_path
echo "version $(pkg-config --modversion springspice) by pkg-config"
