# Reads errors.csv and slopes.txt of fig05.sh in the current folder.
set terminal pngcairo size 1300,620 font "sans,12"
set output "fig05.png"
set datafile separator ","
slope(f, column) = system(sprintf("awk '$1 == \"%s\" { print $%d }' slopes.txt", f, column))
# The rows of one function, number of points and temperature.
rows(f, n, k) = sprintf("< awk -F, '$1 == \"%s\" && $2 == %d && $4 == %s' errors.csv", f, n, k)
at_three(f, n, k) = real(system(sprintf("awk -F, '$1 == \"%s\" && $2 == %d && $3 == 3 && $4 == %s { print $5 * 9 }' errors.csv", f, n, k)))
names = "x^2 x^3 sin(x) exp(x/π)"
keys = "x2 x3 sin exp"
array colour[4] = ["#1b6ca8", "#d1495b", "#3c8d53", "#b8860b"]
array mark[4] = [5, 7, 9, 13]
set multiplot layout 1,2
set logscale x
set xrange [2.8:9.6]
set xtics (3, 4, 5, 6, 7, 8, 9)
set xlabel "sticks"
set grid lc rgb "#dddddd"
set key bottom left title "function [slope]" left Left reverse samplen 2

set title "as published: 20 points, 8 runs at 0.01 K"
set ylabel "E, the L_1 error"
set logscale y
set yrange [0.02:60]
set format y "10^{%T}"
$published << EOD
3,1.834
4,1.034
5,0.663
6,0.462
7,0.342
8,0.267
9,0.208
EOD
plot for [i=1:4] rows(word(keys,i), 20, "0.01") using 3:5 with linespoints lw 2 \
  pt mark[i] ps 1.2 lc rgb colour[i] title sprintf("%s  [%s]", word(names,i), slope(word(keys,i), 2)), \
  $published using 1:2 with points pt 6 ps 2.4 lw 1.5 lc rgb "black" title "published, x^2"

set title "what bends it: 20 points (marks) or 2000 (lines), both at rest"
set ylabel "E sticks^2 over that of 3 sticks; level is slope -2"
unset logscale y
set yrange [0.7:1.15]
set format y "%g"
set key title "function [slope with 2000 points]"
plot for [i=1:4] rows(word(keys,i), 2000, "0") using 3:($5*$3**2/at_three(word(keys,i), 2000, "0")) \
  with lines lw 2 lc rgb colour[i] \
  title sprintf("%s  [%s]", word(names,i), slope(word(keys,i), 3)), \
  for [i=1:4] rows(word(keys,i), 20, "0") using 3:($5*$3**2/at_three(word(keys,i), 20, "0")) \
  with linespoints dt 3 pt mark[i] ps 1.2 lc rgb colour[i] notitle
unset multiplot
