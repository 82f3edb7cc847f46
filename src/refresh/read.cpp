// Which form a file has, and what is always the same of a maker.
#include "found.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace kwhatif::refresh {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view odbl_line =
    "Contains information from Electricity Maps (electricitymaps.com), available under the Open Database "
    "License (ODbL) 1.0";

constexpr std::array all_series{
    Series{.id = "owid-ember",
           .title = "Carbon intensity of electricity generation, edition of",
           .authors = "Ember, with processing by Our World in Data",
           .kind = "dataset",
           .url = "https://ourworldindata.org/grapher/carbon-intensity-electricity",
           .publisher = "Our World in Data",
           .licence = "CC BY 4.0",
           .attribution =
               "Carbon intensity of electricity: Our World in Data based on Ember ({year}), CC BY 4.0",
           .file = "grids/intensity-owid-ember",
           .whole = true,
           .compared = "owid-ember-2|ember-yearly-"},
    Series{.id = "ember-yearly",
           .title = "Yearly electricity data, full release, read in",
           .authors = "Ember",
           .kind = "dataset",
           .url = "https://ember-energy.org/data/yearly-electricity-data/",
           .publisher = "Ember",
           .licence = "CC BY 4.0",
           .attribution = "Carbon intensity of electricity: Ember ({year}), CC BY 4.0",
           .file = "grids/intensity-ember-yearly",
           .whole = true,
           .compared = "ember-yearly-|owid-ember-2"},
    Series{.id = "egrid",
           .title = "eGRID: emission rates of states and subregions, read in",
           .authors = "United States Environmental Protection Agency",
           .kind = "dataset",
           .url = "https://www.epa.gov/egrid",
           .publisher = "EPA",
           .licence = "public domain (work of the United States government)",
           .attribution = {},
           .file = "grids/intensity-egrid",
           .compared = "egrid-2"},
    Series{.id = "electricity-maps-portal",
           .title = "Electricity Maps: carbon intensity of zones, data portal, read in",
           .authors = "Electricity Maps",
           .kind = "dataset",
           .url = "https://portal.electricitymaps.com/datasets",
           .publisher = "Electricity Maps",
           .licence = "ODbL 1.0 (contents DbCL 1.0)",
           .attribution = odbl_line,
           .file = "grids/intensity-electricity-maps-portal",
           .compared = "electricity-maps-portal|electricity-maps-gsf|electricity-maps-sustain-cluster|"
                       "electricity-maps-umassos-lca|electricity-maps-umassos-direct|"
                       "electricity-maps-umassos-means"},
    Series{
        .id = "electricity-maps-gsf",
        .title = "Electricity Maps: yearly mean consumption intensity of the zones of cloud regions, read in",
        .authors = "Electricity Maps; collected by the Green Software Foundation",
        .kind = "dataset",
        .url = "https://github.com/Green-Software-Foundation/real-time-cloud",
        .publisher = "Electricity Maps",
        .licence = "ODbL 1.0 (contents DbCL 1.0)",
        .attribution = odbl_line,
        .file = "grids/intensity-electricity-maps-gsf",
        .compared = "electricity-maps-gsf"},
    Series{
        .id = "gsf-real-time-cloud",
        .title = "Real Time Energy and Carbon Standard for Cloud Providers: cloud region metadata, read in",
        .authors = "Green Software Foundation",
        .kind = "repository",
        .url = "https://github.com/Green-Software-Foundation/real-time-cloud",
        .publisher = "Green Software Foundation",
        .licence = "MIT (code); terms of the Joint Development Foundation (table): only facts published "
                   "by the providers are taken (PUE, WUE)",
        .attribution = {},
        .file = "regions/gsf-years",
        .compared = "gsf-real-time-cloud"},
    Series{.id = "google-region-carbon-info",
           .title = "Carbon characteristics of Google Cloud regions, read in",
           .authors = "Google",
           .kind = "repository",
           .url = "https://github.com/GoogleCloudPlatform/region-carbon-info",
           .publisher = {},
           .licence = "Apache-2.0",
           .attribution = {},
           .file = "regions/gcp-years",
           .compared = "google-region-carbon-info"},
    Series{.id = "uptime-survey",
           .title = "Uptime Institute Global Data Center Survey: average PUE, read in",
           .authors = "Uptime Institute",
           .kind = "report",
           .url = "https://uptimeinstitute.com/",
           .publisher = "Uptime Institute",
           .licence = "unstated",
           .attribution = {},
           .file = "facts/uptime",
           .compared = "*"},
    Series{.id = "skypilot-catalog",
           .title = "SkyPilot catalog: instances, prices and places, read in",
           .authors = "skypilot-org",
           .kind = "dataset",
           .url = "https://github.com/skypilot-org/skypilot-catalog",
           .publisher = {},
           .licence = "unstated",
           .attribution = {},
           .file = "prices/skypilot",
           .compared = "*"},
    Series{.id = "price-sheet",
           .title = "Price sheet, read in",
           .authors = {},
           .kind = "web",
           .url = {},
           .publisher = {},
           .licence = "unstated",
           .attribution = {},
           .file = "prices/sheet",
           .compared = "*"},
    Series{.id = "mlperf-training",
           .title = "MLPerf Training: results, read in",
           .authors = "MLCommons",
           .kind = "dataset",
           .url = "https://github.com/mlcommons",
           .publisher = "MLCommons",
           .licence = "Apache-2.0",
           .attribution = {},
           .file = "predict/timings.csv",
           .compared = "*"},
};

}  // namespace

const Series& series(std::string_view id) {
  const auto* const found = std::ranges::find(all_series, id, &Series::id);
  if (found == all_series.end()) throw diag::InternalError("refresh: no series '" + std::string{id} + "'");
  return *found;
}

const std::vector<FormRow>& forms() {
  static const std::vector<FormRow> out{
      {Form::gsf,
       "gsf",
       "Green Software Foundation, Cloud_Region_Metadata.csv",
       {"year", "cloud provider", "cloud region", "power usage effectiveness"}},
      {Form::google, "google", "Google, data/yearly/YEAR.csv", {"google cloud region", "google cfe"}},
      {Form::skypilot,
       "skypilot",
       "SkyPilot catalog, vms.csv",
       {"instancetype", "acceleratorname", "price", "region"}},
      {Form::price_sheet,
       "price-sheet",
       "a price sheet: provider, instance, hardware, gpus, prices, day",
       {"provider", "instance", "hardware*", "usd per gpu h on demand"}},
      {Form::electricity_maps_hourly,
       "electricity-maps-hourly",
       "Electricity Maps, hourly CSV",
       {"datetime utc", "zone id", "carbon intensity*"}},
      {Form::electricity_maps_yearly,
       "electricity-maps-yearly",
       "Electricity Maps, yearly CSV",
       {"datetime utc", "zone id", "carbon intensity*"}},
      {Form::egrid,
       "egrid",
       "EPA eGRID, a CSV of its sheet of subregions, states or the nation",
       {"src2erta"}},
      {Form::ember,
       "ember",
       "Ember, yearly_full_release_long_format.csv",
       {"year", "area", "category", "variable", "unit", "value"}},
      {Form::owid,
       "owid",
       "Our World in Data, carbon-intensity-electricity.csv",
       {"entity", "code", "year", "carbon intensity of electricity*"}},
      {Form::uptime,
       "uptime",
       "Uptime Institute, a table of years and average PUE",
       {"year", "average pue*"}},
      {Form::mlperf, "mlperf", "MLPerf Training, a folder with result_*.txt", {}},
  };
  return out;
}

const FormRow& form_row(Form form) { return *std::ranges::find(forms(), form, &FormRow::form); }

void Reading::not_known(std::string_view name, std::string_view why) {
  const auto found = std::ranges::find_if(unknown, [&](const Unknown& u) { return u.name == name; });
  if (found != unknown.end())
    ++found->rows;
  else
    unknown.push_back({std::string{name}, std::string{why}, 1});
}

void Reading::suspect(std::string_view place, std::string_view text, std::string_view why) {
  const auto found = std::ranges::find_if(
      suspicious, [&](const Suspicious& s) { return s.place == place && s.text == text && s.why == why; });
  if (found != suspicious.end())
    ++found->rows;
  else
    suspicious.push_back({std::string{place}, std::string{text}, std::string{why}, 1});
}

std::string file_name(const std::string& path) {
  const fs::path given{path};
  return (given.has_filename() ? given : given.parent_path()).filename().string();
}

std::string joined(std::string_view first, char mark, std::string_view second) {
  std::string out{first};
  out += mark;
  out += second;
  return out;
}

std::string counted(std::size_t count, std::string_view thing) {
  return quantity::grouped(count) + ' ' + std::string{thing} + (count == 1 ? "" : "s");
}

std::optional<std::string> grid_named(const catalog::Catalog& tables, std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (tables.find(catalog::Kind::grid, name)) return std::string{name};
  const catalog::Lookup found = tables.meant(catalog::Kind::grid, name);
  if (!found.row || !found.also.empty()) return std::nullopt;
  return std::string{found.row->id()};
}

Figure figure(catalog::Kind kind, std::string_view key, std::string_view digits, std::string_view unit) {
  const catalog::KindSchema& schema = catalog::schema(kind);
  const auto field = schema.index(key);
  if (!field) throw diag::InternalError("refresh: no key '" + std::string{key} + "'");
  std::string text{digits};
  if (!unit.empty()) text += ' ' + std::string{unit};
  const quantity::Expected expected{.dimension = schema.fields[*field].dimension,
                                    .bare_number = true,
                                    .any = schema.fields[*field].type == catalog::FieldType::any};
  const quantity::ParseResult parsed = quantity::parse(text, expected);
  if (!parsed.ok) throw diag::InternalError("refresh: '" + text + "': " + parsed.fault.message);
  return {std::string{key}, text, parsed.value.coherent, parsed.value.half_step};
}

namespace {

std::vector<std::string> results_in(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("result_") && name.ends_with(".txt")) out.push_back(entry.path().string());
  }
  std::ranges::sort(out);
  return out;
}

Reading read_table(const catalog::Catalog& tables, Form form, const Sheet& sheet, const Hints& hints) {
  switch (form) {
    case Form::owid:
      return read_owid(tables, sheet);
    case Form::ember:
      return read_ember(tables, sheet);
    case Form::egrid:
      return read_egrid(tables, sheet);
    case Form::electricity_maps_yearly:
    case Form::electricity_maps_hourly:
      return read_electricity_maps(tables, sheet);
    case Form::gsf:
      return read_gsf(tables, sheet);
    case Form::google:
      return read_google(tables, sheet, hints);
    case Form::uptime:
      return read_uptime(tables, sheet);
    case Form::skypilot:
      return read_skypilot(tables, sheet, hints);
    case Form::price_sheet:
      return read_price_sheet(tables, sheet, hints);
    case Form::mlperf:
      break;
  }
  throw diag::InternalError("refresh: a form without a reader");
}

std::string list_of_forms() {
  return "forms: " + diag::listed(forms(), ", ", [](const FormRow& f) { return std::string{f.word}; });
}

// The columns of other sheets of eGRID: states and the nation.
bool take_egrid_head(Sheet& sheet) {
  return std::ranges::any_of(std::array{"src2erta", "stc2erta", "usc2erta", "srco2rta", "stco2rta"},
                             [&](std::string_view column) { return sheet.take_head({column}); });
}

}  // namespace

Reading read(const catalog::Catalog& tables, const std::string& path, std::string_view as,
             const Hints& hints) {
  const auto wanted = std::ranges::find(forms(), as, &FormRow::word);
  if (!as.empty() && wanted == forms().end())
    throw diag::UsageError(
        {.code = "unknown-form", .message = "no form '" + std::string{as} + "'", .help = list_of_forms()});
  std::error_code error;
  Reading out;
  if (fs::is_directory(path, error)) {
    const std::vector<std::string> results = results_in(path);
    if (results.empty())
      throw diag::UsageError({.code = "unknown-form",
                              .message = "no result_*.txt in the folder '" + path + "'",
                              .help = "of folders, those of one benchmark of MLPerf Training are read"});
    out = read_mlperf(tables, results, hints);
  } else {
    const auto source = document::read_file(path);
    if (source->text.find(":::MLLOG") != std::string::npos && as.empty()) {
      out = read_mlperf(tables, {path}, hints);
    } else {
      Sheet sheet{source};
      const FormRow* form = nullptr;
      for (const FormRow& candidate : forms()) {
        if (!as.empty() && candidate.word != as) continue;
        if (candidate.columns.empty()) continue;
        const bool fits =
            candidate.form == Form::egrid ? take_egrid_head(sheet) : sheet.take_head(candidate.columns);
        if (fits) {
          form = &candidate;
          break;
        }
      }
      if (form == nullptr && !as.empty())
        throw diag::UsageError({.code = "unknown-form",
                                .message = "'" + path + "' is no file of the form '" + std::string{as} + "'",
                                .help = "it needs the columns: " + diag::listed(wanted->columns) +
                                        "; the file begins with: " + diag::listed(sheet.head())});
      if (form == nullptr)
        throw diag::UsageError(
            {.code = "unknown-form",
             .message = "'" + path + "' has no form that is known here",
             .help = "it begins with: " + diag::listed(sheet.head()) + "; " + list_of_forms()});
      out = read_table(tables, form->form, sheet, hints);
    }
  }
  out.file = file_name(path);
  out.accessed = hints.accessed;
  settle_repeats(out);
  return out;
}

}  // namespace kwhatif::refresh
