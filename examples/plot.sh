#!/bin/sh
# plot.sh FOLDER NAME: draws FOLDER/NAME.png from the tables there, where gnuplot is installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if command -v gnuplot >/dev/null; then
  (cd "$1" && gnuplot "$here/plots/$2.gp" && echo "drew $2.png")
else
  echo "no gnuplot, no picture (apt-get install gnuplot-nox)"
fi
