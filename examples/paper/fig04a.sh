#!/bin/sh
# Figure 4a: the plateau Delta F_min of the published estimator at weak springs (k = M = 1e-30), as
# a heat map: over gamma and the temperature in joules, and over gamma and sticks in kT. f(x) = x,
# 20 points on [0, 2 pi], 100 paths from uniform(0, 3), t = 10.
set -eu
cd "$(dirname "$0")/../.."
figure=fig04a
. examples/paper/common.sh

# one GAMMA T STICKS
one() {
  barrier "run_$1_$2_$3" 100 10 --data "$out/x.csv" --sticks "$3" --friction "$1" \
    --temperature-K "$2" --spring 1e-30 --mass 1e-30 --seed "$((100 * $3 + $1))"
  run=$out/run_$1_$2_$3.json
  echo "$1,$2,$3,$(field value "$run"),$(field value_kT "$run"),$(field mean_work_kT "$run")" \
    >"$out/row_$1_$2_$3.csv"
  rm "$run"
}
if [ $# -gt 0 ]; then
  one "$@"
  exit
fi

make_data x line 20 0 "$two_pi" >"$out/x.csv"
for gamma in 1 2 4 8 16 32; do
  for T in 0.1 1 10; do echo "$gamma $T 1"; done
  for sticks in 2 3 4; do echo "$gamma 1 $sticks"; done
done | in_parallel
{
  echo "friction,temperature_K,sticks,barrier,barrier_kT,mean_work_kT"
  cat "$out"/row_* | sort -t, -k3,3g -k2,2g -k1,1g
} >"$out/barriers.csv"
rm "$out"/row_*

# of GAMMA T STICKS COLUMN FORMAT
of() {
  awk -F, -v g="$1" -v T="$2" -v s="$3" -v c="$4" -v format="$5" \
    '$1 == g && $2 == T && $3 == s { printf format, $c }' "$out/barriers.csv"
}
{
  echo "Delta F_min in J, one stick"
  printf '%8s' "T \\ gamma"
  for gamma in 1 2 4 8 16 32; do printf '%10s' $gamma; done
  echo
  for T in 0.1 1 10; do
    printf '%7s K' $T
    for gamma in 1 2 4 8 16 32; do printf '%10s' "$(of $gamma $T 1 4 %.2e)"; done
    echo
  done
  echo
  echo "Delta F_min / kT (gamma nu t)"
  printf '%8s' sticks
  for gamma in 1 2 4 8 16 32; do printf '%14s' "gamma $gamma"; done
  echo
  for sticks in 1 2 3 4; do
    printf '%8s' $sticks
    for gamma in 1 2 4 8 16 32; do
      printf '%14s' "$(of $gamma 1 $sticks 5 %.0f) ($((gamma * (sticks + 1) * 10)))"
    done
    echo
  done
  echo "published: colours, no numbers; 4b has those of gamma 1"
} >"$out/table.txt"
# Above what the bath puts in, and not by orders.
awk -F, 'FNR > 1 {
  print "Delta F over gamma nu kT t at gamma", $1, "T", $2, "sticks", $3,
    $5 / ($1 * ($3 + 1) * 10) }' \
  "$out/barriers.csv" >"$out/ratios.txt"
all_within 1 3 "$out/ratios.txt"
finish
