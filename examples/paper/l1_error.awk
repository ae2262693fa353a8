# The error of Figure 5: sum |prediction - f| 2 pi / 1000 over 1000 equidistant points of [0, 2 pi].
#   -v f=FUNCTION n=POINTS s=STICKS            of predictions, "u,y_fit"
#   ... -v paths=1                             of paths, "run,t,x0,x1,...,v0,...": at their end
# Prints "function,points,sticks,temperature_K,error,deviation".
function target(u) {
  if (f == "x2") return u * u
  if (f == "x3") return u * u * u
  if (f == "sin") return sin(u)
  return exp(u / pi)
}
function distance(u, prediction,    d) {
  d = prediction - target(u)
  return (d < 0 ? -d : d) * 2 * pi / 1000
}
BEGIN { pi = atan2(0, -1) }
FNR == 1 { next }
!paths { sum += distance($1, $2) }
paths && $2 > 0 {
  error = 0
  for (i = 0; i < 1000; ++i) {
    at = s * i / 999
    cell = int(at); if (cell == s) cell = s - 1
    share = at - cell
    error += distance(2 * pi * i / 999, (1 - share) * $(3 + cell) + share * $(4 + cell))
  }
  ++runs; sum += error; squares += error * error
}
END {
  if (!paths) { printf "%s,%d,%d,0,%.9g,0\n", f, n, s, sum; exit }
  variance = squares / runs - (sum / runs) ^ 2
  deviation = (variance > 0) ? sqrt(variance) : 0
  printf "%s,%d,%d,0.01,%.9g,%.3g\n", f, n, s, sum / runs, deviation
}
