#!/bin/sh
# The thermocouple's circuit as a board to order: E96 resistors of 1 %, E24 capacitors of 5 %, an
# amplifier that is sold. The folder has the deck, the bill of materials, and a summary that says how
# well boards will learn; then `certify` proves the deck against the values that it has.
#   SPRINGSPICE=program OUT=folder examples/board.sh
set -eu
cd "$(dirname "$0")/.."
springspice=${SPRINGSPICE:-build/release/springspice}
out=${OUT:-build/examples/board}

"$springspice" map --data examples/data/thermocouple.csv --sticks 8 --profile opamp-board \
  --out "$out"
"$springspice" certify "$out/board.cir" --data examples/data/thermocouple.csv | tail -n 3
