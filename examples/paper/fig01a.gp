# Reads lattice_T.txt and springs_T.txt of fig01a.sh in the current folder.
set terminal pngcairo size 1500,540 font "sans,12"
set output "fig01a.png"
set multiplot layout 1,3 title "5x5 sticks, 80 points of x^2 + x y^2, a spring each"
set xyplane at -35
set view 65,35,1.1,1.3
set xrange [-pi:pi]
set yrange [-pi:pi]
set zrange [-35:45]
set cbrange [-25:35]
set xtics ("-π" -pi, "0" 0, "π" pi)
set ytics ("-π" -pi, "0" 0, "π" pi)
set ztics 20
set xlabel "x"
set ylabel "y"
set palette defined (0 "#2b4f81", 0.5 "#e8e4d9", 1 "#b5533c")
set pm3d depthorder border lc rgb "#303030" lw 1.2
unset colorbox
unset key
do for [t in "0 0.3 60"] {
  set title sprintf("t = %s%s", t, t eq "60" ? ", at rest: the least-squares fit" : "")
  splot "lattice_".t.".txt" with pm3d fs transparent solid 0.75, \
    "springs_".t.".txt" with lines lw 1.3 lc rgb "#606060", \
    "< tail -n +2 points.csv | tr , ' '" using 1:2:3 with points pt 7 ps 0.7 lc rgb "#202020"
}
unset multiplot
