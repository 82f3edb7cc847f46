// What is certain, what is within noise, and what would settle it.
#include "verdict_words.hpp"

#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

using quantity::significant;

namespace {

// How a result is spoken of: "needs less energy", "costs 1.6 to 2.9 times as much".
struct Words {
  std::string_view key;
  std::string_view one;    ///< it needs
  std::string_view many;   ///< they need
  std::string_view thing;  ///< energy; may be empty
};
constexpr std::array spoken{
    Words{"facility_energy", "needs", "need", "energy"},
    Words{"it_energy", "needs", "need", "IT energy"},
    Words{"operational_location", "emits", "emit", "CO2e"},
    Words{"operational_market", "emits", "emit", "CO2e by contracts"},
    Words{"wall_time", "takes", "take", "time"},
    Words{"device_time", "takes", "take", "device-time"},
    Words{"cost", "costs", "cost", ""},
};

class Sentence {
 public:
  Sentence(const Decision& decision, std::string_view with) : d_(decision), with_(with) {
    const auto found = std::ranges::find(spoken, decision.measure.key, &Words::key);
    if (found != spoken.end()) {
      words_ = *found;
    } else {
      label_ = std::string{decision.measure.label};
      words_ = {decision.measure.key, "has", "have", label_};
    }
  }

  std::string text() const {
    std::string out = d_.others.size() == 1 ? of_two() : of_many();
    if (!d_.unknown.empty())
      out += "; " + thing("what") + " of " + names(d_.unknown) + (d_.unknown.size() == 1 ? " is" : " are") +
             " not known";
    const bool uncertain = d_.next()->low.has_value();
    if (uncertain && !d_.judged.empty())
      out += "; the bands of " + names(d_.judged) + " are judged, not tested on such devices";
    return out + '.';
  }

 private:
  const std::string& name(std::size_t run) const { return d_.names[run]; }
  std::string thing(std::string_view otherwise) const {
    return std::string{words_.thing.empty() ? otherwise : words_.thing};
  }
  std::string less() const { return with_thing(d_.most ? "more" : "less"); }
  std::string least() const { return with_thing(d_.most ? "the most" : "the least"); }
  std::string more() const { return d_.most ? "less" : "more"; }
  std::string with_thing(std::string word) const {
    if (!words_.thing.empty()) word += ' ' + std::string{words_.thing};
    if (!with_.empty()) word += " and " + std::string{with_};
    return word;
  }

  std::string names(const std::vector<std::size_t>& runs) const {
    constexpr std::size_t most = 4;
    std::string out;
    const std::size_t shown = runs.size() <= most + 1 ? runs.size() : most;
    for (std::size_t i = 0; i < shown; ++i) {
      const bool last = i + 1 == runs.size();
      out += (i == 0 ? "" : last ? " and " : ", ") + name(runs[i]);
    }
    if (shown < runs.size()) out += " and " + std::to_string(runs.size() - shown) + " more";
    return out;
  }

  // "h100 needs 1.6 to 2.9 times as much".
  std::string times(const Beside& b) const {
    const std::string verb{words_.one};
    if (!b.ratio) return name(d_.best) + ' ' + verb + " none";
    const auto much = [&](const std::string& factor) {
      return name(b.run) + ' ' + verb + ' ' + factor + " times as much";
    };
    constexpr double rounding = 1.02;  // of tables: no range worth two numbers
    if (!b.low || !b.high || *b.high < rounding * *b.low) {
      const std::string factor = significant(*b.ratio);
      if (factor != "1.00" || *b.ratio == 1) return much(factor);
      return name(b.run) + ' ' + verb + ' ' + quantity::percent(std::fabs(*b.ratio - 1)) +
             (*b.ratio > 1 ? " more" : " less");
    }
    return much(significant(*b.low) + " to " + significant(*b.high));
  }

  // Why no draw changes the order.
  static std::string why_certain(const Beside& b) {
    return b.exact ? "certain, for nothing in it is predicted or has a range"
                   : "certain, for what is uncertain is the same in both";
  }

  std::string settling(const Beside& b) const {
    if (!b.settles) return {};
    const std::string of = b.settles_run ? name(*b.settles_run) : "both";
    if (*b.settles == run::Slot::training_flop)  // work made equal: given work has no band
      return "; what " + of + " is worth beside a dense model is most of what is open (" +
             quantity::percent(b.settles_share) + ")";
    const std::string flag = "--" + std::string{run::info(*b.settles).flag};
    return "; knowing " + flag + " of " + of + " would settle most (" + quantity::percent(b.settles_share) +
           " of what is open)";
  }

  std::string of_two() const {
    const Beside& b = d_.others.front();
    const std::string best = name(d_.best) + ' ';
    const std::string than = ' ' + less() + " than " + name(b.run);
    switch (b.order) {
      case Order::same:
        return name(d_.best) + " and " + name(b.run) + ' ' + std::string{words_.many} + " the same" +
               (words_.thing.empty() ? "" : ' ' + std::string{words_.thing}) +
               ": what differs between them does not move it";
      case Order::certain:
        return best + std::string{words_.one} + than + ", " + why_certain(b) + ": " + times(b);
      case Order::sure:
        return best + std::string{words_.one} + than + ", " + sure_words(b.probability) + ": " + times(b);
      case Order::likely:
        return best + "probably " + std::string{words_.one} + than + ", " + sure_words(b.probability) + ": " +
               times(b) + settling(b);
      case Order::open:
        break;
    }
    return "No difference" + (words_.thing.empty() ? " in cost" : " in " + std::string{words_.thing}) +
           (with_.empty() ? "" : " or " + std::string{with_}) + " that these data show: " + times(b) + ", " +
           name(d_.best) + ' ' + (d_.most ? "more" : "less") + " in " + share_words(b.probability) +
           " of the draws" + settling(b);
  }

  std::string of_many() const {
    std::vector<std::size_t> same;
    std::vector<std::size_t> open;
    std::vector<std::size_t> likely;
    std::vector<std::size_t> sure;
    const Beside* least_sure_one = nullptr;
    const Beside* first_likely = nullptr;
    const Beside* first_open = nullptr;
    for (const Beside& b : d_.others) {
      if (b.order == Order::same) same.push_back(b.run);
      if (b.order == Order::open) {
        open.push_back(b.run);
        if (first_open == nullptr) first_open = &b;
      }
      if (b.order == Order::likely) {
        likely.push_back(b.run);
        if (first_likely == nullptr) first_likely = &b;
      }
      if (b.order == Order::sure || b.order == Order::certain) {
        sure.push_back(b.run);
        if (least_sure_one == nullptr) least_sure_one = &b;
      }
    }
    std::vector<std::size_t> front{d_.best};
    front.insert(front.end(), same.begin(), same.end());
    const auto verb = [&](const std::vector<std::size_t>& who) {
      return std::string{who.size() == 1 ? words_.one : words_.many};
    };
    std::string out;
    if (!open.empty()) {
      front.insert(front.end(), open.begin(), open.end());
      out = names(front) + " cannot be told apart in " +
            (words_.thing.empty() ? "cost" : std::string{words_.thing}) +
            (with_.empty() ? "" : " and " + std::string{with_}) + " by these data (" + times(*first_open) +
            ", " + name(d_.best) + ' ' + (d_.most ? "more" : "less") + " in " +
            share_words(first_open->probability) + " of the draws)";
    } else if (!likely.empty()) {
      out = names(front) + " probably " + verb(front) + ' ' + least();
    } else {
      out = names(front) + ' ' + verb(front) + ' ' + least();
    }
    if (!likely.empty())
      out +=
          (open.empty() && likely.size() == 1 ? ", " : "; probably " + more() + ": " + names(likely) + ", ") +
          sure_words(first_likely->probability) + ": " + times(*first_likely);
    if (least_sure_one != nullptr) {
      const bool certain = least_sure_one->order == Order::certain;
      const std::string how =
          certain ? why_certain(*least_sure_one) : sure_words(least_sure_one->probability);
      if (open.empty() && likely.empty())
        out +=
            ", " + how + ": " + times(*least_sure_one) + (sure.size() > 1 ? ", and it is the nearest" : "");
      else
        out += "; " + names(sure) + ' ' + verb(sure) + ' ' + more() + ", " + how;
    }
    if (least_sure_one == nullptr && open.empty() && likely.empty())
      out = names(front) + ' ' + verb(front) + " the same" +
            (words_.thing.empty() ? "" : ' ' + std::string{words_.thing}) +
            ": what differs between them does not move it";
    if (first_open != nullptr)
      out += settling(*first_open);
    else if (first_likely != nullptr)
      out += settling(*first_likely);
    return out;
  }

  static std::string share_words(double probability) {
    constexpr double percent = 100;
    return quantity::fixed(std::floor(probability * percent), 0) + " %";
  }

  const Decision& d_;
  std::string_view with_;
  std::string label_;
  Words words_{};
};

}  // namespace

std::string sure_words(double probability) {
  constexpr double percent = 100;
  if (probability > 0.999) return "more than 99.9 % sure";
  return quantity::fixed(std::floor(probability * percent), 0) + " % sure";
}

std::string verdict_sentence(const Decision& decision, std::string_view with) {
  return Sentence(decision, with).text();
}

}  // namespace kwhatif::ask
