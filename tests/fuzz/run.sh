#!/bin/sh
# Fuzzes the reading of decks: builds netlist/ with libFuzzer and the address and undefined-behaviour
# sanitizers, and runs it for a time.
#
#   tests/fuzz/run.sh                        30 seconds; what it finds is not kept
#   tests/fuzz/run.sh --seconds 600 --keep   new inputs stay in build/fuzz/found
#   tests/fuzz/run.sh --out DIR              works there instead of in build/fuzz
#   tests/fuzz/run.sh --seconds 0            builds it only
#
# An input that crashes, hangs for 10 s or takes 1 GB is left there; give it to the fuzzer as its only
# argument to see it again. Exit status 77: clang++ or its fuzzer is not installed.
set -eu
cd "$(dirname "$0")/../.."
seconds=30
keep=
out=build/fuzz
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2; shift ;;
    --out) out=$2; shift ;;
    --keep) keep=yes ;;
    *) echo "usage: tests/fuzz/run.sh [--seconds N] [--keep] [--out DIR]" >&2; exit 2 ;;
  esac
  shift
done

mkdir -p "$out/objects" "$out/found"
echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
  clang++ -x c++ -fsanitize=fuzzer,address - -o "$out/probe" 2>/dev/null || {
  echo "no fuzzer: apt-get install clang libclang-rt-14-dev" >&2
  exit 77
}
[ -n "$keep" ] || find "$out/found" -type f -delete

flags="-std=c++20 -O1 -gline-tables-only -fno-omit-frame-pointer
  -fsanitize=address,undefined -fno-sanitize-recover=all -I. -isystem /usr/include/eigen3"
newest=$(ls -t netlist/*.hpp | head -n 1)
for source in netlist/*.cpp tests/fuzz/parse_deck_fuzzer.cpp; do
  object=$out/objects/$(basename "$source" .cpp).o
  if [ ! -e "$object" ] || [ "$source" -nt "$object" ] || [ "$newest" -nt "$object" ]; then
    echo "$source $object"
  fi
done | xargs -r -L 1 -P 2 sh -c 'clang++ '"$(echo $flags)"' -fsanitize=fuzzer-no-link -c "$0" -o "$1"'
# shellcheck disable=SC2086  # a list of words
clang++ $flags -fsanitize=fuzzer "$out"/objects/*.o -lfmt -o "$out/parse_deck_fuzzer"

[ "$seconds" != 0 ] || exit 0
"$out/parse_deck_fuzzer" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 -max_len=20000 \
  -dict=tests/fuzz/deck.dict -artifact_prefix="$out/" -print_final_stats=1 \
  "$out/found" tests/fuzz/corpus tests/hw/golden
