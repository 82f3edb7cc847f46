#include <kwhatif/predict/lesson.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::predict {

Lesson learn(const Pilot& pilot, double deviation, const std::vector<SpreadPart>& parts,
             const Whereabouts& where) {
  const double variance = deviation * deviation;
  const double of_pilot = pilot.deviation * pilot.deviation;
  const double observed = of_pilot + pilot.noise * pilot.noise;
  Lesson out{.deviation = deviation, .parts = parts};
  if (!(observed > 0) || !(variance > 0)) return out;
  std::vector<double> common(parts.size());
  double covariance = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto same = std::find_if(pilot.parts.begin(), pilot.parts.end(),
                                   [&](const SpreadPart& part) { return part.name == parts[i].name; });
    if (same == pilot.parts.end()) continue;
    const double likeness = parts[i].name.empty() ? alike(where, pilot.where) : 1;
    common[i] = likeness * std::sqrt(parts[i].share * variance * same->share * of_pilot);
    covariance += common[i];
  }
  out.correlation = std::min(1.0, covariance / (deviation * pilot.deviation));
  out.shift = covariance / observed * pilot.missed;
  const double left = std::max(0.0, variance - covariance * covariance / observed);
  out.deviation = std::sqrt(left);
  double sum = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out.parts[i].share = std::max(0.0, parts[i].share * variance - common[i] * covariance / observed);
    sum += out.parts[i].share;
  }
  for (SpreadPart& part : out.parts) part.share = sum > 0 ? part.share / sum : part.share;
  std::erase_if(out.parts, [](const SpreadPart& part) { return part.share <= 0; });
  return out;
}

Lesson learn(const Pilot& pilot, const Whereabouts& where, Forecast& forecast) {
  Lesson lesson = learn(pilot, forecast.deviation, forecast.spread, where);
  const double factor = std::exp(lesson.shift);
  forecast.seconds = std::max(forecast.floor, forecast.seconds * factor);
  forecast.mfu = forecast.floor / forecast.seconds;
  for (double& seconds : forecast.by_software) seconds *= factor;
  forecast.deviation = lesson.deviation;
  forecast.spread = lesson.parts;
  for (auto& [unknown, variance] : forecast.parts) {  // what is still unknown, of what is left
    const std::string_view what = name(unknown);
    variance = 0;
    for (const SpreadPart& part : lesson.parts) {
      if (part.name.starts_with(what)) variance += part.share * lesson.deviation * lesson.deviation;
    }
  }
  std::erase_if(forecast.parts, [](const auto& part) { return !(part.second > 0); });
  return lesson;
}

void take_level(Distribution& draw, const Spread& spread, const Level& level) {
  const double within = spread.within * spread.within;
  draw.location += level.shift;
  draw.deviation *= std::sqrt((within + level.variance) / (within + spread.publisher * spread.publisher));
}

}  // namespace kwhatif::predict
