#!/bin/sh
# check_install.sh BUILD_DIR: installs into an empty folder and builds an example against that, as
# somebody else's project would.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$1" --prefix "$work/prefix" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cp "$here/ex02_one_stick.cpp" "$work"
cat >"$work/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(user CXX)
find_package(springspice REQUIRED)
add_executable(ex02 ex02_one_stick.cpp)
target_link_libraries(ex02 springspice::core)
CMAKE
cmake -S "$work" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/log" 2>&1 &&
  cmake --build "$work/build" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$work/build/ex02"
# The installed program finds its worker.
"$work/prefix/bin/springspice" cosim --data "$here/data/thermocouple.csv" | tail -n 1
