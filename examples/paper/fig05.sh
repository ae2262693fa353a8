#!/bin/sh
# Figure 5: the error of the fit against the number of sticks, 20 points on [0, 2 pi].
#   E = sum |prediction - f| 2 pi / 1000 over 1000 equidistant points: an L1 error
# Eight runs at 0.01 K (gamma 10, t = 100, Euler-Maruyama at 1e-3) as in the paper, the rest state
# without noise, and the same with 2000 points.
set -eu
cd "$(dirname "$0")/../.."
figure=fig05
. examples/paper/common.sh

# one f s: both, for one function and number of sticks; prints
# "function,points,sticks,temperature_K,error,deviation".
one() {
  f=$1
  s=$2
  for n in 20 2000; do
    springspice fit --data "$out/${f}_$n.csv" --sticks "$s" --query "$out/query.csv" \
      --out "$out/rest_$1_$2_$n.csv" >/dev/null
    awk -F, -v f="$f" -v n=$n -v s="$s" -f examples/paper/l1_error.awk "$out/rest_$1_$2_$n.csv"
    rm "$out/rest_$1_$2_$n.csv"
  done
  t_end=$([ "$FAST" = 0 ] && echo 100 || echo 20)
  springspice simulate --data "$out/${f}_20.csv" --sticks "$s" --friction 10 --mass-is total \
    --temperature-K 0.01 --noise-model diagonal --x0 random --integrator euler-maruyama --dt 1e-3 \
    --t-end "$t_end" --every "${t_end}000" --paths 8 --threads 1 --out "$out/paths_$1_$2.csv" \
    >/dev/null
  awk -F, -v f="$f" -v n=20 -v s="$s" -v paths=1 -f examples/paper/l1_error.awk \
    "$out/paths_$1_$2.csv"
  rm "$out/paths_$1_$2.csv"
}
if [ $# -gt 0 ]; then
  one "$@" >"$out/errors_$1_$2.csv"
  exit
fi

awk -v e="$two_pi" 'BEGIN { print "u"; for (i = 0; i < 1000; ++i) printf "%.15g\n", e * i / 999 }' \
  >"$out/query.csv"
for f in x2 x3 sin exp; do
  for n in 20 2000; do make_data $f line $n 0 "$two_pi" >"$out/${f}_$n.csv"; done
done
for f in x2 x3 sin exp; do
  for s in 3 4 5 6 7 8 9; do echo "$f $s"; done
done | in_parallel
{
  echo "function,points,sticks,temperature_K,error,deviation"
  for f in x2 x3 sin exp; do cat "$out/errors_${f}"_?.csv; done
} >"$out/errors.csv"
rm "$out"/errors_*

error_of() {
  awk -F, -v f="$1" -v n="$2" -v s="$3" -v k="$4" \
    '$1 == f && $2 == n && $3 == s && $4 == k { printf "%.4f", $5 }' "$out/errors.csv"
}
# The slope of log E against log sticks and its standard error, as in the figure's legend.
slope() {
  awk -F, -v f="$1" -v n="$2" -v k="$3" '
    $1 == f && $2 == n && $4 == k { x[++m] = log($3); y[m] = log($5); sx += x[m]; sy += y[m] }
    END { for (i = 1; i <= m; ++i) { xx += (x[i]-sx/m)^2; xy += (x[i]-sx/m) * (y[i]-sy/m) }
          b = xy / xx; for (i = 1; i <= m; ++i) r += (y[i]-sy/m - b * (x[i]-sx/m))^2
          printf "%.3f +- %.3f", b, sqrt(r / (m-2) / xx) }' "$out/errors.csv"
}
{
  echo "L1 error for x^2"
  echo "sticks  published  8 runs, 0.01 K  at rest, T = 0  at rest, 2000 points"
  s=3
  for published in 1.834 1.034 0.663 0.462 0.342 0.267 0.208; do
    printf '%6d %10s %15s %15s %21s\n' $s $published "$(error_of x2 20 $s 0.01)" \
      "$(error_of x2 20 $s 0)" "$(error_of x2 2000 $s 0)"
    s=$((s + 1))
  done
  echo
  echo "slope of log E against log sticks; -2 for many points and sticks"
  echo "function   20 points, 0.01 K   20 points, T = 0   2000 points, T = 0"
  for f in x2 x3 sin exp; do
    printf '%8s %19s %18s %20s\n' $f "$(slope $f 20 0.01)" "$(slope $f 20 0)" "$(slope $f 2000 0)"
  done
} >"$out/table.txt"
for f in x2 x3 sin exp; do
  echo "$f $(slope $f 20 0.01 | cut -d' ' -f1) $(slope $f 2000 0 | cut -d' ' -f1)"
done >"$out/slopes.txt"
s=3
for published in 1.834 1.034 0.663 0.462 0.342 0.267 0.208; do
  # Half of the last published digit, and as much again for eight warm runs.
  within "distance from the published L1 error of $s sticks" \
    "$(echo "$(error_of x2 20 $s 0.01) $published" | awk '{ print $1 - $2 }')" -1e-3 1e-3
  s=$((s + 1))
done
within "slope for x^2 with 2000 points" "$(slope x2 2000 0 | cut -d' ' -f1)" -2.001 -1.999
finish
