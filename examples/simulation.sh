#!/bin/sh
# The model by itself: 2,000 paths of the thermocouple's eight sticks at a temperature, from rest at
# zero into equilibrium; a long path, its likelihood under three frictions; the exact stationary state.
#   SPRINGSPICE=program OUT=folder examples/simulation.sh
set -eu
cd "$(dirname "$0")/.."
springspice=${SPRINGSPICE:-build/release/springspice}
out=${OUT:-build/examples/simulation}
mkdir -p "$out"

model="--data examples/data/thermocouple.csv --kT 2000"
# shellcheck disable=SC2086  # a list of options
{
  "$springspice" simulate $model --paths 2000 --t-end 12 --statistics "$out/statistics"
  "$springspice" simulate $model --noise-model diagonal --paths 2000 --t-end 12 \
    --statistics "$out/diagonal" >"$out/diagonal.txt"
  "$springspice" simulate $model --x0 stationary --dt 0.05 --t-end 6 --paths 3 --out "$out/paths.csv"
  "$springspice" simulate $model --x0 stationary --dt 0.05 --t-end 20 --out "$out/path.csv" >"$out/path.txt"
  "$springspice" simulate $model --stationary | tee "$out/stationary.txt"
}
echo "friction,log_likelihood" >"$out/likelihood.csv"
for friction in 0.4 0.5 0.6 0.7 0.8 0.9 1 1.1 1.2 1.3 1.4 1.6 1.8 2; do
  # shellcheck disable=SC2086
  "$springspice" simulate $model --friction "$friction" --x0 stationary --likelihood "$out/path.csv" \
    --json - | sed -n "s/.*\"log_likelihood\": \([^,]*\),*/$friction,\1/p" >>"$out/likelihood.csv"
done
examples/plot.sh "$out" simulation
