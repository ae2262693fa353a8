# Reads barriers.csv of fig03.sh in the current folder.
set terminal pngcairo size 1600,1150 font "sans,12"
set output "fig03.png"
set datafile separator ","
rows(f, T) = sprintf("< awk -F, '$1 == \"%s\" && $2 == %s' barriers.csv", f, T)
keys = "x x2 x3 sin cos exp"
array name[6] = ["x", "x^2", "x^3", "sin(x)", "cos(x)", "exp(x/π)"]
temperatures = "0.1 1 10"
array colour[3] = ["#1b1b3a", "#b03060", "#d9940a"]
array mark[3] = [7, 9, 5]
set multiplot layout 3,4 margins 0.055,0.98,0.06,0.93 spacing 0.05,0.085 \
  title "Figure 3: mean loss against stiffness, and against the published ΔF (one stick, γ = 4, k = M)"
set grid lc rgb "#dddddd"
set logscale xy
set format x "10^{%T}"
set format y "10^{%T}"
unset mxtics
unset mytics
do for [i=1:6] {
  f = word(keys, i)
  set title sprintf("f(x) = %s", name[i]) offset 0,-0.6
  set ylabel "⟨L⟩" offset 1
  set xlabel (i > 4 ? "k" : "")
  set xrange [1e-31:1e-9]
  set xtics 1e-30,1e5
  set yrange [(i == 1 ? 1e-11 : i == 3 ? 1e2 : 1e-1):1e8]
  if (i == 1) { set ytics 1e4 } else { set ytics 1e2 }
  if (i == 1) { set key top right samplen 2 } else { unset key }
  plot for [j=1:3] rows(f, word(temperatures,j)) using 3:7 with lines lw 4 lc rgb "#d0d0d0" \
         title (j == 1 ? "stationary state" : ""), \
       for [j=1:3] rows(f, word(temperatures,j)) using 3:6 with linespoints lw 1.5 pt mark[j] ps 1 \
         lc rgb colour[j] title word(temperatures,j)." K"
  unset key
  set ylabel ""
  set xlabel (i > 4 ? "ΔF, J" : "")
  set xrange [1e-24:1e-8]
  set xtics 1e-24,1e4
  plot for [j=1:3] rows(f, word(temperatures,j)) using 4:6 with linespoints lw 1.5 pt mark[j] ps 1 \
         lc rgb colour[j]
}
unset multiplot
