#!/bin/sh
# A designer's own deck: the array is included and wired under other names, with supplies of its own,
# an ammeter in a reference's lead and a light-emitting diode behind a buffer. It is still the model,
# and certification says under which names. Then one resistor of the array is off by half a percent,
# and certification says which, and what it should be.
#   SPRINGSPICE=program OUT=folder examples/own_deck.sh
set -eu
cd "$(dirname "$0")/.."
springspice=${SPRINGSPICE:-build/release/springspice}
out=${OUT:-build/examples/own_deck}
mkdir -p "$out"

"$springspice" netlist --data examples/data/thermocouple.csv --sticks 2 --hierarchy subckt \
  --out "$out/thermo.cir" 2>"$out/remarks.txt"

# All positions start at one level.
start=$(sed -n 's/.* v(x0)=\([^ ]*\).*/\1/p' "$out/thermo.cir")

cat >"$out/own.cir" <<DECK
My board: a thermocouple's curve beside an indicator
.include "thermo.array.inc"
.PARAM supply = 5  vref = {supply/5}  start = $start

* my supplies, and my own references
VPLUS plus 0 {supply}
VMINUS minus 0 {-supply}
VRP refhigh 0 DC {vref}
VRN reflow 0 DC {-vref}
* an ammeter in the reference's lead
VAMM refhigh ref_array 0

XTHERMO cold middle hot vcold vmiddle vhot in1 in2 in3 plus minus ref_array reflow ss_array

* an indicator behind a buffer
EBUF led 0 hot 0 1
RLED led anode 1k
DLED anode 0 indicator
.model indicator d

.ic v(cold)={start} v(middle)={start} v(hot)={start}
+ v(xthermo.xcell0.xn)={-start} v(xthermo.xcell1.xn)={-start} v(xthermo.xcell2.xn)={-start}
.tran 12.8us 45ms 0 12.8us uic
.end
DECK

certify() {
  "$springspice" certify "$1" --manifest "$out/thermo.json" --match-names --pass-unknown
}

certify "$out/own.cir" >"$out/own.txt"
cat "$out/own.txt"

sed 's/^\(rk0__1 [^ ]* [^ ]*\) [^ ]*/\1 13.84k/' "$out/thermo.array.inc" >"$out/wrong.array.inc"
sed 's/thermo.array.inc/wrong.array.inc/' "$out/own.cir" >"$out/wrong.cir"
if certify "$out/wrong.cir" >"$out/wrong.txt"; then
  echo "a wrong resistor passed" >&2
  exit 1
fi
grep '^matrices' "$out/wrong.txt"
