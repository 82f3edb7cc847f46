#include "trace_json.hpp"

#include <kwhatif/quantity/format.hpp>

#include <array>
#include <string>

#include <nlohmann/json.hpp>

namespace kwhatif::schedule {

namespace {

using Json = nlohmann::json;

// One value of a saved answer.
struct Point {
  std::string time;
  double value = 0;
};

[[noreturn]] void refuse(const std::shared_ptr<const diag::SourceText>& source, std::string message) {
  diag::refuse(
      "bad-trace", std::move(message), {source, 0, 0, 0},
      "read are answers of api.carbonintensity.org.uk (NESO) with data[].intensity, and of Electricity Maps "
      "with history[], data[] or forecast[] of carbonIntensity; else a CSV: time,value");
}

const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

// {"data": [{"from": "2018-01-20T12:00Z", "to": …, "intensity": {"forecast": 266, "actual": 263, …}}, …]},
// and of a region {"data": {"regionid": …, "data": […]}}.
std::string neso_table(const Json& list, TraceAnswer& answer, bool& any) {
  std::string out = "from (UTC),Carbon intensity gCO2eq/kWh (direct)\n";
  std::size_t forecasts = 0;
  std::size_t values = 0;
  for (const Json& entry : list) {
    const Json* time = member(entry, "from");
    const Json* intensity = member(entry, "intensity");
    if (time == nullptr || !time->is_string() || intensity == nullptr) continue;
    const Json* value = member(*intensity, "actual");
    if (value == nullptr || !value->is_number()) {
      value = member(*intensity, "forecast");
      if (value != nullptr && value->is_number()) ++forecasts;
    }
    if (value == nullptr || !value->is_number()) continue;
    any = true;
    ++values;
    out += time->get<std::string>() + ',' + quantity::shortest(value->get<double>()) + '\n';
  }
  answer.field = forecasts == values ? "intensity.forecast" : "intensity.actual";
  if (forecasts > 0 && forecasts < values)
    answer.remark = std::to_string(forecasts) + " of " + std::to_string(values) +
                    " values are intensity.forecast: there is no actual one yet";
  return out;
}

// {"zone": "DE", "history": [{"carbonIntensity": 302, "datetime": "2018-04-25T18:00:00.000Z",
// "emissionFactorType": "lifecycle", …}, …]}
std::string electricity_maps_table(const Json& list, TraceAnswer& answer, bool& any) {
  answer.field = "carbonIntensity";
  std::string lines;
  std::string boundary = "LCA";
  for (const Json& entry : list) {
    const Json* time = member(entry, "datetime");
    const Json* value = member(entry, "carbonIntensity");
    if (const Json* type = member(entry, "emissionFactorType"); type != nullptr && *type == "direct")
      boundary = "direct";
    if (time == nullptr || !time->is_string() || value == nullptr || !value->is_number()) continue;
    any = true;
    lines += time->get<std::string>() + ',' + quantity::shortest(value->get<double>()) + '\n';
  }
  return "datetime (UTC),Carbon intensity gCO2eq/kWh (" + boundary + ")\n" + lines;
}

}  // namespace

TraceAnswer table_of(const std::shared_ptr<const diag::SourceText>& source) {
  const std::size_t first = source->text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first == std::string::npos || (source->text[first] != '{' && source->text[first] != '['))
    return {source, {}, {}};
  const Json root = Json::parse(source->text.substr(first), nullptr, false);
  if (root.is_discarded()) refuse(source, "the file begins like JSON and is none, or it is cut off");
  const Json* list = root.is_array() ? &root : nullptr;
  bool forecast = false;
  TraceAnswer answer;
  for (const char* key : {"history", "data", "forecast"}) {
    if (list != nullptr) break;
    list = member(root, key);
    forecast = list != nullptr && std::string_view{key} == "forecast";
  }
  for (int depth = 0; list != nullptr && list->is_object() && depth < 2; ++depth)
    list = member(*list, "data");
  if (list == nullptr || !list->is_array()) refuse(source, "the JSON holds no list of intensities");
  bool any = false;
  const bool neso = !list->empty() && member(list->front(), "intensity") != nullptr;
  std::string table = neso ? neso_table(*list, answer, any) : electricity_maps_table(*list, answer, any);
  if (!any) refuse(source, "the JSON holds no intensities with their times");
  auto out = std::make_shared<diag::SourceText>(*source);
  out->text = std::move(table);
  if (forecast) answer.remark = "the values are a forecast";
  answer.table = std::move(out);
  return answer;
}

}  // namespace kwhatif::schedule
