#!/bin/sh
# check_data.sh MAKE_DATA: the tables in data/ are what the published formulas give.
set -eu
cd "$(dirname "$0")"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$1" "$fresh"
for table in thermocouple dew_point arm surface; do
  cmp "$fresh/$table.csv" "data/$table.csv"
done
echo "the tables are what the formulas give"
