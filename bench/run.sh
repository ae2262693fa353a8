#!/bin/sh
# Builds the benchmarks in build/release and prints what matters: ratios of the shortest times, for
# those suffer least from whatever else the machine does.
#
#   bench/run.sh            ten repetitions
#   REPETITIONS=30 bench/run.sh
set -eu
cd "$(dirname "$0")/.."

cmake --preset release -DSPRINGSPICE_BENCH=ON >/dev/null
cmake --build --preset release --target bench_harness bench_train springspice-ngspice

echo "load before: $(cat /proc/loadavg)"
table=$(build/release/bench_harness --benchmark_repetitions="${REPETITIONS:-10}" \
  --benchmark_enable_random_interleaving=true --benchmark_report_aggregates_only=true \
  --benchmark_min_time=0.1 2>/dev/null)
epochs=$(build/release/bench_train --benchmark_repetitions="${REPETITIONS:-10}" \
  --benchmark_min_time=0.05 2>/dev/null)
echo "load after:  $(cat /proc/loadavg)"

echo "$table" | awk '
  /_min / { sub(/\/real_time_min/, "", $1); shortest[$1] = $2 }
  function ratio(text, a, b) {
    printf "%-52s %6.0f / %6.0f ms = %.3f\n", text, shortest[a], shortest[b], shortest[a] / shortest[b]
  }
  END {
    ratio("full run / plain ngspice (at most 1.25)", "run_full", "run_bare")
    ratio("the same without noise / plain ngspice", "run_no_noise", "run_bare")
    ratio("the same with the last point alone / plain ngspice", "run_only_last", "run_bare")
    ratio("one worker / two workers (at least 1.7)", "ensemble/1", "ensemble/2")
  }'

echo "$epochs" | awk '
  /^train_epoch/ { sub(/_(mean|median|stddev|cv)$/, "", $1)
                   if (!($1 in least) || $2 < least[$1]) least[$1] = $2 }
  END { for (name in least) printf "%-52s %6.0f us\n", name, least[name] }' | sort
