#!/bin/sh
# Installs what is needed, builds, and runs all tests.
#   tests/run.sh                 release build
#   tests/run.sh asan            address and undefined-behaviour sanitizers (debug build)
#   tests/run.sh release -R hw   further words go to ctest
set -eu
cd "$(dirname "$0")/.."
preset=${1:-release}
[ $# -eq 0 ] || shift

tools/install-deps.sh
cmake --preset "$preset"
cmake --build --preset "$preset"
ctest --preset "$preset" --parallel "$(nproc)" "$@"
