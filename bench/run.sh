#!/bin/sh
# Builds the benchmarks in build/release and prints what matters as one table: ratios of one run and
# rates, from the shortest times, for those suffer least from whatever else the machine does.
#
#   bench/run.sh            ten repetitions
#   REPETITIONS=30 bench/run.sh
set -eu
cd "$(dirname "$0")/.."
repetitions=${REPETITIONS:-10}

cmake --preset release -DSPRINGSPICE_BENCH=ON >/dev/null
cmake --build --preset release --target bench_harness bench_numerics springspice-ngspice >&2

run() {
  program=$1
  shift
  "build/release/$program" --benchmark_repetitions="$repetitions" \
    --benchmark_report_aggregates_only=true --benchmark_enable_random_interleaving=true \
    "$@" 2>/dev/null
}

before=$(cat /proc/loadavg)
{
  run bench_harness --benchmark_min_time=0.1
  run bench_numerics --benchmark_min_time=0.05
} | awk '
  # name_min  T unit  ...  counter=1.5M: seconds of one iteration, and its counters
  /_min / {
    name = $1
    sub(/_min$/, "", name)
    sub(/\/(real_time|iterations:1\/manual_time|iterations:1\/repeats:2)/, "", name)
    scale = $3 == "ns" ? 1e-9 : $3 == "us" ? 1e-6 : 1e-3
    time[name] = $2 * scale
    for (i = 6; i <= NF; ++i) {
      split($i, pair, "=")
      unit = pair[2] ~ /k$/ ? 1e3 : pair[2] ~ /M$/ ? 1e6 : pair[2] ~ /G$/ ? 1e9 : 1
      amount[name, pair[1]] = pair[2] * unit
    }
  }
  function row(what, value, unit, target, met) {
    printf "| %-66s | %9s %-10s | %-22s | %-3s |\n", what, value, unit, target, met
  }
  # sense: "<" or ">"; without a limit nothing is judged
  function line(what, value, unit, sense, limit) {
    met = sense == "" ? "" : (sense == "<" ? value <= limit : value >= limit) ? "yes" : "NO"
    target = sense == "" ? "" : (sense == "<" ? "at most " : "at least ") limit " " unit
    row(what, sprintf("%.4g", value), unit, target, met)
  }
  function per(name, counter) { return time[name] / amount[name, counter] }
  function rate(name, counter) { return amount[name, counter] / time[name] }
  END {
    row("measure", "value", "", "target", "met")
    row("---", "---", "", "---", "---")
    line("full run / plain ngspice, 5x5 gmc", time["run_full"] / time["run_bare"], "", "<", 1.25)
    line("the same without noise / plain ngspice", time["run_no_noise"] / time["run_bare"], "")
    line("the same, last point alone / plain ngspice", time["run_only_last"] / time["run_bare"], "")
    line("one worker / two workers, an ensemble of the same circuit",
         time["ensemble/1"] / time["ensemble/2"], "", ">", 1.7)
    line("a normal, baseline", 1e9 * per("normals/baseline", "normals"), "ns")
    line("a normal, AVX2", 1e9 * per("normals/avx2", "normals"), "ns", "<", 6)
    if (("normals/avx512", "normals") in amount) {
      line("a normal, AVX-512", 1e9 * per("normals/avx512", "normals"), "ns", "<", 3)
    } else {
      row("a normal, AVX-512 (this processor has none)", "-", "ns", "at most 3 ns", "-")
    }
    line("a normal of std::normal_distribution (mt19937_64)",
         1e9 * per("normals_of_the_standard_library", "normals"), "ns")
    split("5 10 18 32", sides, " ")
    for (i = 1; i <= 4; ++i) {
      nodes = sides[i] * sides[i]
      line("exact ensemble step / its own normals, " nodes " nodes",
           per("exact_step/" sides[i], "normals") / per("exact_normals/" sides[i], "normals"), "",
           "<", 1.3)
    }
    fastest = per("circuit_step/gmc", "steps")
    if (per("circuit_step/rlc", "steps") < fastest) fastest = per("circuit_step/rlc", "steps")
    line("ngspice / midpoint, a trapezoidal step of 32x32 nodes",
         fastest / per("scheme_step/midpoint/32", "steps"), "", ">", 50)
    line("midpoint, a step of 32x32 nodes", 1e6 * per("scheme_step/midpoint/32", "steps"), "us")
    line("baoab, the same", 1e6 * per("scheme_step/baoab/32", "steps"), "us")
    line("euler-maruyama, the same", 1e6 * per("scheme_step/euler/32", "steps"), "us")
    line("an epoch of 10 x 16 points on 25 nodes, 100 Euler steps a batch",
         1e3 * time["train_epoch/euler"], "ms", "<", 1)
    line("the same at a temperature", 1e3 * time["train_epoch/euler_noise"], "ms")
    line("the same epoch by the exact propagator", 1e3 * time["train_epoch/exact"], "ms", "<", 0.2)
    line("the same at a temperature", 1e3 * time["train_epoch/exact_noise"], "ms")
    line("work of 20,000 trajectories, 4 sticks, a ramp of 100 steps, two threads",
         time["work_of_a_ramp/exact/2"], "s", "<", 5)
    line("the same by the midpoint rule", time["work_of_a_ramp/midpoint/2"], "s")
    line("assembly in 2-D, 32x32 sticks", 1e-6 * rate("assembly/2/32", "points"), "Mpoints/s", ">", 20)
    line("assembly in 2-D, 256x256 sticks", 1e-6 * rate("assembly/2/256", "points"), "Mpoints/s")
    line("assembly in 1-D, 64 sticks", 1e-6 * rate("assembly/1/64", "points"), "Mpoints/s")
    line("assembly in 3-D, 8x8x8 sticks", 1e-6 * rate("assembly/3/8", "points"), "Mpoints/s")
    line("CSV, numbers of 17 digits", 1e-6 * rate("csv_17_digits", "bytes"), "MB/s", ">", 150)
    line("CSV, numbers of 6 digits", 1e-6 * rate("csv_6_digits", "bytes"), "MB/s", ">", 150)
    line("CSV, numbers of 2 digits", 1e-6 * rate("csv_2_digits", "bytes"), "MB/s")
    line("CSV, quoted", 1e-6 * rate("csv_quoted", "bytes"), "MB/s")
    line("netlist writing", 1e-6 * rate("netlist_writer", "bytes"), "MB/s", ">", 100)
    line("netlist reading", 1e-6 * rate("netlist_reader", "bytes"), "MB/s", ">", 50)
    line("a deck of 1e6 elements read, flattened and stamped", time["netlist_to_matrices"], "s", "<", 3)
    line("1,000 draws of a gmc circuit of 32x32 sticks, a tolerance a part, two threads",
         1000 * per("tolerance/gmc", "draws"), "s", "<", 60)
    line("the same, op-amps", 1000 * per("tolerance/opamp", "draws"), "s")
    line("sparse factorisation, 256x256 nodes, Eigen / CHOLMOD",
         time["factor/eigen/2/256"] / time["factor/cholmod/2/256"], "")
    line("sparse solution, 32x32 nodes, Eigen / CHOLMOD",
         time["solve/eigen/2/32"] / time["solve/cholmod/2/32"], "")
    line("sparse solution, 256x256 nodes, Eigen / CHOLMOD",
         time["solve/eigen/2/256"] / time["solve/cholmod/2/256"], "")
    line("sparse factorisation, 1000x1000 nodes", time["factor/large/2/1000"], "s")
    line("sparse solution, 1000x1000 nodes", 1e3 * time["solve/large/2/1000"], "ms")
    line("a deck of 1e6 elements", time["netlist_writer"], "s", "<", 0.5)
  }'
echo "load before: $before"
echo "load after:  $(cat /proc/loadavg)"
