#!/bin/bash
# completion.sh PROGRAM: what bash offers after a few words, asked as bash asks it.
set -u
program=$1
PATH=$(dirname "$program"):$PATH
# shellcheck source=packaging/springspice.bash
source "$(dirname "$0")/../../packaging/springspice.bash"

# A builtin that works only while a key is pressed; here it notes that files may come.
files=no
compopt() { [[ $* != "-o default" ]] || files=yes; }

# complete_words WORDS...: the last is the one that is being written
complete_words() {
  COMP_WORDS=(springspice "$@")
  COMP_CWORD=$#
  files=no
  _springspice springspice "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
}

faults=0
# expect CANDIDATES FILES WORDS...
expect() {
  local candidates=$1 with_files=$2
  shift 2
  complete_words "$@"
  if [[ ${COMPREPLY[*]} != "$candidates" || $files != "$with_files" ]]; then
    echo "springspice $*: offers '${COMPREPLY[*]}' (files: $files), not '$candidates' ($with_files)"
    faults=$((faults + 1))
  fi
}

expect 'cosim' no co
expect 'cosim certify' no c
expect '--help --version' no --
expect '' no nosuch --re
expect '--realization --range --resistor-noise --record' no cosim --r
expect '--realization' no cosim --real
expect 'opamp gmc rlc charge spu' no cosim --realization ''
expect 'gmc' no cosim --realization g
expect 'opamp gmc rlc charge spu' no cosim --realization =
expect 'rlc' no cosim --data a.csv --realization = r
expect 'auto direct gyrator transformer' no netlist --out a.cir --coupling ''
expect 'ngspice xyce ltspice' no netlist --dialect ''
expect 'none trnoise pwl' no cosim --deck-noise ''
expect 'ngspice gnucap both' no certify a.cir --engine ''
expect 'exact midpoint baoab euler-maruyama' no simulate --integrator ''
expect 'average add' no train --combine ''
expect 'zero random stationary' yes fit --x0 ''
expect 'bench-rlc cmos-gmc opamp-board spu-8' yes map --profile ''
expect 'opamp-board' yes map --profile op
# Files, numbers, and flags, which take no word.
expect '' yes cosim --data ''
expect '' yes fit --config ''
expect '' yes netlist --out ''
expect '' yes certify ''
expect '' yes readback res
expect '' no fit --mass ''
expect '' no simulate --paths ''
expect '--scale-time --scale-impedance --scale-position --scale-velocity' no netlist --explain --sc

# Every command of the help, every option of theirs, and nothing that the help does not know.
mapfile -t commands < <(springspice --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
expect "${commands[*]} --help --version" no ''
for command in "${commands[@]}"; do
  mapfile -t options < <(springspice "$command" --help | sed -n 's/^  \(--[A-Za-z0-9-]*\).*/\1/p')
  expect "${options[*]}" no "$command" --
  # Each word that is offered is taken: the program complains of something else or not at all.
  for option in "${options[@]}"; do
    complete_words "$command" "$option" ''
    [[ $option != --help && ${#COMPREPLY[@]} -gt 0 && ${COMPREPLY[0]} != --* ]] || continue
    for word in "${COMPREPLY[@]}"; do
      said=$(springspice "$command" --data nosuch.csv "$option" "$word" 2>&1)
      if [[ $said == *"it must be"* ]]; then
        echo "springspice $command $option $word is offered, and refused: $said"
        faults=$((faults + 1))
      fi
    done
  done
done
[[ $faults == 0 ]] && echo "completions as expected"
