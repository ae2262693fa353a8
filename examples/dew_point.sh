#!/bin/sh
# The dew point from temperature and relative humidity (Magnus formula): 2-D, 5x5 nodes, as a chip.
#   SPRINGSPICE=program OUT=folder examples/dew_point.sh
set -eu
cd "$(dirname "$0")/.."
springspice=${SPRINGSPICE:-build/release/springspice}
out=${OUT:-build/examples/dew_point}
data=examples/data/dew_point.csv
mkdir -p "$out"

"$springspice" fit --data "$data" --sticks 4x4 --out "$out/fit.csv"
"$springspice" netlist --data "$data" --sticks 4x4 --realization gmc --range chip \
  --out "$out/dew_point.cir"
"$springspice" certify "$out/dew_point.cir" --data "$data" >"$out/gmc.txt"
examples/plot.sh "$out" dew_point
cat "$out/gmc.txt"
