# Reads curves.csv of fig02.sh in the current folder.
set terminal pngcairo size 1600,850 font "sans,12"
set output "fig02.png"
set datafile separator ","
keys = "sin_plus_cos xy x2_minus_y2 gauss log_difference tanh_xy sin_xy cos_plus_sin"
array name[8] = ["sin(x) + cos(y)", "x y", "x^2 - y^2", "exp(-x^2 - y^2)", "ln(1+|x|) - ln(1+|y|)", \
                 "tanh(x y)", "sin(x y)", "cos(x) + sin(y)"]
learners = "springs mlp frozen"
array colour[3] = ["#1b1b3a", "#d1495b", "#d9940a"]
array mark[3] = [7, 9, 5]
array label[3] = ["springs", "network", "frozen biases"]
rows(f, l) = sprintf("< awk -F, '$1 == \"%s\" && $2 == \"%s\" && $3 > 0' curves.csv", f, l)
fit(f) = real(system(sprintf("awk -F, '$1 == \"%s\" && $2 == \"fit\" { print $5 }' curves.csv", f)))
set multiplot layout 2,4 margins 0.055,0.99,0.17,0.95 spacing 0.02,0.08
set grid lc rgb "#dddddd"
set logscale y
set yrange [4e-5:0.5]
set format y "10^{%T}"
set xrange [0.7:10.3]
set xtics 1,3,10
unset key
do for [i=1:8] {
  f = word(keys, i)
  set title name[i] offset 0,-0.6
  set xlabel (i > 4 ? "epoch" : "")
  set ylabel (i % 4 == 1 ? "mean squared error" : "")
  set format y (i % 4 == 1 ? "10^{%T}" : "")
  plot for [j=1:3] rows(f, word(learners,j)) using 3:4 with linespoints lw 1.5 pt mark[j] ps 0.9 \
         lc rgb colour[j], \
       for [j=1:3] rows(f, word(learners,j)) using 3:5 with lines lw 2 dt 2 lc rgb colour[j], \
       rows(f, "springs") using 3:6 with points pt 6 ps 1.3 lc rgb "#808080", \
       fit(f) with lines lw 1.5 dt 3 lc rgb "#1b1b3a"
}
# The key, in a strip of its own.
set origin 0,0
set size 1,0.11
set margins 0,0,0,0
unset border
unset tics
unset grid
unset title
unset xlabel
unset ylabel
unset logscale
set key center center horizontal maxrows 2 samplen 3 width 2
plot [0:1][0:1] \
  for [j=1:3] NaN with linespoints lw 1.5 pt mark[j] ps 0.9 lc rgb colour[j] title label[j].", train", \
  for [j=1:3] NaN with lines lw 2 dt 2 lc rgb colour[j] title label[j].", test", \
  NaN with points pt 6 ps 1.3 lc rgb "#808080" title "springs, last batch (the paper's \"test\")", \
  NaN with lines lw 1.5 dt 3 lc rgb "#1b1b3a" title "least squares, test"
unset multiplot
