#!/bin/sh
# Figure 1a: a lattice of 5x5 sticks falls onto 80 points of z = x^2 + x y^2 on [-pi, pi]^2, which
# pull it with a spring each: at the start, on the way, and at rest. The points are the first 80 of
# examples/data/surface.csv; gamma 1, no noise.
set -eu
cd "$(dirname "$0")/../.."
figure=fig01a
. examples/paper/common.sh

head -n 81 examples/data/surface.csv >"$out/points.csv"
pi=3.141592653589793
model="--data $out/points.csv --sticks 5x5 --bounds=-$pi:$pi,-$pi:$pi --mass-is total --friction 1"
awk -v p=$pi 'BEGIN {
  print "x,y"
  for (i = 0; i <= 5; ++i) for (j = 0; j <= 5; ++j)
    printf "%.15g,%.15g\n", p * (2*i/5 - 1), p * (2*j/5 - 1) }' >"$out/nodes.csv"
# shellcheck disable=SC2086
springspice fit $model --query "$out/nodes.csv" --out "$out/rest_nodes.csv" >/dev/null
# shellcheck disable=SC2086
springspice fit $model --out "$out/rest_points.csv" --json "$out/fit.json" >/dev/null
make_data start 36 1 >"$out/start.mtx"
# shellcheck disable=SC2086
springspice simulate $model --x0 "$out/start.mtx" --dt 0.05 --t-end 60 --statistics "$out/path" \
  --out "$out/path.csv" >/dev/null

# The lattice at a time: "x y z" of its nodes, a blank line between rows, as gnuplot wants it.
lattice() {
  awk -F, -v at="$1" -v p=$pi 'FNR > 1 && $1 + 1e-9 >= at {
    for (i = 0; i <= 5; ++i) {
      for (j = 0; j <= 5; ++j) print p * (2*i/5 - 1), p * (2*j/5 - 1), $(2 + 6*i + j)
      print "" }
    exit }' "$out/path.csv"
}
# The springs: from each point to the lattice below or above it, two lines and two blank ones each.
springs() {
  awk -v p=$pi -F'[ ,]' '
    FILENAME == ARGV[1] { if (NF == 3) z[n++] = $3; next }
    FNR > 1 {
      a = 5*($1+p)/(2*p); i = int(a); if (i > 4) i = 4; a -= i
      b = 5*($2+p)/(2*p); j = int(b); if (j > 4) j = 4; b -= j
      on = (1-a)*((1-b)*z[6*i+j] + b*z[6*i+j+1]) + a*((1-b)*z[6*i+6+j] + b*z[6*i+7+j])
      printf "%s %s %s\n%s %s %.9g\n\n\n", $1, $2, $3, $1, $2, on }' "$1" "$out/points.csv"
}
for t in 0 0.3 60; do
  lattice $t >"$out/lattice_$t.txt"
  springs "$out/lattice_$t.txt" >"$out/springs_$t.txt"
done

loss_at() { awk -F, -v at="$1" 'FNR > 1 && $1 + 1e-9 >= at { printf "%.6g", $7; exit }' \
  "$out/path/series.csv"; }
{
  echo "time   mean squared error of the 80 points"
  for t in 0 0.3 1 3 10 60; do printf '%4s   %s\n' $t "$(loss_at $t)"; done
  echo "least-squares fit: $(field rms_error "$out/fit.json" | awk '{ printf "%.6g", $1 * $1 }')"
  echo "free directions of the lattice: $(field dimension "$out/fit.json")"
  awk -F, 'FILENAME == ARGV[1] { if (FNR > 1) fit[n++] = $3; next } { last = $0 }
    END { split(last, x, ","); for (i = 0; i < n; ++i) {
            d = x[2 + i] - fit[i]; if (d < 0) d = -d; if (d > worst) worst = d }
          printf "largest distance of a node from the fit at t = 60: %.2g\n", worst }' \
    "$out/rest_nodes.csv" "$out/path.csv"
} >"$out/table.txt"
within "distance from the fit" "$(sed -n 's/^largest.*: //p' "$out/table.txt")" 0 1e-9
finish
