#!/bin/sh
# man_page.sh PROGRAM PAGE: the page is sound, and tells every command and option of the help.
set -eu
program=$1
page=$2

# Typeset without a complaint, by the tool that everybody's man uses.
complaints=$(groff -man -Tutf8 -ww -z "$page" 2>&1)
[ -z "$complaints" ] || { echo "$complaints"; exit 1; }
# Overstriking off, so that words are words.
text=$(GROFF_NO_SGR=1 groff -man -Tascii -P-cbou "$page")

has() {
  echo "$text" | grep -q -e "$1" || { echo "not on the page: $1"; exit 1; }
}

for section in NAME SYNOPSIS DESCRIPTION COMMANDS OPTIONS 'EXIT STATUS' EXAMPLES FILES 'SEE ALSO'; do
  has "^$section\$"
done
! grep -qE '[0-9]{4}-[0-9]{2}-[0-9]{2}' "$page" || { echo "the page bears a date"; exit 1; }

commands=$("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 9 ]
count=0
for command in $commands; do
  has "^   $command\$"
  for option in $("$program" "$command" --help | sed -n 's/^  \(--[A-Za-z0-9-]*\).*/\1/p'); do
    has "^ *$option\( \|\$\)"
    count=$((count + 1))
  done
done
echo "$count options of $(echo "$commands" | wc -l) commands"
