#!/bin/sh
# Training by mini-batches, with the settings of Figure 2 of arXiv 2508.19015: 4x4 sticks, gamma 10,
# 160 points in batches of 16, each for a time of 0.1; 40 more points for a true test loss. By 100
# explicit Euler steps a batch (as the authors' program), exactly, and exactly at a temperature.
#   SPRINGSPICE=program OUT=folder examples/training.sh
set -eu
cd "$(dirname "$0")/.."
springspice=${SPRINGSPICE:-build/release/springspice}
out=${OUT:-build/examples/training}
mkdir -p "$out"

train() {
  "$springspice" train --data examples/data/surface.csv --sticks 4x4 --friction 10 \
    --mass-is total --epochs 200 "$@"
}
train --curve "$out/euler.csv" --out "$out/learned.csv" --json "$out/euler.json" >"$out/euler.txt"
train --steps-per-batch exact --curve "$out/exact.csv" >"$out/exact.txt"
train --steps-per-batch exact --kT 0.02 --curve "$out/warm.csv" >"$out/warm.txt"
# The losses of the least-squares fit: the second pair in the results.
sed -n '/"fit"/,/}/s/.*_loss": \([^,]*\),*/\1/p' "$out/euler.json" | xargs >"$out/fit.txt"
examples/plot.sh "$out" training
cat "$out/euler.txt"
