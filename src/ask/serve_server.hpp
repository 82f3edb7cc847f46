// One service being read: its inputs in numbers, what was taken for those that nobody gave, its answer and
// its band. serve.cpp has the order, the model and the factors; serve_machine.cpp device and place;
// serve_work.cpp requests and devices. Does not live here: what several services have in common
// (serve_vary.cpp).
#pragma once

#include "serve_model.hpp"
#include "serve_reading.hpp"
#include <kwhatif/ask/serve.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::ask {

inline constexpr ServeRange share_range{0, 1, "0 to 1", "a fraction: 0.5 or 50 %, not 50"};
inline constexpr ServeRange count_range{1, 1e6, "1 to 1 million"};

class Server {
 public:
  Server(const ServeQuestion& question, const catalog::Catalog& tables)
      : question_(question), in_(question), tables_(tables) {}

  ServeCase answer();

 private:
  // --- what was taken
  void assume(std::string input, double value, const quantity::Dimension& dimension, std::string_view unit,
              catalog::Origin origin);
  void choose(std::string input, std::string word, catalog::Origin origin);
  void warn(std::string code, std::string message, std::string help, const diag::Span& where = {});
  void add_source(const std::string& id);
  diag::Span place_of(std::string_view flag) const;
  // A default of serving, with its band.
  serve::Constant taken(std::string input, std::string_view constant, const quantity::Dimension& dimension,
                        std::string_view unit, double times = 1);
  static std::optional<serve::Range> band_of(const serve::Constant& constant, double times = 1);
  void read_model();
  void read_engine();
  void read_site();
  bool pue_is_a_default() const;
  void read_device();
  void read_precision();
  void take_stored_precision();
  void read_lengths();
  // One image: a step that yields it.
  void read_image();
  // As the makers of the model recommend, where a row says so; else as usual.
  double image_constant(const std::string& what);
  void read_way_of_working();
  void read_provision();
  void read_batch_and_devices();
  void check_weights(const char* devices_flag) const;
  void take_usual_batch(const serve::Constant& usual, double room);
  serve::Constant usual_batch(const std::optional<double>& devices) const;
  std::string share_arrivals(std::string note);
  serve::Requests<> most_batch(const serve::Workload<>& work) const;
  double arrival_rate() const;
  void follow_arrivals();
  void read_load();
  void read_factors();
  // 5 and 95 % points over the value, where the tables have them.
  std::optional<serve::Range> spread_of(run::Slot slot, const std::optional<double>& known) const;
  void read_queries();
  void choose_band();
  void say_missing();

  const ServeQuestion& question_;
  ServeReading in_;
  const catalog::Catalog& tables_;
  std::optional<run::ResolvedRun> site_;
  std::optional<model::Inventory> inventory_;
  std::optional<model::Quantised> stored_;
  double stored_share_ = 0;
  double device_memory_ = 0;  // [B]
  double usable_ = 1;
  bool unknown_architecture_ = false;
  bool unmeasured_ = false;
  std::optional<KnownModel::Image> image_;
  serve::Unknowns unknowns_;
  ServeCase out_;
};

}  // namespace kwhatif::ask
