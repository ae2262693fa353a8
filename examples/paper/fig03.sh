#!/bin/sh
# Figure 3: the mean loss against the stiffness k and against the published Delta F, at 0.1, 1 and
# 10 K, for six functions. k = M from 1e-10 to 1e-30, one stick, gamma 4, 20 points on [0, 2 pi],
# 100 paths from uniform(0, 3) positions and velocities, t = 10; the loss is the mean of the second
# half. Beside it the loss of the stationary state, which is known:
#   L = L_min + 2 c kT / (k N),   c kT the mean elastic energy above its least (c = 1/3 here)
set -eu
cd "$(dirname "$0")/../.."
figure=fig03
. examples/paper/common.sh
functions="x x2 x3 sin cos exp"
temperatures="0.1 1 10"
k_B=1.380649e-23

# one FUNCTION T STEP: k = 10^(-10 - 20 STEP / 9); one FUNCTION fine: the strongest, a finer step
one() {
  if [ "$2" = fine ]; then
    step=1e-4
    barrier "run_$1_fine" 100 10 --data "$out/$1.csv" --sticks 1 --friction 4 --temperature-K 1 \
      --spring 1e-10 --mass 1e-10
    field value "$out/run_$1_fine.json" | awk '{ print $1 / 1e-10 }' >"$out/fine_$1.txt"
    rm "$out/run_$1_fine.json"
    return
  fi
  k=$(awk -v i="$3" 'BEGIN { printf "%.6g", 10 ^ (-10 - 20 * i / 9) }')
  barrier "run_$1_$2_$3" 100 10 --data "$out/$1.csv" --sticks 1 --friction 4 --temperature-K "$2" \
    --spring "$k" --mass "$k" --seed "$((1 + $3))"
  run=$out/run_$1_$2_$3.json
  awk -v OFS=, -v f="$1" -v T="$2" -v k="$k" -v value="$(field value "$run")" \
    -v in_kT="$(field value_kT "$run")" -v loss="$(field mean_loss_second_half "$run")" \
    -v least="$(cat "$out/least_$1.txt")" -v c="$(cat "$out/share.txt")" -v kB=$k_B \
    'BEGIN { print f, T, k, value, in_kT, loss, least + 2 * c * kB * T / (k * 20) }' \
    >"$out/row_$1_$2_$3.csv"
  rm "$run"
}
if [ $# -gt 0 ]; then
  one "$@"
  exit
fi

for f in $functions; do
  make_data "$f" line 20 0 "$two_pi" >"$out/$f.csv"
  springspice fit --data "$out/$f.csv" --sticks 1 --json "$out/fit.json" >/dev/null
  field rms_error "$out/fit.json" | awk '{ print $1 * $1 }' >"$out/least_$f.txt"
done
# c does not depend on the targets, nor on k and T while k = M.
springspice simulate --data "$out/x.csv" --sticks 1 --friction 4 --kT 1 --noise-model diagonal \
  --stationary --json "$out/stationary.json" >/dev/null
field potential "$out/stationary.json" >"$out/share.txt"

for f in $functions; do
  echo "$f fine"
  for T in $temperatures; do
    for i in 0 1 2 3 4 5 6 7 8 9; do echo "$f $T $i"; done
  done
done | in_parallel
{
  echo "function,temperature_K,k,barrier,barrier_kT,loss,stationary_loss"
  cat "$out"/row_* | sort -t, -k1,1 -k2,2g -k3,3g
} >"$out/barriers.csv"
rm "$out"/row_*

{
  echo "least loss; stiffness at which thermal motion doubles it, k = 2 c kT / (N L_min);"
  echo "the plateau of Delta F at k = M = 1e-30; Delta F / k at k = 1e-10, in steps of 1e-3, 1e-4;"
  echo "the loss over that of the stationary state, where that is above 1e-4"
  printf '%-9s %5s %10s %10s %15s %12s %8s %25s\n' function T/K L_min "k, J" "plateau / kT" \
    "Delta F / k" "(1e-4)" "loss / stationary loss"
  for f in $functions; do
    for T in $temperatures; do
      awk -F, -v f="$f" -v T="$T" -v least="$(cat "$out/least_$f.txt")" \
        -v c="$(cat "$out/share.txt")" -v kB=$k_B \
        -v fine="$([ "$T" = 1 ] && cat "$out/fine_$f.txt")" '
        $1 == f && $2 == T {
          if (!n++) plateau = $5
          strong = $4 / $3
          if ($7 > 1e-4) {
            r = $6 / $7
            if (r > high || !high) high = r
            if (r < low || !low) low = r
          }
        }
        END { if (fine != "") fine = sprintf("%.1f", fine)
              doubles = (least < 1e-20) ? "-" : sprintf("%.2g", 2 * c * kB * T / (20 * least))
              printf "%-9s %5s %10.3g %10s %15.1f %12.2f %8s %14.3f to %7.3f\n", f, T, least,
                doubles, plateau, strong, fine, low, high }' "$out/barriers.csv"
    done
  done
  echo "published: no numbers in the text; a plateau that grows with T at weak springs, and a loss"
  echo "that rises where Delta F meets it"
} >"$out/table.txt"
# The standard error of 100 paths over a time of 5, with the elastic energy's autocorrelation time
# of 0.22, is 3 %; four of them.
awk -F, 'FNR > 1 && $7 > 1e-4 {
  print "loss over stationary loss of", $1, "at", $2, "K, k", $3, $6 / $7 }' "$out/barriers.csv" \
  >"$out/ratios.txt"
all_within 0.88 1.12 "$out/ratios.txt"
finish
