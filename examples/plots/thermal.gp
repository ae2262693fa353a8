# Reads path.csv, spectrum.csv, ensemble.csv and modes_*.txt of the thermal example in the current
# folder.
set terminal pngcairo size 1200,900 font "sans,11"
set output "thermal.png"
set datafile separator ","
set multiplot layout 2,2 title "Type K thermocouple on 4 sticks, passive network at kT = 20000"
set grid lc rgb "#dddddd"

set title "one noise path in circuit and model"
set xlabel "time, model units"
set ylabel "node positions, degC"
set key bottom right
set xrange [0:25]
plot for [k=3:7] "path.csv" skip 1 using 2:k with lines lw 1.2 lc k-2 \
       title (k==3 ? "circuit, in ngspice" : ""), \
     for [k=13:17] "path.csv" skip 1 using 2:k every 12 with points pt 7 ps 0.4 lc k-12 \
       title (k==13 ? "model" : "")

set title "spectrum of an inner node's position"
set xlabel "angular frequency"
set ylabel "density, degC^2 x time"
set logscale xy
set xrange [0.5:200]
set key top right
plot "spectrum.csv" skip 1 using 1:7 with lines lw 2 lc rgb "#c03030" title "model", \
     "spectrum.csv" skip 1 using 1:6 with points pt 6 ps 1 lc rgb "#303030" title "circuit, .noise"
unset logscale

set title "end states of 1000 runs, two neighbouring nodes"
set xlabel "x1, degC"
set ylabel "x2, degC"
set xrange [*:*]
plot "ensemble.csv" skip 1 using 3:4 with points pt 7 ps 0.3 lc rgb "#3060a0" notitle

set title "temperature of each mode"
set xlabel "mode, angular frequency"
set ylabel "effective kT"
set datafile separator whitespace
set yrange [0:25000]
set key bottom right
plot "modes_fdt.txt" using 1:2 with points pt 7 ps 1.5 lc rgb "#3060a0" title "fdt: resistors", \
     "modes_diagonal.txt" using 1:2 with points pt 5 ps 1.5 lc rgb "#c03030" \
       title "diagonal: the paper's", \
     20000 with lines dt 2 lc rgb "#303030" title "kT"
unset multiplot
