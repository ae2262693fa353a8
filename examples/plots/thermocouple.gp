# Reads fit.csv and path.csv of the thermocouple example in the current folder.
set terminal pngcairo size 900,1100 font "sans,11"
set output "thermocouple.png"
set datafile separator ","
set multiplot layout 3,1 title "Type K thermocouple on 8 sticks"
set grid lc rgb "#dddddd"
set key top left

set xlabel "emf, mV"
set ylabel "temperature, degC"
plot "fit.csv" skip 1 using 1:2 every 6 with points pt 6 ps 0.8 lc rgb "#888888" title "data", \
     "" skip 1 using 1:3 with lines lw 2 lc rgb "#c03030" title "fit: where the circuit settles"

set ylabel "fit - data, degC"
set xzeroaxis
plot "fit.csv" skip 1 using 1:($3-$2) with lines lw 2 lc rgb "#c03030" notitle

set xlabel "time, ms"
set ylabel "node positions, degC"
set key bottom right
set xrange [0:*]
plot for [k=3:11] "path.csv" skip 1 using ($1*1e3):k with lines lw 1.5 lc k-2 \
       title (k==3 ? "circuit, in ngspice" : ""), \
     for [k=21:29] "path.csv" skip 1 using ($1*1e3):k every 12 with points pt 7 ps 0.4 lc k-20 \
       title (k==21 ? "model" : "")
unset multiplot
