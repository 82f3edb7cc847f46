// Predicted numbers of a grid without a lookup each. Private to grid.
//
// What a forecast rests on is taken apart: the device, the network, the settings, and single numbers. Each
// part depends on few axes and is looked up over these alone, as any slot is; the predicted slots follow from
// the parts by the functions that resolve() calls, bit for bit. The same for whether a run has its place on
// its devices: they are as many as hold it and as a step has work for. Every run that is looked up tells
// whether that is so; where it is not, the slot is looked up as the others are. Does not live here: which
// axes a part depends on (space_builder.hpp), the forecast itself (predict, run).
#pragma once

#include <kwhatif/grid/sweep.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace kwhatif::grid {

/// Numbers as a grid compares them: what is absent equals what is absent, 0 is not -0.
inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// What is looked up for them, beyond the slots. The first three are numbers of what was met, the others
/// values.
enum class Ground : std::uint8_t {
  device,
  network,
  settings,
  devices,
  batch,
  micro_batch,
  flop_per_unit,
  known_mfu,
  fewest,   ///< devices that hold the run
  most,     ///< devices that a step has work for
  offered,  ///< 0 where the device can be had in the region
  other     ///< the first of as many as there are predicted slots: what stands there where no prediction does
};
constexpr std::size_t index(Ground ground) { return static_cast<std::size_t>(ground); }
inline constexpr std::size_t forecast_grounds = index(Ground::fewest);  ///< the first ones are the forecast's

/// The slots that may follow, the last one whether a run resolves.
inline constexpr std::array<std::size_t, 6> following_slots{
    static_cast<std::size_t>(run::Slot::mfu),         static_cast<std::size_t>(run::Slot::stepping),
    static_cast<std::size_t>(run::Slot::power_ratio), static_cast<std::size_t>(run::Slot::power),
    static_cast<std::size_t>(run::Slot::board_share), run::slot_count};
inline constexpr std::size_t predicted_count = following_slots.size() - 1;
inline constexpr std::size_t ground_count = index(Ground::other) + predicted_count;
/// Place of a slot among them.
std::optional<std::size_t> place_among_following(std::size_t slot);

/// What the numbers at one point follow from.
struct Grounds {
  std::array<double, ground_count> of;
  double peak, tdp, devices;
  double resolves;  ///< 0 where all but the number of devices and offers allow the run

  static constexpr std::size_t size = ground_count + 4;
  double& operator[](std::size_t i) {
    if (i < ground_count) return of[i];
    return i == ground_count       ? peak
           : i == ground_count + 1 ? tdp
           : i == ground_count + 2 ? devices
                                   : resolves;
  }
};

class Forecasts {
 public:
  Forecasts(std::shared_ptr<const predict::Predictor> predictor, const SpaceOptions& options)
      : predictor_(std::move(predictor)), must_fit_(options.must_fit), within_scale_(options.within_scale) {}

  /// The parts of a run's forecast, all absent where it has none. Not for several threads at once.
  /// @param cooled  whether the run says how it is cooled
  std::array<double, ground_count> take_apart(const run::ResolvedRun& run, bool cooled);
  bool counts_devices() const { return must_fit_; }
  bool counts_scale() const { return must_fit_ && within_scale_; }
  /// 0 where the number of devices and offers allow the run, else absent.
  double fits(const Grounds& grounds) const {
    const double devices = grounds.devices;
    const bool fits = !must_fit_ || !(devices < grounds.of[index(Ground::fewest)]);
    const bool scales =
        !must_fit_ || !within_scale_ || !(devices >= 2 && devices > grounds.of[index(Ground::most)]);
    const bool all = fits && scales && grounds.of[index(Ground::offered)] == 0 && grounds.resolves == 0;
    return all ? 0 : absent;
  }

  /// Of one number: what `other` has to say where it is not the predicted one.
  static double other_than(double predicted, double said);

  /// Which slots follow, by bit.
  std::uint64_t following = 0;
  std::array<SlotTable, ground_count> tables;
  SlotTable resolves;  ///< where valid follows: where all else allows the run

  /// Computes the numbers at one point after another; the same parts are not put together twice. One per
  /// thread.
  class Hands {
   public:
    /// @param predicts  false: only whether runs resolve is asked for
    explicit Hands(const Forecasts& forecasts, bool predicts = true)
        : forecasts_(forecasts), predicts_(predicts) {}
    /// Of following_slots, in their order, absent where unknown.
    const std::array<double, following_slots.size()>& at(const Grounds& grounds);

   private:
    void predict(const Grounds& grounds);
    void put_together(const Grounds& grounds);

    const Forecasts& forecasts_;
    bool predicts_;
    run::ForecastBasis basis_;
    std::optional<Grounds> last_;
    std::array<double, predicted_count> predicted_{};
    std::array<double, following_slots.size()> numbers_{};
  };

 private:
  struct Device {
    predict::Engine<double> engine;
    predict::Supply<double> supply;
    std::optional<double> memory;
    predict::Arithmetic arithmetic{};
    double bytes = 0;
    bool cooled = false;
    friend bool operator==(const Device&, const Device&) = default;
  };
  struct Net {
    std::optional<predict::Network<double>> network;
    std::optional<double> length;
    double gmac = 0;
    double per_unit = 1;
    predict::TrainingKind kind{};
    bool causal = true;
    bool lora = false;
    friend bool operator==(const Net&, const Net&) = default;
  };
  /// Things of one kind that were met, each once, by a hash.
  template <class T>
  struct Met {
    std::vector<T> all;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> alike;
    double number_of(const T& thing, std::uint64_t hash);
  };

  std::shared_ptr<const predict::Predictor> predictor_;
  bool must_fit_, within_scale_;
  Met<Device> devices_;
  Met<Net> networks_;
  Met<predict::Training<double>> settings_;
};

}  // namespace kwhatif::grid
