#include "diff.hpp"

#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/csv.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

namespace kwhatif::refresh {

using catalog::Catalog;
using catalog::Cell;
using catalog::Kind;
using catalog::Row;

namespace {

constexpr double factor_of_doubt = 2;
// Against doubles that are not the decimals they were printed as.
constexpr double rounding = 1e-9;

struct Plausible {
  std::string_view key;
  std::string_view unit;
  double low;
  double high;
  std::string_view words;
};
constexpr std::array plausible{
    Plausible{"carbon_intensity", "g/kWh", 0, 1500, "0 to 1,500 g/kWh"},
    Plausible{"mean", "g/kWh", 0, 1500, "0 to 1,500 g/kWh"},
    Plausible{"carbon_free_share", "", 0, 1, "0 to 100 %"},
    Plausible{"pue", "", 1, 2.5, "1 to 2.5"},
    Plausible{"value", "", 1, 3, "1 to 3"},
    Plausible{"wue", "L/kWh", 0, 10, "0 to 10 L/kWh"},
    Plausible{"price", "USD/h", 0.02, 100, "0.02 to 100 USD/h for a device"},
    Plausible{"instance_price", "USD/h", 0.02, 100, "0.02 to 100 USD/h for a device"},
};

std::string_view word(const Found& row, std::string_view key) {
  for (const auto& [name, text] : row.words) {
    if (name == key) return text;
  }
  return {};
}

double devices_of(const Found& row) {
  const std::string_view text = word(row, "devices");
  double out = 1;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out > 0 ? out : 1;
}

// Which of the makers that a series is compared with has a source; none: another maker.
std::optional<std::size_t> rank_of(std::string_view source, std::string_view compared) {
  if (compared == "*") return 0;
  const auto makers = diag::parts(compared);
  for (std::size_t i = 0; i < makers.size(); ++i) {
    if (source.starts_with(makers[i])) return i;
  }
  return std::nullopt;
}

bool same_definition(const Row& row, const Batch& batch) {
  return std::ranges::all_of(batch.shared, [&](const auto& shared) {
    const bool defines = shared.first == "boundary" || shared.first == "basis" || shared.first == "signal" ||
                         shared.first == "accounting";
    return !defines || row.text(shared.first) == shared.second || row.text(shared.first).empty();
  });
}

struct Known {
  std::string text;
  std::string source;
  double number = 0;
  double half_step = 0;
};

Known known(const Cell& cell) {
  return {std::string{cell.text()}, std::string{cell.source()}, cell.value(), cell.half_step()};
}

// The tables' value of a place by the same maker, of a year; of the newest year where none is named.
std::optional<std::pair<int, Known>> observed(const Catalog& tables, const Batch& batch, std::string_view id,
                                              std::string_view key, std::optional<int> year) {
  std::optional<std::pair<int, Known>> out;
  std::size_t best = 0;
  for (const Row& row : tables.all(batch.kind, id)) {
    const int of = static_cast<int>(row.number("year").value_or(0));
    if ((year && of != *year) || !same_definition(row, batch)) continue;
    for (const Cell& cell : row.cells(key)) {
      const auto rank = rank_of(cell.source(), batch.series->compared);
      if (!rank) continue;
      // of a maker's editions the newest; its ids are in the order of time
      const bool better =
          !out ||
          (year ? *rank < best || (*rank == best && cell.source() > out->second.source) : of > out->first);
      if (!better) continue;
      best = *rank;
      out = {of, known(cell)};
    }
  }
  return out;
}

// Whether a price of the tables is one of an instance: rows name it as the provider does, or by a host of the
// tables, whose id may have the provider before it.
bool of_instance(const Row& price, const Found& row) {
  const std::string_view host = price.text("host");
  if (host.empty()) return diag::fold(price.text("instance")) == diag::fold(row.instance);
  return host == word(row, "host") ||
         (!row.instance.empty() && diag::fold(host).ends_with(diag::fold(row.instance)));
}

// What the tables ask for an hour of the same instance (of the device, where the provider names no instance):
// the newest day, the same region, the same number, the first line.
std::optional<Known> priced(const Catalog& tables, const Batch& batch, const Found& row, double each) {
  std::optional<Known> out;
  std::string newest;
  int best = 0;
  const std::string_view provider = batch.shared.front().second;
  for (const Row& other : tables.rows(Kind::price)) {
    if (other.text("provider") != provider || other.text("billing") != word(row, "billing") ||
        other.text("hardware") != word(row, "hardware") || !of_instance(other, row))
      continue;
    const auto of_one = other.cell("price");
    const auto of_all = other.cell("instance_price");
    if ((!of_one && !of_all) || other.text("date") < newest) continue;
    Known found = known(of_one ? *of_one : *of_all);
    const double devices = of_one ? 1 : other.number("devices").value_or(1);
    found.number /= devices;
    found.half_step /= devices;
    found.text += of_one ? "" : " for " + quantity::shortest(devices);
    const bool same_place = !word(row, "region").empty() && other.text("region") == word(row, "region");
    const bool same_number = std::abs(found.number - each) <= found.half_step + rounding * each;
    const int fit = 2 * int{same_place} + int{same_number};
    if (out && other.text("date") == newest && fit <= best) continue;
    newest = other.text("date");
    best = fit;
    out = found;
  }
  return out;
}

std::optional<Known> timed(const Catalog& tables, const Found& row) {
  const auto timings = tables.find(Kind::timing, "published");
  if (!timings) return std::nullopt;
  document::CsvReader reader{timings->text("values"), ','};
  document::CsvRecord record;
  if (!reader.next(record)) return std::nullopt;
  const auto column =
      static_cast<std::size_t>(std::ranges::find(record.fields, "seconds") - record.fields.begin());
  while (reader.next(record)) {
    if (record.fields.front() != row.id || column >= record.fields.size()) continue;
    Known out;
    out.text = record.fields[column] + " s";
    out.source = timings->source();
    std::from_chars(out.text.data(), out.text.data() + out.text.size(), out.number);
    return out;
  }
  return std::nullopt;
}

void judge(Comparison& out, const Figure& figure, const std::optional<Known>& before, double devices) {
  if (!before) return;
  out.before = before->text;
  out.before_source = before->source;
  const double now = figure.number / devices;
  const double step = figure.half_step / devices + before->half_step;
  const double gap = std::abs(now - before->number);
  out.fate = gap <= step + rounding * std::abs(now) ? Fate::same : Fate::changed;
  if (before->number != 0) out.change = now / before->number - 1;
}

void doubt(Comparison& out, const Figure& figure, double devices) {
  for (const Plausible& range : plausible) {
    if (range.key != figure.key) continue;
    const double value =
        (range.unit.empty() ? figure.number : quantity::to_unit(figure.number, range.unit)) / devices;
    if (value >= range.low && value <= range.high) continue;
    out.doubt = "outside of " + std::string{range.words} + ": not written";
    out.left_out = true;
  }
}

bool far(double now, double before) {
  return before > 0 && (now > factor_of_doubt * before || now < before / factor_of_doubt);
}

// What is observed is not younger than the download; without its day, than the tables.
void doubt_future(const Catalog& tables, const Reading& reading, const Batch& batch, const Found& row,
                  Comparison& out) {
  if (out.left_out) return;
  constexpr std::size_t year_digits = 4;
  int latest = tables.edition_year();
  if (!reading.accessed.empty()) latest = *quantity::whole_number(reading.accessed.substr(0, year_digits));
  std::optional<int> year = row.year;
  if (batch.kind == Kind::price)  // it has a day instead
    year = quantity::whole_number(batch.shared.back().second.substr(0, year_digits));
  if (!year || *year <= latest) return;
  out.doubt = std::to_string(*year) + " is in the future of " + std::to_string(latest) +
              (reading.accessed.empty() ? ", the tables' year (--accessed says the file's)" : "") +
              ": not written";
  out.left_out = true;
}

// A share of 2 % after 1 % is nothing to look at; one of 40 % after 90 % is.
bool far_of(const Figure& figure, double before) {
  constexpr double share = 0.3;
  return figure.key == "carbon_free_share" ? std::abs(figure.number - before) > share
                                           : far(figure.number, before);
}

// A new value against the newest one of the same place.
void doubt_by_years(const Catalog& tables, const Batch& batch, const Found& row, const Figure& figure,
                    Comparison& out) {
  if (out.left_out || !row.year) return;
  if (out.fate == Fate::changed && far(out.change + 1, 1)) {
    out.doubt = "a factor of two from what the tables have";
    return;
  }
  if (out.fate != Fate::fresh) return;
  const bool of_zones = batch.series->id.starts_with("electricity-maps");
  const auto year_before = observed(tables, batch, row.id, figure.key, *row.year - 1);
  if (of_zones && year_before && year_before->second.number == figure.number) {
    out.doubt = "repeats the value of " + std::to_string(*row.year - 1) + ": not written";
    out.left_out = true;
    return;
  }
  const auto newest = observed(tables, batch, row.id, figure.key, std::nullopt);
  if (newest && far_of(figure, newest->second.number))
    out.doubt = "far from " + newest->second.text + " of " + std::to_string(newest->first);
}

Comparison compare_offer(const Catalog& tables, const Batch& batch, const Found& row) {
  Comparison out;
  std::set<std::string> before;
  bool offered = false;
  for (const Row& offer : tables.rows(Kind::offer)) {
    if (offer.text("provider") != batch.shared.front().second ||
        offer.text("hardware") != word(row, "hardware"))
      continue;
    offered = true;
    for (const Cell& cell : offer.cells("regions")) before.insert(std::string{cell.text()});
  }
  for (const std::string_view region : diag::parts(word(row, "regions"), ',')) {
    const std::string id{diag::trimmed(region)};
    if (!before.contains(id)) out.more.push_back(id);
  }
  // an offer without regions is one everywhere, as far as is known
  const bool everywhere = offered && before.empty();
  out.fate = !offered ? Fate::fresh : everywhere || out.more.empty() ? Fate::same : Fate::changed;
  if (offered) out.before = std::to_string(before.size()) + " regions";
  return out;
}

void add_vanished(const Catalog& tables, const Reading& reading, std::size_t index, Diff& diff) {
  const Batch& batch = reading.batches[index];
  const bool by_year = batch.kind == Kind::grid_intensity || batch.kind == Kind::region_year;
  if (batch.rows.empty() || (!by_year && batch.kind != Kind::price)) return;
  std::map<std::string, std::size_t> sources;  // that the file was compared with
  for (const Comparison& value : diff.values) {
    if (value.batch == index && !value.before_source.empty()) ++sources[value.before_source];
  }
  if (sources.empty()) return;
  const std::string& source =
      std::ranges::max_element(sources, {}, [](const auto& entry) { return entry.second; })->first;
  std::set<std::pair<std::string, int>> in_file;
  int first = reading.batches[index].rows.front().year.value_or(0);
  int last = first;
  std::set<std::string> keys;
  for (const Found& row : batch.rows) {
    const int year = row.year.value_or(0);
    first = std::min(first, year);
    last = std::max(last, year);
    in_file.emplace(row.id, year);
    for (const Figure& figure : row.figures) keys.insert(figure.key);
  }
  std::map<std::string, Vanished> out;
  for (const Row& row : tables.rows(batch.kind)) {
    const bool here = std::ranges::any_of(keys, [&](const std::string& key) {
      const auto cell = row.cell(key);
      return cell && cell->source() == source;
    });
    if (!here || !same_definition(row, batch)) continue;
    if (by_year) {
      const int year = static_cast<int>(row.number("year").value_or(0));
      const std::string id{row.id()};
      if (year < first || year > last || in_file.contains({id, year})) continue;
      out.try_emplace(id, Vanished{id, {}, source}).first->second.years.push_back(year);
      continue;
    }
    const bool listed =
        std::ranges::any_of(batch.rows, [&](const Found& found) { return of_instance(row, found); });
    if (listed || row.text("provider") != batch.shared.front().second) continue;
    const std::string id = std::string{row.text("host")} + std::string{row.text("instance")};
    out.try_emplace(id, Vanished{id, {}, source});
  }
  for (auto& [id, gone] : out) {
    std::ranges::sort(gone.years);
    diff.vanished.push_back(std::move(gone));
  }
}

}  // namespace

std::size_t Diff::count(Fate fate) const {
  return static_cast<std::size_t>(std::ranges::count(values, fate, &Comparison::fate));
}

Diff compare(const Catalog& tables, const Reading& reading) {
  Diff out;
  for (std::size_t b = 0; b < reading.batches.size(); ++b) {
    const Batch& batch = reading.batches[b];
    for (std::size_t r = 0; r < batch.rows.size(); ++r) {
      const Found& row = batch.rows[r];
      if (batch.kind == Kind::offer) {
        Comparison offer = compare_offer(tables, batch, row);
        offer.batch = b;
        offer.row = r;
        out.values.push_back(std::move(offer));
        continue;
      }
      for (std::size_t f = 0; f < row.figures.size(); ++f) {
        const Figure& figure = row.figures[f];
        Comparison value;
        value.batch = b;
        value.row = r;
        value.figure = f;
        std::optional<Known> before;
        double devices = 1;
        if (batch.kind == Kind::price) {
          if (figure.key == "instance_price") devices = devices_of(row);
          before = priced(tables, batch, row, figure.number / devices);
        } else if (batch.kind == Kind::timing) {
          before = timed(tables, row);
        } else if (batch.kind == Kind::fact) {
          if (const auto fact = tables.find(Kind::fact, row.id)) before = known(*fact->cell("value"));
        } else if (const auto found = observed(tables, batch, row.id, figure.key, row.year)) {
          before = found->second;
        }
        judge(value, figure, before, devices);
        doubt(value, figure, devices);
        doubt_future(tables, reading, batch, row, value);
        doubt_by_years(tables, batch, row, figure, value);
        if (batch.kind == Kind::price && !value.left_out && value.fate == Fate::changed &&
            far(value.change + 1, 1))
          value.doubt = "a factor of two from what the tables have";
        out.values.push_back(std::move(value));
      }
    }
    add_vanished(tables, reading, b, out);
  }
  return out;
}

}  // namespace kwhatif::refresh
