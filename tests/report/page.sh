#!/bin/sh
# Runs a command with --record, makes its page, and opens it in Chromium (browser.py).
#   page.sh SPRINGSPICE FOLDER NAME COMMAND [OPTIONS]
set -eu
springspice=$1
folder=$2
name=$3
shift 3
mkdir -p "$folder"
"$springspice" "$@" --record "$folder/$name.json" || [ $? -eq 1 ]  # a failed check has a page too
"$springspice" report "$folder/$name.json" --out "$folder/$name.html"
# Debian's own interpreter has Debian's selenium.
exec /usr/bin/python3 "$(dirname "$0")/browser.py" "$folder/$name.html" "$folder"
