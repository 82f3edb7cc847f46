#include <kwhatif/predict/distribution.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::predict {

std::string_view name(Tier tier) {
  constexpr std::array<std::string_view, 3> names{"known", "borrowed", "judgement"};
  return names[static_cast<std::size_t>(tier)];
}

namespace {

// Polynomials of AS 241, highest power first.
template <std::size_t N>
double polynomial(const std::array<double, N>& c, double x) {
  double out = 0;
  for (const double k : c) out = out * x + k;
  return out;
}

constexpr std::array central_above{2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
                                   4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
                                   1.3314166789178437745e2, 3.3871328727963666080e0};
constexpr std::array central_below{
    5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0};
constexpr std::array middle_above{7.74545014278341407640e-4, 2.27238449892691845833e-2,
                                  2.41780725177450611770e-1, 1.27045825245236838258e0,
                                  3.64784832476320460504e0,  5.76949722146069140550e0,
                                  4.63033784615654529590e0,  1.42343711074968357734e0};
constexpr std::array middle_below{1.05075007164441684324e-9, 5.47593808499534494600e-4,
                                  1.51986665636164571966e-2, 1.48103976427480074590e-1,
                                  6.89767334985100004550e-1, 1.67638483018380384940e0,
                                  2.05319162663775882187e0,  1.0};
constexpr std::array outer_above{2.01033439929228813265e-7, 2.71155556874348757815e-5,
                                 1.24266094738807843860e-3, 2.65321895265761230930e-2,
                                 2.96560571828504891230e-1, 1.78482653991729133580e0,
                                 5.46378491116411436990e0,  6.65790464350110377720e0};
constexpr std::array outer_below{2.04426310338993978564e-15, 1.42151175831644588870e-7,
                                 1.84631831751005468180e-5,  7.86869131145613259100e-4,
                                 1.48753612908506148525e-2,  1.36929880922735805310e-1,
                                 5.99832206555887937690e-1,  1.0};

// Rational functions of W. J. Cody, Rational Chebyshev approximations for the error function, Mathematics of
// Computation 23 (1969), highest power first: around 0, up to 4, and beyond.
constexpr std::array error_above{1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
                                 3.77485237685302021e2, 3.20937758913846947e3};
constexpr std::array error_below{1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
                                 2.84423683343917062e3};
constexpr std::array rest_above{2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
                                6.61191906371416295e1,  2.98635138197400131e2,  8.81952221241769090e2,
                                1.71204761263407058e3,  2.05107837782607147e3,  1.23033935479799725e3};
constexpr std::array rest_below{1.0,
                                1.57449261107098347e1,
                                1.17693950891312499e2,
                                5.37181101862009858e2,
                                1.62138957456669019e3,
                                3.29079923573345963e3,
                                4.36261909014324716e3,
                                3.43936767414372164e3,
                                1.23033935480374942e3};
constexpr std::array far_above{1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
                               1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4};
constexpr std::array far_below{1.0,
                               2.56852019228982242e0,
                               1.87295284992346725e0,
                               5.27905102951428412e-1,
                               6.05183413124413191e-2,
                               2.33520497626869185e-3};

// erfc of x >= 0.46875.
double far_complement(double x) {
  constexpr double one_over_root_pi = 5.6418958354775628695e-1;
  constexpr double vanishes = 27;
  if (x > vanishes) return 0;
  double out = 0;
  if (x <= 4) {
    out = polynomial(rest_above, x) / polynomial(rest_below, x);
  } else {
    const double z = 1 / (x * x);
    out = (one_over_root_pi - z * polynomial(far_above, z) / polynomial(far_below, z)) / x;
  }
  const double near = std::trunc(16 * x) / 16;  // its square is exact, so that the exponent loses no digits
  return std::exp(-near * near) * std::exp(-(x - near) * (x + near)) * out;
}

// Not std::erfc, whose last bits are those of each system's own library: bands would differ in theirs.
double complement_of_error(double x) {
  constexpr double central = 0.46875;
  const double size = std::fabs(x);
  if (size <= central) {
    const double z = x * x;
    return 1 - x * polynomial(error_above, z) / polynomial(error_below, z);
  }
  return x < 0 ? 2 - far_complement(size) : far_complement(size);
}

// cos(acos(r) / 3) for 0 <= r <= 1: the root of 4 x^3 - 3 x = r from sqrt(3)/2 to 1, by steps of Newton's
// that double the digits; like the above without the cosine of a system's library.
double cosine_of_third(double r) {
  double x = 0.8660254037844386 + r * (0.16666666666666667 - 0.0326920704511053 * r);
  for (int i = 0; i < 3; ++i) x -= ((4 * x * x - 3) * x - r) / (12 * x * x - 3);
  return x;
}

}  // namespace

double normal_quantile(double u) {
  const double q = u - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(central_above, r) / polynomial(central_below, r);
  }
  double r = std::sqrt(-std::log(q < 0 ? u : 1 - u));
  double out = 0;
  if (r <= 5) {
    r -= 1.6;
    out = polynomial(middle_above, r) / polynomial(middle_below, r);
  } else {
    r -= 5;
    out = polynomial(outer_above, r) / polynomial(outer_below, r);
  }
  return q < 0 ? -out : out;
}

double normal_probability(double value) { return 0.5 * complement_of_error(-value / std::sqrt(2.0)); }

double student4_quantile(double probability) {
  const double root = std::sqrt(4 * probability * (1 - probability));
  const double q = cosine_of_third(root) / root;
  const double size = 2 * std::sqrt(std::max(0.0, q - 1));
  return probability < 0.5 ? -size : size;
}

double student4_probability(double value) {
  const double u = value / std::sqrt(4 + value * value);
  return 0.5 + 0.75 * (u - u * u * u / 3);
}

double alike(const Whereabouts& a, const Whereabouts& b) {
  if (a == b) return 1;
  if (a.doublings.size() != b.doublings.size() || a.kinds.size() != b.kinds.size()) return 0;
  constexpr double reach = 4;    // doublings
  constexpr double of_kind = 4;  // a kind that differs counts as so many
  double distance = 0;
  for (std::size_t i = 0; i < a.doublings.size(); ++i) distance += std::fabs(a.doublings[i] - b.doublings[i]);
  for (std::size_t i = 0; i < a.kinds.size(); ++i) distance += a.kinds[i] == b.kinds[i] ? 0 : of_kind;
  return std::exp(-distance / reach);
}

double Distribution::median() const { return unit * std::clamp(std::exp(location), least, most); }

double Distribution::quantile(double u) const {
  const double z = tails == Tails::normal ? normal_quantile(u) : student4_quantile(u);
  return unit * std::clamp(std::exp(location + deviation * z), least, most);
}

}  // namespace kwhatif::predict
