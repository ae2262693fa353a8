#include "hw/mapping/series.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "hw/error.hpp"

namespace springspice::hw {
namespace {

// A limit of a range belongs to it, and a value of the series is at itself, whatever the rounding
// of the units that they were given in.
constexpr double kSame = 1e-9;
// Two wholes that rounding alone tells apart.
constexpr double kEqualWholes = 1e-12;

constexpr std::array<double, 24> kE24 = {100, 110, 120, 130, 150, 160, 180, 200,
                                         220, 240, 270, 300, 330, 360, 390, 430,
                                         470, 510, 560, 620, 680, 750, 820, 910};

// Hundredths, so that times or over a power of ten they are the doubles nearest to the decimal
// numbers: 470 / 1e11 is 4.7e-9, as a user writes it.
std::vector<double> make_decade(int per_decade) {
  std::vector<double> decade;
  for (int k = 0; k < per_decade; ++k) {
    if (per_decade <= 24) {
      decade.push_back(kE24[static_cast<std::size_t>(k * 24 / per_decade)]);
      continue;
    }
    const double rounded = std::round(100.0 * std::pow(10.0, k / static_cast<double>(per_decade)));
    decade.push_back(rounded == 919.0 ? 920.0 : rounded);
  }
  return decade;
}

double scale_by_ten(double value, std::int64_t exponent) {
  const auto magnitude = static_cast<double>(std::abs(exponent));
  return exponent < 0 ? value / std::pow(10.0, magnitude) : value * std::pow(10.0, magnitude);
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

double distance(double a, double b) { return std::abs(std::log(a / b)); }

}  // namespace

Series Series::continuous() { return {}; }

Series Series::preferred(const std::string& name) {
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const int per_decade : {3, 6, 12, 24, 48, 96, 192}) {
    if (upper != fmt::format("E{}", per_decade)) continue;
    Series series;
    series.kind_ = Kind::preferred;
    series.name_ = upper;
    series.values_ = make_decade(per_decade);
    return series;
  }
  throw RealizationError(fmt::format(
      "there is no series '{}'; take E3, E6, E12, E24, E48, E96, E192, a list or a bank", name));
}

Series Series::list(std::vector<double> values) {
  if (values.empty()) throw RealizationError("a list of values is empty; give at least one");
  for (const double value : values) {
    if (std::isfinite(value) && value > 0.0) continue;
    throw RealizationError(
        fmt::format("a list holds the value {}; values are finite and above 0", value));
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  Series series;
  series.kind_ = Kind::list;
  series.name_ = fmt::format("list of {}", values.size());
  series.values_ = std::move(values);
  return series;
}

Series Series::bank(double unit, int bits) {
  if (!std::isfinite(unit) || unit <= 0.0) {
    throw RealizationError(
        fmt::format("the unit of a bank is {}; it must be finite and above 0", unit));
  }
  if (bits < 1 || bits > 24) {
    throw RealizationError(fmt::format("a bank has {} bits; it must have 1 to 24", bits));
  }
  Series series;
  series.kind_ = Kind::bank;
  series.name_ = fmt::format("bank of {} bits of {}", bits, unit);
  series.unit_ = unit;
  series.bits_ = bits;
  return series;
}

double Series::value_at(std::int64_t number) const {
  if (kind_ == Kind::bank) return static_cast<double>(number + 1) * unit_;
  if (kind_ == Kind::list) return values_[static_cast<std::size_t>(number)];
  const auto size = static_cast<std::int64_t>(values_.size());
  const std::int64_t decade = floor_divide(number, size);
  return scale_by_ten(values_[static_cast<std::size_t>(number - decade * size)], decade - 2);
}

std::int64_t Series::number_at_or_below(double value) const {
  const double bound = value * (1.0 + kSame);
  const auto count_to = [this](double limit) {
    return std::upper_bound(values_.begin(), values_.end(), limit) - values_.begin() - 1;
  };
  if (kind_ == Kind::bank) {
    return static_cast<std::int64_t>(std::min(bound / unit_, std::ldexp(1.0, bits_) - 1.0)) - 1;
  }
  if (kind_ == Kind::list) return count_to(bound);
  const auto decade = static_cast<std::int64_t>(std::floor(std::log10(bound)));
  const auto size = static_cast<std::int64_t>(values_.size());
  std::int64_t number = decade * size + count_to(scale_by_ten(bound, 2 - decade));
  // Where the logarithm or the power was rounded over a value.
  while (value_at(number) > bound) --number;
  while (value_at(number + 1) <= bound) ++number;
  return number;
}

std::pair<std::int64_t, std::int64_t> Series::numbers_in(const Interval& range) const {
  // The first at or above the lower limit is the next after those below it.
  return {number_at_or_below(range.low * (1.0 - 2.0 * kSame)) + 1, number_at_or_below(range.high)};
}

std::vector<double> Series::near(double value, const Interval& range, int each_side) const {
  if (range.low > range.high * (1.0 + kSame)) return {};
  if (is_continuous()) return {std::clamp(value, range.low, std::max(range.low, range.high))};
  const auto [first, last] = numbers_in(range);
  const std::int64_t at =
      std::clamp(number_at_or_below(value), first - 1, std::max(first - 1, last));
  std::vector<double> values;
  for (std::int64_t number = std::max(first, at - each_side + 1);
       number <= std::min(last, at + each_side); ++number) {
    values.push_back(value_at(number));
  }
  return values;
}

std::vector<double> Series::all(const Interval& range) const {
  std::vector<double> values;
  const auto [first, last] = numbers_in(range);
  for (std::int64_t number = first; number <= last; ++number) values.push_back(value_at(number));
  return values;
}

double Series::nearest(double value, const Interval& range) const {
  const std::vector<double> values = near(value, range, 1);
  if (values.empty()) {
    throw RealizationError(fmt::format("{} has no value between {} and {}; widen the range", name_,
                                       range.low, range.high));
  }
  return *std::min_element(values.begin(), values.end(), [&](double a, double b) {
    return distance(a, value) < distance(b, value);
  });
}

namespace {

// Pairs of which `value` is the sum, or for `harmonic` half the harmonic mean. With the larger part
// of a sum given, the smaller is: only a part between half the value and the value can have a
// partner that makes the sum right, and a few beyond either end can come near it. The harmonic sum
// is the same in 1 / value. So the work is the parts in a factor of two, not their square.
void add_pairs(const Series& series, const Interval& range, double value, bool harmonic,
               Joined::How how, int count, std::vector<Joined>& found) {
  const double end = harmonic ? 2.0 * value : 0.5 * value;
  const double low = std::min(value, end), high = std::max(value, end);
  const std::vector<double> below = series.near(low, range, count);
  const std::vector<double> above = series.near(high, range, count);
  if (below.empty()) return;
  const Interval dominant{below.front(), above.back()};
  for (const double part : series.all(dominant)) {
    const double rest = harmonic ? 1.0 / (1.0 / value - 1.0 / part) : value - part;
    // The other part is the smaller one of a sum, the larger one of a harmonic sum; where nothing
    // is left for it, it is as weak as there is.
    const Interval others = harmonic ? Interval{part, range.high} : Interval{range.low, part};
    const double weakest = harmonic ? others.high : others.low;
    const bool fits = std::isfinite(rest) && rest > 0.0;
    for (const double other : series.near(fits ? rest : weakest, others, count)) {
      const double whole = harmonic ? 1.0 / (1.0 / part + 1.0 / other) : part + other;
      found.push_back({how, whole, {std::max(part, other), std::min(part, other)}});
    }
  }
}

// Ascending; of equal wholes the one of fewest parts.
std::vector<Joined> keep_simplest(std::vector<Joined> wholes) {
  std::sort(wholes.begin(), wholes.end(),
            [](const Joined& a, const Joined& b) { return a.value < b.value; });
  std::vector<Joined> kept;
  for (Joined& whole : wholes) {
    if (kept.empty() || distance(kept.back().value, whole.value) > kEqualWholes) {
      kept.push_back(std::move(whole));
    } else if (whole.values.size() < kept.back().values.size()) {
      kept.back() = std::move(whole);
    }
  }
  return kept;
}

}  // namespace

std::vector<Joined> find_candidates(const Series& series, const Interval& range, double value,
                                    bool adds_in_series, bool pairs, int count) {
  std::vector<Joined> found;
  for (const double single : series.near(value, range, count)) {
    found.push_back({Joined::How::single, single, {single}});
  }
  if (found.empty()) series.nearest(value, range);  // says so
  if (pairs && series.joins()) {
    add_pairs(series, range, value, !adds_in_series, Joined::How::series, count, found);
    add_pairs(series, range, value, adds_in_series, Joined::How::parallel, count, found);
  }
  found = keep_simplest(std::move(found));
  std::stable_sort(found.begin(), found.end(), [&](const Joined& a, const Joined& b) {
    return distance(a.value, value) < distance(b.value, value);
  });
  if (found.size() > static_cast<std::size_t>(count)) found.resize(static_cast<std::size_t>(count));
  std::sort(found.begin(), found.end(),
            [](const Joined& a, const Joined& b) { return a.value < b.value; });
  return found;
}

}  // namespace springspice::hw
