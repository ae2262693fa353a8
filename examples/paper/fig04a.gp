# Reads barriers.csv of fig04a.sh in the current folder.
set terminal pngcairo size 1400,560 font "sans,12"
set output "fig04a.png"
set datafile separator ","
set style textbox opaque fc rgb "#ffffff" noborder margins 0.5,0.5
set multiplot layout 1,2
set palette defined (0 "#1b1b3a", 0.35 "#8c2d62", 0.7 "#e8735a", 1 "#fbe3a1")
set xtics ("1" 0, "2" 1, "4" 2, "8" 3, "16" 4, "32" 5)
set xlabel "γ"
set xrange [-0.5:5.5]
place(v) = log(v) / log(2)
unset key
set logscale cb

set title "ΔF_{min}, J: one stick, t = 10"
set ytics ("0.1 K" -1, "1 K" 0, "10 K" 1)
set yrange [-1.5:1.5]
set cbrange [1e-23:1e-19]
set format cb "10^{%T}"
plot "< awk -F, '$3 == 1' barriers.csv" using (place($1)):(log10($2)):4 with image, \
     "" using (place($1)):(log10($2)):(sprintf("%.1e", $4)) with labels tc rgb "#303030" \
        boxed offset 0,0 font ",11"

set title "ΔF_{min} / kT, and below it γ ν t"
set ytics ("1 stick" 1, "2" 2, "3" 3, "4" 4)
set yrange [0.5:4.5]
set cbrange [20:3000]
set format cb "%g"
plot "< awk -F, '$2 == 1' barriers.csv" using (place($1)):3:5 with image, \
     "" using (place($1)):3:(sprintf("%.0f\n(%d)", $5, $1*($3+1)*10)) with labels tc rgb "#303030" \
        boxed font ",11"
unset multiplot
