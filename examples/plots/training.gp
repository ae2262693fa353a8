# Reads euler.csv, exact.csv, warm.csv, learned.csv and fit.txt of the training example in the
# current folder.
set terminal pngcairo size 1200,900 font "sans,11"
set output "training.png"
fit_train = real(system("cut -d' ' -f1 fit.txt"))
fit_test = real(system("cut -d' ' -f2 fit.txt"))
set datafile separator ","
set multiplot layout 2,2 title "x^2 + x y^2 on 4x4 sticks: 160 points, batches of 16, gamma 10"
set grid lc rgb "#dddddd"
set logscale y
set yrange [0.05:200]
set xlabel "epoch"
set ylabel "mean squared error"
set key top right

set title "100 explicit Euler steps a batch, as the authors' program"
plot "euler.csv" skip 1 using 1:5 with points pt 7 ps 0.4 lc rgb "#b0b0b0" \
       title "last batch (the paper's \"test\")", \
     "" skip 1 using 1:3 with lines lw 2 lc rgb "#3060a0" title "train", \
     "" skip 1 using 1:4 with lines lw 2 lc rgb "#c03030" title "test", \
     fit_train with lines dt 2 lc rgb "#3060a0" title "least squares, train", \
     fit_test with lines dt 2 lc rgb "#c03030" title "least squares, test"

set title "Euler against the exact propagator, train loss"
set xrange [0:40]
plot "exact.csv" skip 1 using 1:3 with lines lw 2 lc rgb "#303030" title "exact", \
     "euler.csv" skip 1 using 1:3 with points pt 6 ps 0.8 lc rgb "#3060a0" title "Euler, 100 steps"
set xrange [*:*]

set title "exact, at a temperature: kT = 0.02"
plot "warm.csv" skip 1 using 1:3 with lines lw 2 lc rgb "#3060a0" title "train", \
     "" skip 1 using 1:4 with lines lw 2 lc rgb "#c03030" title "test", \
     "exact.csv" skip 1 using 1:3 with lines dt 2 lc rgb "#3060a0" title "train, kT = 0"
unset logscale y

set title "what was learned"
set xlabel "z of the data"
set ylabel "z learned"
set yrange [*:*]
set key bottom right
plot "learned.csv" skip 1 using 3:4 with points pt 7 ps 0.6 lc rgb "#3060a0" title "200 points", \
     x with lines dt 2 lc rgb "#303030" title "equal"
unset multiplot
