#include <kwhatif/ask/obtainable.hpp>
#include <kwhatif/ask/plan_grids.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/faults.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace kwhatif::ask {

namespace {

using run::Input;

// The values that an input takes where the user has fixed none.
constexpr std::string_view default_counts = "8,16,32,64,128,256,512,1024,2048,4096,8192,16384,32768";

/// Grids smaller than this part of what may be looked up need no estimate: offers make fewer groups.
constexpr double most_groups = 16;

class Builder {
 public:
  Builder(const run::Scenario& run, const std::vector<run::Given>& axes, const catalog::Catalog& catalog,
          const PlanGridOptions& options)
      : catalog_(catalog),
        run_(run),
        options_(options),
        axes_(grid::read_axes(axes, catalog, axis_options(run, options.unavailable))) {
    out_.notes = grid::notes_of(axes_);
  }

  PlanGrids build() {
    for (const grid::Axis& axis : axes_) refuse_wrong_values(axis);
    if (options_.models && !known(Input::model)) axes_.push_back(ours("model=all"));
    if (!known(Input::chips) && !known(Input::nodes)) {
      axes_.push_back(ours("chips=" + std::string{default_counts}));
      within_scale_ = options_.within_scale;
    }
    const bool device_open = !known(Input::hardware);
    const bool place_fixed = !known(Input::region) && (known(Input::grid) || known(Input::ci));
    const bool place_open = !known(Input::region) && !place_fixed;
    const bool by_offers = (device_open && !place_fixed) || place_open;
    for (const grid::Axis& axis : axes_) {
      // devices that nobody offers there are told by the offers
      if (!by_offers || axis.input != Input::hardware) ask_for(axis);
    }
    if (by_offers)
      groups(device_open, place_open);
    else if (device_open)
      any_gpu();
    else
      add_space(axes_);
    build_spaces();
    for (const Asked& asked : asked_) tell_left_out(asked);
    return std::move(out_);
  }

 private:
  bool varies(Input input) const {
    return std::ranges::any_of(axes_, [&](const grid::Axis& a) { return a.input == input; });
  }
  bool known(Input input) const { return run_.has(input) || varies(input); }

  // What is searched of one input, in all grids together.
  struct Asked {
    Input input;
    std::string name;
    std::vector<std::string> values;
    std::set<std::string> known;
  };
  void ask_for(const grid::Axis& axis) {
    auto asked = std::ranges::find_if(asked_, [&](const Asked& a) { return a.input == axis.input; });
    if (asked == asked_.end())
      asked =
          asked_.insert(asked_.end(), {.input = axis.input, .name = axis.name, .values = {}, .known = {}});
    for (std::size_t i = 0; i < axis.size(); ++i) {
      if (std::string text = axis.text(i); asked->known.insert(text).second)
        asked->values.push_back(std::move(text));
    }
  }

  grid::Axis ours(std::string text) const {
    return grid::read_axis({std::move(text), {}, "--axis"}, catalog_, {.unavailable = options_.unavailable});
  }

  // What is wrong by itself is an error, not a value that happens not to fit. Of values spaced by us only the
  // ends can be beyond a range.
  void refuse_wrong_values(const grid::Axis& axis) const {
    std::vector<std::size_t> looked_at;
    for (std::size_t i = 0; i < axis.size(); ++i) {
      const bool end = i == 0 || i + 1 == axis.size();
      const bool written = i < axis.texts.size() && !axis.texts[i].empty() && !axis.chosen(i);
      if (written || (axis.numeric() && end)) looked_at.push_back(i);
    }
    for (const std::size_t i : looked_at) {
      run::Scenario alone;
      alone.files = run_.files;
      alone.set(axis.input, {axis.text(i), axis.given.where, "--axis " + axis.name});
      try {
        static_cast<void>(run::resolve(alone, catalog_, {.defaults = false}));
      } catch (const diag::ScenarioError& error) {
        for (const diag::Diagnostic& fault : error.diagnostics()) {
          if (grid::wrong_by_itself(fault)) throw diag::ScenarioError({fault});
        }
      }
    }
  }

  // A grid or an intensity rents nothing: any GPU may stand there.
  void any_gpu() {
    const auto gpus = rentable(catalog_, "gpu");
    auto axes = axes_;
    axes.push_back(ours("hardware=" + diag::listed(gpus, ",")));
    ask_for(axes.back());
    add_space(std::move(axes));
  }

  // Devices and regions form groups of what is offered together, each a grid of its own.
  void groups(bool device_open, bool place_open) {
    OfferQuestion wanted{.unavailable = options_.unavailable};
    std::map<std::string, std::vector<std::string>> written;  // as named, by id: a host stands for its device
    if (!device_open) wanted.devices = named(Input::hardware, written);
    if (!place_open) wanted.regions = named(Input::region, written);
    out_.offers = availability(catalog_, wanted);
    const auto as_written = [&](const std::vector<std::string>& ids) {
      std::vector<std::string> names;
      for (const std::string& id : ids) {
        const auto found = written.find(id);
        if (found == written.end()) {
          names.push_back(id);
          continue;
        }
        names.insert(names.end(), found->second.begin(), found->second.end());
      }
      return diag::listed(names, ",");
    };
    const bool device_axis = device_open || varies(Input::hardware);
    const bool place_axis = place_open || varies(Input::region);
    for (const auto& group : out_.offers.groups) {
      auto axes = axes_;
      std::erase_if(
          axes, [](const grid::Axis& a) { return a.input == Input::hardware || a.input == Input::region; });
      const auto vary = [&](std::string text) {
        axes.push_back(ours(std::move(text)));
        ask_for(axes.back());
      };
      if (device_axis) vary("hardware=" + as_written(group.devices));
      if (place_axis) vary("region=" + as_written(group.regions));
      add_space(std::move(axes));
    }
  }

  // Ids of what the user named for an input: by an axis, or by its flag.
  std::vector<std::string> named(Input input,
                                 std::map<std::string, std::vector<std::string>>& written) const {
    std::vector<std::string> names;
    const auto axis = std::ranges::find_if(axes_, [&](const grid::Axis& a) { return a.input == input; });
    if (axis == axes_.end()) {
      names = {run_.get(input)->text};
    } else {
      for (std::size_t i = 0; i < axis->size(); ++i) names.push_back(axis->text(i));
    }
    std::vector<std::string> ids;
    for (const std::string& name : names) {
      const std::string id = input == Input::hardware ? device_id(name) : region_id(name);
      auto& all = written[id];
      if (all.empty()) ids.push_back(id);
      all.push_back(name);
    }
    return ids;
  }

  // A device by its own name or by that of a host; what is not known is refused when the grid is built.
  std::string device_id(const std::string& name) const {
    if (const auto row = catalog_.meant(catalog::Kind::hardware, name).row) return std::string{row->id()};
    const auto host = catalog_.meant(catalog::Kind::host, name).row;
    return host && !host->text("hardware").empty() ? std::string{host->text("hardware")} : name;
  }
  std::string region_id(const std::string& name) const {
    const auto row = catalog_.meant(catalog::Kind::region, name).row;
    return row ? std::string{row->id()} : name;
  }

  void add_space(std::vector<grid::Axis> axes) {
    if (axes.empty()) {  // one run, as it is given
      const auto& runs = run_.get(Input::runs);
      axes.push_back(ours("runs=" + (runs ? runs->text : std::string{"1"})));
    }
    for (grid::Axis& axis : axes) axis.pattern = true;  // what cannot be is left out, and told
    grids_.push_back(std::move(axes));
  }

  // A grid without any run does not stand in the way of the others.
  void build_spaces() {
    const grid::SpaceOptions space_options{.must_fit = true,
                                           .within_scale = within_scale_,
                                           .spreads = options_.spreads,
                                           .offered = !options_.unavailable,
                                           .progress = options_.looking_up,
                                           .threads = options_.threads};
    const auto each = [&](auto work) {
      for (std::vector<grid::Axis>& axes : grids_) {
        try {
          work(axes);
        } catch (const diag::ScenarioError& error) {
          if (out_.fault.empty() || out_.fault.front().code == "does-not-fit")
            out_.fault = error.diagnostics();
        }
      }
    };
    each([&](const std::vector<grid::Axis>& axes) { count_lookups(axes, space_options); });
    refuse_many_lookups();
    out_.fault.clear();
    each([&](std::vector<grid::Axis>& axes) {
      out_.spaces.emplace_back(run_, std::move(axes), catalog_, space_options);
    });
  }

  // What a grid depends on is learned from a grid of a few values of each axis; what the whole one looks up
  // follows from its sizes.
  void count_lookups(const std::vector<grid::Axis>& axes, const grid::SpaceOptions& space_options) {
    constexpr std::size_t few = 5;
    double all = 1;
    for (const grid::Axis& axis : axes) all *= static_cast<double>(axis.size());
    if (all <= plan_lookups / most_groups) return;
    auto thin = axes;
    for (grid::Axis& axis : thin) {
      if (axis.size() <= few || !axis.numeric()) continue;
      grid::Axis chosen = axis;
      chosen.numbers.clear();
      chosen.texts.clear();
      for (std::size_t i = 0; i < few; ++i)
        chosen.numbers.push_back(axis.numbers[i * (axis.size() - 1) / (few - 1)]);
      axis = std::move(chosen);
    }
    const grid::Space space(run_, std::move(thin), catalog_, space_options);
    const auto together = space.looked_up_together();
    for (const auto& set : together) {
      double count = 1;
      for (const std::size_t a : set) count *= static_cast<double>(axes[a].size());
      const std::string names = diag::listed(set, ", ", [&](std::size_t a) { return axes[a].name; });
      lookups_ += count;
      if (count > most_lookups_) names_of_most_ = names;
      most_lookups_ = std::max(most_lookups_, count);
    }
  }

  void refuse_many_lookups() const {
    if (lookups_ <= plan_lookups) return;
    const auto digits = [](double x) { return quantity::fixed(x, 0); };
    diag::refuse(
        "too-many-lookups",
        "plan would look up " + digits(lookups_) + " runs: what is predicted depends on the axes " +
            names_of_most_ + " together",
        {},
        "at most " + digits(plan_lookups) +
            ": use fewer values on these axes, or give the utilisation and the power (--mfu, --power)");
  }

  // Values that are in none of the grids.
  void tell_left_out(const Asked& asked) {
    if (out_.spaces.empty()) return;  // then there is a fault to tell
    std::set<std::string> kept;
    std::string why;
    for (const grid::Space& space : out_.spaces) {
      for (std::size_t a = 0; a < space.axes().size(); ++a) {
        const grid::Axis& axis = space.axes()[a];
        if (axis.input != asked.input) continue;
        if (axis.size() == asked.values.size()) return;
        for (std::size_t i = 0; i < axis.size(); ++i) kept.insert(axis.text(i));
        for (const grid::LeftOut& left : space.left_out()) {
          const auto colon = left.example.find(": ");
          if (left.axis == a && why.empty() && colon != std::string::npos)
            why = left.example.substr(colon + 2);
        }
      }
    }
    if (why.empty() && !out_.fault.empty()) why = out_.fault.front().message;
    if (why.empty()) why = "not known to offer any of the devices";
    LeftOutValues left{.axis = asked.name, .values = {}, .why = std::move(why)};
    LeftOutValues beyond{.axis = asked.name, .values = {}, .why = {}};
    for (const std::string& value : asked.values) {
      if (kept.contains(value)) continue;
      auto words = asked.input == Input::chips && within_scale_ ? beyond_scale(value) : std::string{};
      (words.empty() ? left : beyond).values.push_back(value);
      if (beyond.why.empty()) beyond.why = std::move(words);
    }
    if (!left.values.empty()) out_.left_out.push_back(std::move(left));
    if (!beyond.values.empty()) out_.left_out.push_back(std::move(beyond));
  }

  // Why so many of the first device of the grids are too many for a step; empty where they are not.
  std::string beyond_scale(const std::string& count) const {
    const grid::Space& space = out_.spaces.front();
    run::Scenario run = space.scenario(space.indices(0));
    run.set(Input::chips, {count, {}, "--axis chips"});
    try {
      const auto resolved = run::resolve(run, catalog_);
      for (const diag::Diagnostic& warning : resolved.warnings) {
        if (warning.code == "beyond-scale") return warning.message;
      }
    } catch (const diag::ScenarioError&) {
      return {};  // another reason, which the grid tells
    }
    return {};
  }

  const catalog::Catalog& catalog_;
  const run::Scenario& run_;
  PlanGridOptions options_;
  std::vector<grid::Axis> axes_;
  std::vector<Asked> asked_;
  std::vector<std::vector<grid::Axis>> grids_;
  bool within_scale_ = false;              ///< the counts are ours
  double lookups_ = 0, most_lookups_ = 0;  ///< of all grids; of one set of axes
  std::string names_of_most_;
  PlanGrids out_;
};

}  // namespace

PlanGrids plan_grids(const run::Scenario& run, const std::vector<run::Given>& axes,
                     const catalog::Catalog& catalog, const PlanGridOptions& options) {
  return Builder{run, axes, catalog, options}.build();
}

}  // namespace kwhatif::ask
