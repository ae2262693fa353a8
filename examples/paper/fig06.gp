# Reads barriers.csv of fig06.sh in the current folder.
set terminal pngcairo size 1200,900 font "sans,12"
set output "fig06.png"
set datafile separator ","
rows(g, n) = sprintf("< awk -F, '$1 == %s && $2 == %s' barriers.csv", g, n)
array colour[4] = ["#1b1b3a", "#8c2d62", "#d1495b", "#d9940a"]
array mark[4] = [7, 9, 5, 13]
set multiplot layout 2,2 title "Figure 6: f(x) = x, one stick, 0.1 K, k = M"
set grid lc rgb "#dddddd"
set logscale xy
set format x "10^{%T}"
set format y "10^{%T}"
set yrange [1e-16:1e8]
set ytics 1e4
do for [row=1:2] {
  gammas = row == 1 ? "4 8 16 32" : "4 4 4"
  points = row == 1 ? "20 20 20 20" : "20 40 80"
  set key top right samplen 2 title (row == 1 ? "γ" : "N")
  set title (row == 1 ? "over friction, N = 20" : "over points, γ = 4")
  set ylabel "⟨L⟩"
  set xlabel "k"
  set xrange [1e-31:1e-9]
  set xtics 1e-30,1e5
  plot for [j=1:words(gammas)] rows(word(gammas,j), word(points,j)) using 3:8 with lines lw 4 \
         lc rgb "#d0d0d0" title (j == 1 ? "stationary state" : ""), \
       for [j=1:words(gammas)] rows(word(gammas,j), word(points,j)) using 3:7 with linespoints \
         lw 1.5 pt mark[j] ps 1 lc rgb colour[j] title word(row == 1 ? gammas : points, j)
  unset key
  set ylabel ""
  set xlabel "ΔF, J"
  set xrange [1e-24:1e-8]
  set xtics 1e-24,1e4
  plot for [j=1:words(gammas)] rows(word(gammas,j), word(points,j)) using 4:7 with linespoints \
         lw 1.5 pt mark[j] ps 1 lc rgb colour[j]
}
unset multiplot
