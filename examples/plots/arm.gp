# Reads fit.csv of the arm example in the current folder: where the hand goes when the joints take
# the fitted angles, against where it should be.
set terminal pngcairo size 700,720 font "sans,11"
set output "arm.png"
set datafile separator ","
set title "Two-link arm on 4x4 sticks: where the hand goes"
set xlabel "x, m"
set ylabel "y, m"
set size ratio -1
set key outside top center horizontal
hand_x(s,e) = cos(s) + cos(s+e)
hand_y(s,e) = sin(s) + sin(s+e)
plot "fit.csv" skip 1 using 1:2 with points pt 6 ps 0.7 lc rgb "#888888" title "wanted", \
     "" skip 1 using (hand_x($5,$6)):(hand_y($5,$6)) with points pt 7 ps 0.35 lc rgb "#c03030" title "reached with the fitted angles", \
     "" skip 1 using 1:2:(hand_x($5,$6)-$1):(hand_y($5,$6)-$2) with vectors nohead lc rgb "#c03030" notitle
