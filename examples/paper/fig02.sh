#!/bin/sh
# Figure 2: eight functions of (x, y) in [0, 1]^2 with noise of 0.01, 160 points to learn from and
# 160 to test on; 4x4 sticks against a ReLU network of 16 hidden neurons (SGD, rate 0.1), also with
# frozen biases. Batches of 16, 10 epochs, the same batches for all. Means over 10 seeds of data,
# orders and starts; the paper has one.
#   springs: gamma 10, each batch for 0.1 in steps of 1e-3, 0.001 K: the published picture
#   earlier: gamma 20, each batch for 1: an earlier version of the authors' program
set -eu
cd "$(dirname "$0")/../.."
figure=fig02
. examples/paper/common.sh
functions="sin_plus_cos xy x2_minus_y2 gauss log_difference tanh_xy sin_xy cos_plus_sin"
seeds=$([ "$FAST" = 0 ] && echo "1 2 3 4 5 6 7 8 9 10" || echo "1 2")

# one FUNCTION SEED: a curve for each learner, "function,learner,epoch,train,test,last batch".
one() {
  work=$out/$1_$2
  mkdir "$work"
  make_data "$1" scatter 160 0 1 0.01 "$2" >"$work/train.csv"
  make_data "$1" scatter 160 0 1 0.01 "$((1000 + $2))" >"$work/test.csv"
  make_data start 25 "$2" >"$work/start.mtx"
  model="--data $work/train.csv --test $work/test.csv --bounds 0:1,0:1 --sticks 4x4
    --mass-is total --temperature-K 0.001 --noise-model diagonal --x0 $work/start.mtx
    --batch 16 --epochs 10 --seed $2"
  # shellcheck disable=SC2086
  springspice train $model --friction 10 --batch-time 0.1 --steps-per-batch 100 \
    --curve "$work/springs.csv" --json "$work/springs.json" >/dev/null
  # shellcheck disable=SC2086
  springspice train $model --friction 20 --batch-time 1 --steps-per-batch 1000 \
    --curve "$work/earlier.csv" >/dev/null
  "$PROGRAMS/mlp" "$work/train.csv" "$work/test.csv" free "$2" >"$work/mlp.csv"
  "$PROGRAMS/mlp" "$work/train.csv" "$work/test.csv" frozen "$2" >"$work/frozen.csv"
  {
    for learner in springs earlier; do
      awk -F, -v OFS=, -v f="$1" -v l=$learner 'FNR > 1 { print f, l, $1, $3, $4, $5 }' \
        "$work/$learner.csv"
    done
    for learner in mlp frozen; do
      awk -F, -v OFS=, -v f="$1" -v l=$learner 'FNR > 1 { print f, l, $1, $2, $3, $4 }' \
        "$work/$learner.csv"
    done
    # The fit that all of the training points have: the second pair of losses in the results.
    sed -n '/"fit"/,/}/s/.*_loss": \([^,]*\),*/\1/p' "$work/springs.json" | xargs |
      awk -v OFS=, -v f="$1" '{ print f, "fit", 10, $1, $2, "" }'
  } >"$out/curves_$1_$2.csv"
  rm -r "$work"
}
if [ $# -gt 0 ]; then
  one "$@"
  exit
fi

for f in $functions; do for seed in $seeds; do echo "$f $seed"; done; done | in_parallel
cat "$out"/curves_* | awk -F, -v OFS=, '
  { key = $1 OFS $2 OFS $3; ++n[key]; for (i = 4; i <= 6; ++i) sum[key, i] += $i }
  END { for (key in n) print key, sum[key, 4] / n[key], sum[key, 5] / n[key], sum[key, 6] / n[key] }
' | sort -t, -k1,1 -k2,2 -k3,3n >"$out/curves.csv"
rm "$out"/curves_*

# loss FUNCTION LEARNER COLUMN: after the last epoch.
loss() {
  awk -F, -v f="$1" -v l="$2" -v c="$3" '$1 == f && $2 == l && $3 == 10 { printf "%.2e", $c }' \
    "$out/curves.csv"
}
{
  echo "mean squared errors after 10 epochs (noise alone: 1.0e-04)"
  printf '%-15s %28s  %19s  %19s  %9s  %9s\n' "" "springs and sticks" "network" "frozen biases" \
    "least sq." "earlier"
  printf '%-15s %9s %8s %9s  %9s %9s  %9s %9s  %9s  %9s\n' function train test '"test"' train test \
    train test test test
  for f in $functions; do
    printf '%-15s %9s %8s %9s  %9s %9s  %9s %9s  %9s  %9s\n' $f "$(loss $f springs 4)" \
      "$(loss $f springs 5)" "$(loss $f springs 6)" "$(loss $f mlp 4)" "$(loss $f mlp 5)" \
      "$(loss $f frozen 4)" "$(loss $f frozen 5)" "$(loss $f fit 5)" "$(loss $f earlier 5)"
  done
  echo '"test": as published, the loss of the last batch that was learned from'
} >"$out/table.txt"
# What the picture says: the springs beat the network with frozen biases, and the published "test"
# is below the true one.
for f in $functions; do
  within "$f: test of the springs" "$(loss $f springs 5)" 0 "$(loss $f frozen 5)"
  within "$f: last batch" "$(loss $f springs 6)" 0 "$(loss $f springs 5)"
  within "$f: least squares, test" "$(loss $f fit 5)" 0.8e-4 3e-4
done
finish
