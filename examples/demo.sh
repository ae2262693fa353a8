#!/bin/sh
# Everything from nothing: installs what is needed, builds, and turns the thermocouple's table into
# a certified op-amp board. Ends with the verdict.
set -eu
cd "$(dirname "$0")/.."
tools/install-deps.sh
cmake --preset release
cmake --build --preset release --target springspice springspice-ngspice
examples/thermocouple.sh
