#!/bin/sh
# Inverse kinematics of a two-link arm: 2 inputs, 2 outputs, so two copies of one circuit, as a
# passive network with its springs behind gyrators.
#   SPRINGSPICE=program OUT=folder examples/arm.sh
set -eu
cd "$(dirname "$0")/.."
springspice=${SPRINGSPICE:-build/release/springspice}
out=${OUT:-build/examples/arm}
data=examples/data/arm.csv
columns="--inputs x_m,y_m --targets shoulder_rad,elbow_rad"
mkdir -p "$out"

# shellcheck disable=SC2086  # a list of options
"$springspice" fit --data "$data" $columns --sticks 4x4 --out "$out/fit.csv"
# shellcheck disable=SC2086
"$springspice" netlist --data "$data" $columns --sticks 4x4 --realization rlc --out "$out/arm.cir"
"$springspice" certify "$out/arm.cir" --data "$data" >"$out/rlc.txt"
examples/plot.sh "$out" arm
cat "$out/rlc.txt"
