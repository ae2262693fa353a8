# Reads fit.csv of the dew point example in the current folder.
set terminal pngcairo size 1100,480 font "sans,11"
set output "dew_point.png"
set datafile separator ","
set multiplot layout 1,2 title "Dew point on 4x4 sticks"
set xlabel "temperature, degC"
set ylabel "relative humidity, %"
set xrange [-11:51]
set yrange [8:102]
set palette defined (0 "#2040a0", 0.5 "#f0f0f0", 1 "#c03030")
set title "fit, degC"
plot "fit.csv" skip 1 using 1:2:4 with points pt 5 ps 1.4 palette notitle
set title "fit - formula, degC"
set cbrange [-4:4]
plot "fit.csv" skip 1 using 1:2:($4-$3) with points pt 5 ps 1.4 palette notitle
unset multiplot
