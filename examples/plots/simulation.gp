# Reads statistics/series.csv, diagonal/series.csv, paths.csv and likelihood.csv of the simulation
# example in the current folder.
set terminal pngcairo size 1200,900 font "sans,11"
set output "simulation.png"
set datafile separator ","
set multiplot layout 2,2 title "thermocouple, 8 sticks, kT = 2000: numerical paths"
set grid lc rgb "#dddddd"

set title "loss, 2,000 paths from rest: median, quartiles, 5 % to 95 %"
set xlabel "time"
set ylabel "mean squared error"
set logscale y
set key top right
plot "statistics/series.csv" skip 1 using 1:9:13 with filledcurves fc rgb "#c8d8ec" title "5 % to 95 %", \
     "" skip 1 using 1:10:12 with filledcurves fc rgb "#90b0d8" title "quartiles", \
     "" skip 1 using 1:11 with lines lw 2 lc rgb "#204080" title "median"
unset logscale y

set title "kinetic energy, of kT/2 a velocity"
set ylabel "mean over the paths"
set logscale y
set yrange [0.3:1000]
plot "statistics/series.csv" skip 1 using 1:($3/9000) with lines lw 2 lc rgb "#3060a0" title "fdt", \
     "diagonal/series.csv" skip 1 using 1:($3/9000) with lines lw 2 lc rgb "#c03030" title "diagonal (the paper's)", \
     1 with lines dt 2 lc rgb "#303030" title "equipartition"
unset logscale y
set yrange [*:*]

set title "the middle node, three paths in equilibrium"
set ylabel "x_4"
plot for [r=0:2] "paths.csv" skip 1 using ($1==r ? $2 : 1/0):7 with lines lw 1.5 title sprintf("path %d", r)

set title "log-likelihood of a path made with friction 1"
set xlabel "friction"
set ylabel "below the largest"
stats "likelihood.csv" skip 1 using 2 nooutput
set key bottom right
plot "likelihood.csv" skip 1 using 1:($2-STATS_max) with linespoints pt 7 lc rgb "#3060a0" title "exact"
unset multiplot
