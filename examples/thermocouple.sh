#!/bin/sh
# A type K thermocouple, linearised: from the emf (mV) to the temperature (degC), 1-D, 8 sticks, as
# an op-amp board. Fit, netlist, and the verdict of ngspice. Also checks the chip and the passive
# network.
#   SPRINGSPICE=program OUT=folder examples/thermocouple.sh
set -eu
cd "$(dirname "$0")/.."
springspice=${SPRINGSPICE:-build/release/springspice}
out=${OUT:-build/examples/thermocouple}
data=examples/data/thermocouple.csv
mkdir -p "$out"

"$springspice" fit --data "$data" --sticks 8 --out "$out/fit.csv"
for realization in gmc rlc; do
  "$springspice" cosim --data "$data" --sticks 8 --realization "$realization" \
    --json "$out/$realization.json" >"$out/$realization.txt"
  tail -n 1 "$out/$realization.txt" | sed "s/^/$realization /"
done
"$springspice" netlist --data "$data" --sticks 8 --realization opamp --out "$out/thermocouple.cir"
"$springspice" certify "$out/thermocouple.cir" --data "$data" --path "$out/path.csv" \
  --json "$out/opamp.json" >"$out/opamp.txt"
examples/plot.sh "$out" thermocouple
cat "$out/opamp.txt"
