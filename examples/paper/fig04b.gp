# Reads sticks.txt and length.txt of fig04b.sh in the current folder.
set terminal pngcairo size 1300,580 font "sans,12"
set output "fig04b.png"
set multiplot layout 1,2
set grid lc rgb "#dddddd"
set key top left Left reverse samplen 2
set xrange [0.5:4.5]
set yrange [0:95]
set xtics 1
set xlabel "sticks"
set ylabel "ΔF_{min} / kT"
set title "γ = 1, t = 10"
$published << EOD
1 34
2 42
3 60
4 67
EOD
plot $published using ($1+0.06):2 with points pt 6 ps 2 lw 2 lc rgb "#d1495b" title "published", \
  "sticks.txt" using ($1-0.06):2:3 with yerrorbars pt 7 ps 1.2 lw 1.5 lc rgb "#1b6ca8" \
    title "here, mean and spread of 10 runs of 100 paths", \
  "" using 1:6 with lines dt 2 lw 1.5 lc rgb "#404040" title "γ ν t, what the bath puts in", \
  "" using 1:7 with linespoints pt 9 ps 1.3 lw 1.5 lc rgb "#3c8d53" title "the springs' free energy"

set title "one stick: longer runs and more paths give more"
set logscale xy
set xrange [4:50]
set yrange [1:200]
set xtics (5, 10, 20, 40)
set xlabel "γ ν t"
plot "length.txt" using (2*$1*0.97):2:3 with yerrorbars pt 7 ps 1.2 lw 1.5 lc rgb "#1b6ca8" \
    title "100 paths", \
  "" using (2*$1*1.03):4:5 with yerrorbars pt 5 ps 1.2 lw 1.5 lc rgb "#d9940a" title "1000 paths", \
  "" using (2*$1):(-$6) with points pt 2 ps 1.3 lw 1.5 lc rgb "#404040" title "mean of -W / kT", \
  x with lines dt 2 lw 1.5 lc rgb "#404040" title "γ ν t", \
  real(system("head -n 1 sticks.txt | cut -d' ' -f7")) with lines lw 1.5 lc rgb "#3c8d53" \
    title "the springs' free energy, any length"
unset multiplot
