#!/bin/sh
# Figure 4b: the plateau Delta F_min / kT of the published estimator against the number of sticks
# (gamma 1, t = 10, k = M = 1e-30, f(x) = x, 20 points, 100 paths from uniform(0, 3)), ten times
# with other seeds; and what it depends on, for one stick: the length of the run and the number of
# paths. Beside it the free energy that the springs cost, over springs of stiffness k that pin each
# node.
set -eu
cd "$(dirname "$0")/../.."
figure=fig04b
. examples/paper/common.sh
seeds=$([ "$FAST" = 0 ] && echo "1 2 3 4 5 6 7 8 9 10" || echo "1 2")

# one STICKS T_END PATHS SEED
one() {
  run=$out/run_$1_$2_$3_$4.json
  barrier "run_$1_$2_$3_$4" "$3" "$2" --data "$out/x.csv" --sticks "$1" --friction 1 \
    --temperature-K 1 --spring 1e-30 --mass 1e-30 --seed "$4"
  echo "$1,$2,$3,$4,$(field value_kT "$run"),$(field mean_work_kT "$run"),$(field bath_kT "$run")" \
    >"$out/row_$1_$2_$3_$4.csv"
  rm "$run"
}
if [ $# -gt 0 ]; then
  one "$@"
  exit
fi

make_data x line 20 0 "$two_pi" >"$out/x.csv"
for seed in $seeds; do
  for sticks in 1 2 3 4; do echo "$sticks 10 100 $seed"; done
  for t in 2.5 5 20; do echo "1 $t 100 $seed"; done
done >"$out/runs.txt"
for seed in 1 2 3; do
  for t in 2.5 5 10 20; do echo "1 $t 1000 $seed"; done
done >>"$out/runs.txt"
in_parallel <"$out/runs.txt"
{
  echo "sticks,t,paths,seed,barrier_kT,mean_work_kT,bath_kT"
  cat "$out"/row_* | sort -t, -k1,1g -k2,2g -k3,3g -k4,4g
} >"$out/barriers.csv"
rm "$out"/row_* "$out/runs.txt"

# The true cost: a difference of free energies, whatever the friction and the length of the run.
for sticks in 1 2 3 4; do
  springspice thermo --barrier exact --data "$out/x.csv" --sticks $sticks --mass-is total \
    --mass 1e-30 --spring 1e-30 --pin-spring 1e-30 --temperature-K 1 \
    --json "$out/exact.json" >/dev/null
  echo "$sticks,$(field reduced "$out/exact.json")"
done >"$out/exact.csv"

# Where the mean of exp(-W / kT) exists, the estimator finds it. Without springs, from rest, a node
# has exp(gamma t / 2) / sqrt(cos(sqrt(3) gamma t) + sin(sqrt(3) gamma t) / sqrt(3)), infinite from
# gamma t = 2 pi / (3 sqrt(3)) = 1.209 on.
barrier free 20000 0.5 --data "$out/x.csv" --sticks 1 --friction 1 --temperature-K 1 \
  --spring 1e-40 --mass 1e-30
free=$(field value_kT "$out/free.json")
free_error=$(field error_kT "$out/free.json")
closed_form=$(awk 'BEGIN { a = sqrt(3) / 2; print 0.5 - log(cos(a) + sin(a) / sqrt(3)) }')

# mean STICKS T PATHS COLUMN: over the seeds, and its standard deviation.
mean() {
  awk -F, -v s="$1" -v t="$2" -v p="$3" -v c="$4" '
    $1 == s && $2 == t && $3 == p { ++n; sum += $c; squares += $c * $c }
    END { m = sum / n; v = (squares - n * m * m) / (n - 1)
          printf "%.1f %.1f", m, (v > 0) ? sqrt(v) : 0 }
  ' "$out/barriers.csv"
}
for sticks in 1 2 3 4; do
  echo "$sticks $(mean $sticks 10 100 5) $(mean $sticks 10 100 6) $((10 * (sticks + 1)))" \
    "$(awk -F, -v s=$sticks '$1 == s { print $2 }' "$out/exact.csv")"
done >"$out/sticks.txt"
for t in 2.5 5 10 20; do
  echo "$t $(mean 1 $t 100 5) $(mean 1 $t 1000 5) $(mean 1 $t 100 6)"
done >"$out/length.txt"
{
  echo "Delta F_min / kT, gamma 1, t = 10, 100 paths; 10 seeds"
  echo "sticks  published   here, spread of a run   -<W> / kT   gamma nu t   springs, exactly"
  awk 'BEGIN { split("34 42 60 67", published) }
    { printf "%6d %10s %10.1f +- %-11.1f %9.1f %12d %18.2f\n", $1,
        published[$1], $2, $3, -$4, $6, $7 }' "$out/sticks.txt"
  echo
  echo "one stick: it grows with the length of the run and with the number of paths"
  echo "gamma nu t   100 paths        1000 paths       -<W> / kT"
  awk '{ printf "%10d %6.1f +- %-6.1f %8.1f +- %-6.1f %8.1f\n", 2 * $1, $2, $3, $4, $5, -$6 }' \
    "$out/length.txt"
  echo
  printf 'no springs, gamma t = 0.5, 20000 paths: %.4f +- %.4f; closed form %.4f\n' "$free" \
    "$free_error" "$closed_form"
  echo "from gamma t = 1.209 on the mean of exp(-W / kT) is infinite: no number of paths is enough"
} >"$out/table.txt"
within "the estimate without springs" "$free" \
  "$(echo "$closed_form $free_error" | awk '{ print $1 - 4 * $2 }')" \
  "$(echo "$closed_form $free_error" | awk '{ print $1 + 4 * $2 }')"
# One published run, so within three spreads of a run.
[ "$FAST" = 1 ] || while read -r sticks mean spread _; do
  published=$(echo 34 42 60 67 | cut -d' ' -f"$sticks")
  within "published plateau of $sticks sticks" "$published" \
    "$(echo "$mean $spread" | awk '{ print $1 - 3 * $2 }')" \
    "$(echo "$mean $spread" | awk '{ print $1 + 3 * $2 }')"
done <"$out/sticks.txt"
finish
