#!/bin/sh
# A thermocouple's circuit at a temperature: 4 sticks, kT = 20000 (degC^2 spring units), so that a
# node fluctuates by some 20 degC. The passive network in equilibrium, with an ensemble of 1000 noise
# paths over two processes; and the noise of the paper (one source a velocity), which is none.
#   SPRINGSPICE=program OUT=folder examples/thermal.sh
set -eu
cd "$(dirname "$0")/.."
springspice=${SPRINGSPICE:-build/release/springspice}
out=${OUT:-build/examples/thermal}
data=examples/data/thermocouple.csv
mkdir -p "$out"

"$springspice" cosim --data "$data" --sticks 4 --kT 20000 --realization rlc --noise-model diagonal \
  >"$out/diagonal.txt" 2>"$out/remarks.txt"
"$springspice" netlist --data "$data" --sticks 4 --kT 20000 --realization rlc --deck-noise pwl \
  --out "$out/thermal.cir" 2>>"$out/remarks.txt"
"$springspice" certify "$out/thermal.cir" --data "$data" --path "$out/path.csv" \
  --spectrum "$out/spectrum.csv" --paths 1000 --workers 2 --ensemble "$out/ensemble.csv" \
  --json "$out/fdt.json" >"$out/fdt.txt"
# The temperatures of the modes, from the tables that people read.
for noise in fdt diagonal; do
  awk '/mode, omega/ { on = 1; next } on && NF != 3 { on = 0 } /node/ { on = 0 } on { print $1, $2 }' \
    "$out/$noise.txt" >"$out/modes_$noise.txt"
done
examples/plot.sh "$out" thermal
sed -n '/temperatures/,$p' "$out/diagonal.txt"
cat "$out/fdt.txt"
