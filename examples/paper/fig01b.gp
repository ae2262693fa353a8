# Reads paths_GAMMA_T.csv of fig01b.sh in the current folder.
set terminal pngcairo size 1200,900 font "sans,12"
set output "fig01b.png"
set multiplot layout 3,2 title "one stick, the positions of its ends: 10 of 100 paths, k = M = 10^{-22}"
set grid lc rgb "#dddddd"
set xrange [0:8]
set yrange [-3.4:3.4]
# One path: a blank line would be needed between runs, so each is picked by itself.
path(gamma, T, r) = sprintf("< awk -F, 'FNR > 1 && $1 == %d' paths_%d_%d.csv", r, gamma, T)
set datafile separator ","
do for [T in "0 1 10"] {
  do for [gamma in "1 20"] {
    set title sprintf("γ = %s, %s, T = %s K", gamma, gamma eq "1" ? "underdamped" : "overdamped", T) offset 0,-0.6
    set xlabel (T eq "10" ? "time" : "")
    set ylabel (gamma eq "1" ? "x_0, x_1" : "")
    if (T eq "0" && gamma eq "1") { set key top right horizontal samplen 2 } else { unset key }
    plot for [r=0:9] path(int(gamma), int(T), r) using 2:3 with lines lw 0.8 lc rgb "#801b6ca8" notitle, \
         for [r=0:9] path(int(gamma), int(T), r) using 2:4 with lines lw 0.8 lc rgb "#80d1495b" notitle, \
         keyentry with lines lw 2 lc rgb "#1b6ca8" title "left end", \
         keyentry with lines lw 2 lc rgb "#d1495b" title "right end"
  }
}
unset multiplot
