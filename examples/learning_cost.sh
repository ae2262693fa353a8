#!/bin/sh
# What learning costs: the springs of a thermocouple's table are made half as stiff again, at a
# temperature, by ramps of four durations. The change of free energy is the same for all; the work
# beyond it is lost, ever less of it the slower the ramp. And one page to show of one of them.
#   SPRINGSPICE=program OUT=folder examples/learning_cost.sh
set -eu
cd "$(dirname "$0")/.."
springspice=${SPRINGSPICE:-build/release/springspice}
out=${OUT:-build/examples/learning_cost}
data=examples/data/thermocouple.csv
mkdir -p "$out"

echo "duration dissipated" >"$out/dissipated.txt"
for duration in 0 1 4 16; do
  "$springspice" thermo --data "$data" --sticks 4 --kT 2e4 --from 1 --spring 1.5 \
    --duration "$duration" --record "$out/run.json" --json "$out/run$duration.json" \
    >"$out/run$duration.txt"
  sed -n "s/.*\"dissipated_kT\": \([^,]*\).*/$duration \1/p" "$out/run$duration.json" \
    >>"$out/dissipated.txt"
done
"$springspice" report "$out/run.json" --out "$out/learning_cost.html"
cat "$out/run16.txt" "$out/dissipated.txt"
