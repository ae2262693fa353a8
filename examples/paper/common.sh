# shellcheck shell=sh disable=SC2034,SC2154
# What the figures' scripts share; each reads it first, in the repository's top folder, after it has
# set $figure.
#   SPRINGSPICE=program PROGRAMS=folder of make_paper_data and mlp   OUT=folder
#   FAST=1: fewer paths, to see that a script runs; its numbers are not the paper's
SPRINGSPICE=${SPRINGSPICE:-build/release/springspice}
PROGRAMS=${PROGRAMS:-$(dirname "$SPRINGSPICE")}
OUT=${OUT:-build/examples/paper/$figure}
FAST=${FAST:-0}
export SPRINGSPICE PROGRAMS OUT FAST
out=$OUT
two_pi=6.283185307179586

# A script that calls itself with arguments does one of its runs.
if [ $# -eq 0 ]; then
  rm -rf "$out"
  mkdir -p "$out"
fi

springspice() { "$SPRINGSPICE" "$@"; }
make_data() { "$PROGRAMS/make_paper_data" "$@"; }

# Each line of standard input: the arguments of one run; as many at a time as there are cores.
in_parallel() { xargs -L 1 -P "$(nproc)" "examples/paper/$figure.sh"; }

# field NAME FILE: the first number of that name in a JSON file.
field() { sed -n "s/^ *\"$1\": \\([^,]*\\),*\$/\\1/p" "$2" | head -n 1; }

# barrier NAME PATHS T_END OPTIONS: the published estimator, into NAME.json, in steps of $step.
step=1e-3
barrier() {
  name=$1
  paths=$2
  t_end=$3
  shift 3
  [ "$FAST" = 0 ] || paths=10
  springspice thermo --barrier paper --noise-model diagonal --mass-is total --start-range 0:3 \
    --dt $step --threads 1 --paths "$paths" --t-end "$t_end" "$@" \
    --json "$out/$name.json" >/dev/null
}

# within NAME VALUE LOW HIGH: the script fails, when it ends, where a number is not what it must be.
failed=0
within() {
  if ! echo "$2 $3 $4" | awk '
    { exit !(NF == 3 && $1 ~ /^[-+]?[.0-9]/ && $1 + 0 >= $2 + 0 && $1 + 0 <= $3 + 0) }'; then
    echo "$figure: $1 is ${2:-missing}; it must be from $3 to $4" >&2
    failed=1
  fi
}

# all_within LOW HIGH FILE: each line of FILE is a name and, last, its number. For statistics, so
# not with the few paths of FAST=1.
all_within() {
  [ "$FAST" = 0 ] || return 0
  while read -r line; do within "${line% *}" "${line##* }" "$1" "$2"; done <"$3"
}

# finish: shows the table; the end of each script.
finish() {
  draw
  cat "$out/table.txt"
  exit $failed
}

# draw: the picture by gnuplot, where that is installed.
draw() {
  if command -v gnuplot >/dev/null; then
    picture=$(pwd)/examples/paper/$figure.gp
    (cd "$out" && gnuplot "$picture") && echo "drew $out/$figure.png"
  else
    echo "no gnuplot, no picture (apt-get install gnuplot-nox)"
  fi
}
