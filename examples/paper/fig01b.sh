#!/bin/sh
# Figure 1b: how one stick falls onto 20 points of 1 - u/3 (with noise of 0.1): gamma 1
# (underdamped) and 20 (overdamped, as omega^2 = 20), at three temperatures. 100 paths by
# Euler-Maruyama at 1e-3 with the paper's noise, k = M = 1e-22, so that 1 K shows.
set -eu
cd "$(dirname "$0")/../.."
figure=fig01b
. examples/paper/common.sh
t_end=40
average_from=20

# one gamma T
one() {
  model="--data $out/points.csv --sticks 1 --mass-is total --mass 1e-22 --spring 1e-22
    --friction $1 --temperature-K $2 --noise-model diagonal"
  paths=$([ "$FAST" = 0 ] && echo 100 || echo 20)
  # shellcheck disable=SC2086
  springspice simulate $model --x0 random --integrator euler-maruyama --dt 1e-3 --t-end $t_end \
    --every 40 --paths "$paths" --threads 1 --out "$out/paths_$1_$2.csv" >/dev/null
  # shellcheck disable=SC2086
  springspice simulate $model --stationary --json "$out/stationary_$1_$2.json" >/dev/null
}
if [ $# -gt 0 ]; then
  one "$@"
  exit
fi

make_data falling line 20 0 "$two_pi" 0.1 1 >"$out/points.csv"
for gamma in 1 20; do for T in 0 1 10; do echo "$gamma $T"; done; done | in_parallel

# Mean and standard deviation of the left end, over the paths and from average_from on.
spread() {
  awk -F, -v from=$average_from 'FNR > 1 && $2 >= from { ++n; s += $3; q += ($3-c)^2; d += $3-c
      if (n == 1) { c = $3; q = 0; d = 0 } }
    END { printf "%8.5f %9.5f", s / n, sqrt((q - d*d/n) / n) }' "$1"
}
{
  echo "the left end, t = $average_from to $t_end"
  echo "gamma    T/K     mean    spread  exact spread"
  for gamma in 1 20; do
    for T in 0 1 10; do
      printf '%5s %6s %s %13.5f\n' $gamma $T "$(spread "$out/paths_${gamma}_$T.csv")" \
        "$(field position_std "$out/stationary_${gamma}_$T.json")"
    done
  done
} >"$out/table.txt"
# 5 %: Euler-Maruyama's own error, up to h omega^2 / (2 gamma) = 1 %, and the sampling error.
awk '$1 ~ /^[0-9]/ && $2 > 0 { print "spread over exact at gamma", $1, "and T", $2, $4 / $5 }' \
  "$out/table.txt" >"$out/ratios.txt"
all_within 0.95 1.05 "$out/ratios.txt"
finish
