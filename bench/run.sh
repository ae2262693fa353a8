#!/bin/sh
# Builds the benchmarks in build/release and prints a table: what is measured, its value, its target.
# Times are the shortest of the repetitions, for those suffer least from whatever else the machine
# does; processor time where one thread works, wall time where several processes do.
#
#   bench/run.sh            ten repetitions
#   REPETITIONS=30 bench/run.sh
#
# A row is one line of the awk program's END: row(text, value, unit, sense, target), without a target
# row(text, value, unit). Values come from time(name), in nanoseconds, and counter(name, key).
set -eu
cd "$(dirname "$0")/.."

cmake --preset release -DSPRINGSPICE_BENCH=ON >/dev/null
cmake --build --preset release --target bench_harness bench_numerics springspice-ngspice

measure() {
  "build/release/$1" --benchmark_repetitions="${REPETITIONS:-10}" --benchmark_min_time=0.1 \
    --benchmark_enable_random_interleaving="$2" --benchmark_report_aggregates_only=true \
    --benchmark_format=json 2>/dev/null
}

echo "load before: $(cat /proc/loadavg)"
# Interleaved where ratios of runs are wanted; not where each benchmark has its own large input.
harness=$(measure bench_harness true)
numerics=$(measure bench_numerics false)
echo "load after:  $(cat /proc/loadavg)"

printf '%s\n%s\n' "$harness" "$numerics" | awk '
  function value() { sub(/,$/, "", $2); return $2 }
  /"name":/ {
    name = $0
    sub(/.*"name": "/, "", name)
    sub(/",?$/, "", name)
    shortest = name ~ /_min$/
    sub(/_min$/, "", name)
    wall = name ~ /real_time/
    sub(/\/real_time/, "", name)
    sub(/\/iterations:[0-9]+/, "", name)
    sub(/\/repeats:[0-9]+/, "", name)
    next
  }
  !shortest { next }
  /"(real|cpu)_time":/ { if (($1 ~ /real/) == wall) times[name] = value() }
  /"time_unit":/ { if (/"us"/) times[name] *= 1e3; if (/"ms"/) times[name] *= 1e6 }
  /^ +"[a-z]+": [-+.e0-9]+,?$/ { key = $1; gsub(/[":]/, "", key); counters[name, key] = value() }

  function fail(what) { print "run.sh: no benchmark gave " what > "/dev/stderr"; failed = 1 }
  function time(of) { if (!(of in times)) fail("the time of " of); return times[of] + 0 }
  function counter(of, key) {
    if (!((of, key) in counters)) fail(key " of " of)
    return counters[of, key] + 0
  }
  function ratio(a, b) { return time(b) > 0 ? time(a) / time(b) : 0 }
  function per_second(of, key) { return time(of) > 0 ? counter(of, key) / time(of) * 1e9 : 0 }
  function row(text, number, unit, sense, target,   met) {
    if (sense == "") {
      printf "| %s | %.4g%s | | |\n", text, number, unit
      return
    }
    met = sense == ">=" ? number >= target : number <= target
    printf "| %s | %.4g%s | %s %g%s | %s |\n", text, number, unit,
           sense == ">=" ? "at least" : "at most", target, unit, met ? "met" : "NOT MET"
  }
  END {
    print "\n| measure | value | target | |"
    print "|---|---|---|---|"
    row("full run / plain ngspice, 5x5 gmc", ratio("run_full", "run_bare"), "", "<=", 1.25)
    row("the same without noise", ratio("run_no_noise", "run_bare"), "")
    row("the same with the last point alone", ratio("run_only_last", "run_bare"), "")
    row("ensemble: one worker / two", ratio("ensemble/1", "ensemble/2"), "", ">=", 1.7)

    row("reading CSV, 17 digits", per_second("csv_17_digits", "bytes") / 1e6, " MB/s", ">=", 150)
    row("reading CSV, 6 digits", per_second("csv_6_digits", "bytes") / 1e6, " MB/s", ">=", 150)
    row("reading CSV, 2 digits", per_second("csv_2_digits", "bytes") / 1e6, " MB/s", ">=", 150)
    row("reading CSV, a quoted cell a row", per_second("csv_quoted", "bytes") / 1e6, " MB/s")
    row("assembly, 2-D, 32x32 sticks", per_second("assembly/2/32", "points") / 1e6,
        " million points/s", ">=", 20)
    row("assembly, 1-D, 64 sticks", per_second("assembly/1/64", "points") / 1e6, " million points/s")
    row("assembly, 2-D, 256x256 sticks", per_second("assembly/2/256", "points") / 1e6,
        " million points/s")
    row("assembly, 3-D, 8x8x8 sticks", per_second("assembly/3/8", "points") / 1e6,
        " million points/s")
    row("writing a deck, with comments", per_second("deck_with_comments", "bytes") / 1e6, " MB/s",
        ">=", 100)
    row("writing a deck of 1e6 elements, with comments", time("deck_with_comments") / 1e9, " s",
        "<=", 0.5)
    row("writing a deck of 1e6 elements, bare", time("deck_bare") / 1e9, " s", "<=", 0.5)
    row("sparse solution, 32x32 nodes: Eigen / CHOLMOD",
        ratio("solve/eigen/2/32", "solve/cholmod/2/32"), "")
    row("sparse solution, 256x256 nodes: Eigen / CHOLMOD",
        ratio("solve/eigen/2/256", "solve/cholmod/2/256"), "")
    row("sparse factorisation, 256x256 nodes: Eigen / CHOLMOD",
        ratio("factor/eigen/2/256", "factor/cholmod/2/256"), "")
    row("sparse factorisation, 20x20x20 nodes: Eigen / CHOLMOD",
        ratio("factor/eigen/3/20", "factor/cholmod/3/20"), "")
    row("sparse factorisation, 1000x1000 nodes", time("factor/large/2/1000") / 1e9, " s")
    row("sparse solution, 1000x1000 nodes", time("solve/large/2/1000") / 1e9, " s")
    exit failed
  }'
