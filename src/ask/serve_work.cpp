// What is asked of a service: lengths, batch or arrivals, and the devices that bear them.
#include "serve_server.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

namespace dim = quantity::dim;
using catalog::Origin;
using catalog::Responsible;
using quantity::human;

namespace {

constexpr ServeRange lengths{1, 1e8, "1 to 100 million tokens"};

template <class Q>
Q coherent(double value) {
  return Q::from_coherent(value);
}

}  // namespace

void Server::read_lengths() {
  for (const char* flag : {"steps", "passes", "image-size"}) {
    if (in_.has(flag))
      in_.refuse(flag, "no-effect", "has no effect on a model of text", "it is of models of images");
  }
  constexpr ServeRange prompts{0, 1e8, "0 to 100 million tokens"};
  auto& work = out_.service.work;
  const auto prompt = in_.number("prompt", dim::token, prompts, "300");
  const auto answer = in_.number("answer", dim::token, lengths, "500");
  work.prompt = coherent<serve::TokensPerRequest<>>(
      prompt ? *prompt : taken("prompt", "prompt", dim::token, "tokens").value);
  work.answer = coherent<serve::TokensPerRequest<>>(
      answer ? *answer : taken("answer", "answer", dim::token, "tokens").value);
  if (inventory_) count_attention(out_.service.model, *inventory_, work);
}

// One image: a step that yields it.
void Server::read_image() {
  for (const char* flag :
       {"prompt", "answer", "batch", "rate", "cached", "speculative", "data-parallel", "engine"}) {
    if (in_.has(flag))
      in_.refuse(
          flag, "no-effect", "has no effect on a model of images",
          "images are bound by arithmetic, whatever the batch: --steps, --passes and --image-size count");
  }
  constexpr ServeRange step_range{1, 1000, "1 to 1,000 steps"};
  constexpr ServeRange pass_range{1, 2, "1 or 2"};
  const auto steps = in_.whole("steps", step_range);
  const auto passes = in_.whole("passes", pass_range);
  out_.image = ServeCase::Image{.side = image_->side,
                                .steps = steps ? *steps : image_constant("steps"),
                                .passes = passes ? *passes : image_constant("passes"),
                                .flop = image_->flop};
  out_.service.image = serve::ImageWork<>{
      .flop = coherent<quantity::Quantity<dim::flop>>(image_->flop * out_.image->steps * out_.image->passes),
      .flop_share = serve::constant(tables_, "image-flop-share").value};
  auto& work = out_.service.work;
  work.prompt = coherent<serve::TokensPerRequest<>>(0);
  work.answer = coherent<serve::TokensPerRequest<>>(1);  // the image
  warn("exploratory", "images are modelled by their arithmetic alone, from measured rows of two models", "",
       place_of("model"));
}

// As the makers of the model recommend, where a row says so; else as usual.
double Server::image_constant(const std::string& what) {
  const std::string usual = "image-" + what;
  const std::string own = usual + '-' + out_.model;
  const bool known = tables_.find(catalog::Kind::coefficient, "serve-" + own).has_value();
  return taken(what, known ? own : usual, dim::one, "1").value;
}

void Server::read_way_of_working() {
  auto& work = out_.service.work;
  work.cached = in_.number("cached", dim::one, share_range, "56 %").value_or(0);
  work.replicas = in_.whole("data-parallel", count_range).value_or(1);
  work.accepted = 1;
  out_.service.engine = serve::engine_constants(tables_, out_.engine_class);
  const run::Given* const given = in_.given("speculative");
  if (given == nullptr) return;
  const auto colon = given->text.find(':');
  const auto part = [&](std::string_view text) {
    const auto parsed = quantity::parse(text, {.dimension = dim::one, .bare_number = true, .example = "3"});
    return parsed.ok ? parsed.value.coherent : -1;
  };
  const double drafts =
      colon == std::string::npos ? -1 : part(std::string_view{given->text}.substr(0, colon));
  const double yield =
      colon == std::string::npos ? -1 : part(std::string_view{given->text}.substr(colon + 1));
  constexpr double most_drafts = 64;
  if (drafts < 0 || drafts > most_drafts || yield < 1 || yield > drafts + 1)
    in_.refuse("speculative", "out-of-range", "cannot be '" + given->text.substr(0, 40) + "'",
               "write drafted:yield, such as 3:2, three tokens drafted per step and two gained on "
               "average; a step yields 1 to drafted + 1");
  work.drafts = drafts;
  work.accepted = yield;
}

void Server::read_batch_and_devices() {
  auto& work = out_.service.work;
  in_.apart("batch", "rate", "the rate of requests decides the batch; leave one of them out");
  in_.apart("load", "rate", "the rate of requests decides the load; leave one of them out");
  in_.apart("devices", "chips", "they are the same; leave one of them out");
  const char* const devices_flag = in_.has("chips") ? "chips" : "devices";
  const auto devices = in_.whole(devices_flag, count_range);
  const auto batch = question_.any_batch ? in_.number("batch", dim::one, count_range, "64")
                                         : in_.whole("batch", count_range);
  usable_ = serve::constant(tables_, "usable-memory").value;
  const auto usual = usual_batch(devices);
  const bool one = in_.has("rate") || image_;
  work.batch = coherent<serve::Requests<>>(batch.value_or(one ? 1 : usual.value));
  const auto of_device = coherent<serve::Bytes<>>(device_memory_);
  const auto fewest = serve::fewest_devices(out_.service.model, work, of_device, usable_);
  if (devices) {
    work.devices = coherent<quantity::Devices<>>(*devices);
  } else {
    if (!fewest)
      diag::refuse("does-not-fit", "no number of " + std::string{out_.hardware->id()} + " holds the model",
                   place_of("hardware"), "choose a device with more memory");
    work.devices = coherent<quantity::Devices<>>(static_cast<double>(*fewest));
    std::string note = "the least power of two whose memory holds weights, keys and values";
    if (in_.has("rate")) note = share_arrivals(note);
    const auto told = [](std::string why) {
      return Origin{
          .responsible = Responsible::fallback, .source = {}, .at = {}, .note = std::move(why), .text = {}};
    };
    assume("devices", work.devices.coherent(), dim::device, "1", told(note));
    if (out_.instances > 1)
      assume("instances", out_.instances, dim::one, "1",
             told("the fewest that bear the requests of --rate, which they share"));
  }
  if (work.replicas > work.devices.coherent())
    in_.refuse("data-parallel", "out-of-range",
               "is more than the devices, " + human(work.devices.coherent(), dim::device),
               "a replica needs at least one device");
  out_.memory = serve::service_memory(out_.service.model, work, of_device, usable_);
  check_weights(devices_flag);
  const double room = out_.memory.largest_batch();
  out_.batch_given = batch || one;
  if (in_.has("rate"))
    follow_arrivals();
  else if (!batch && !image_)
    take_usual_batch(usual, room);
  else if (batch && *batch > room)
    warn("no-room",
         human(work.devices.coherent(), dim::device) + " x " + std::string{out_.hardware->id()} +
             " have room for the keys and values of " + quantity::significant(room) + " requests, not " +
             quantity::significant(*batch),
         (fewest ? std::to_string(*fewest) + " devices have; the figures are for the batch as given"
                 : std::string{"the figures are for the batch as given"}),
         place_of("batch"));
  read_load();
}

// The usual batch for each replica, and for each time that the devices given would hold the model: nobody
// adds devices to answer no more requests.
serve::Constant Server::usual_batch(const std::optional<double>& devices) const {
  auto out = serve::constant(tables_, "batch");
  auto work = out_.service.work;
  double times = work.replicas;
  if (devices) {
    work.batch = coherent<serve::Requests<>>(out.value * times);
    const auto enough =
        serve::fewest_devices(out_.service.model, work, coherent<serve::Bytes<>>(device_memory_), usable_);
    if (enough) times *= std::max(1.0, std::floor(*devices / static_cast<double>(*enough)));
  }
  if (times == 1) return out;
  out.origin.note = quantity::significant(out.value) + " for each " +
                    (work.replicas > 1 ? "replica" : "part of the devices that holds the model") + "; " +
                    out.origin.note;
  for (double* const end : {&out.value, &*out.low, &*out.high}) *end *= times;
  return out;
}

// As few devices as bear the requests of --rate: instances of the least size or of up to eight times that.
// @return why so many
std::string Server::share_arrivals(std::string note) {
  constexpr std::array sizes{1, 2, 4, 8};
  auto& work = out_.service.work;
  const double least = work.devices.coherent();
  const double rate = arrival_rate();
  double fewest = 0;
  double of_one = least;
  for (const int size : sizes) {
    serve::Service<> tried = out_.service;
    tried.work.devices = coherent<quantity::Devices<>>(least * size);
    tried.work.batch = most_batch(tried.work);
    if (tried.work.batch.coherent() < 1) continue;
    const auto step = serve::step_of(tried);
    const double borne = step.token_rate().coherent() / work.answer.coherent();  // queries per second
    const double instances = std::max(1.0, std::ceil(rate / borne));
    if (fewest > 0 && instances * tried.work.devices.coherent() >= fewest) continue;
    fewest = instances * tried.work.devices.coherent();
    out_.instances = instances;
    of_one = tried.work.devices.coherent();
  }
  work.devices = coherent<quantity::Devices<>>(of_one);
  if (of_one == least) return note;
  return "of one instance: so the fewest in all bear the requests of --rate";
}

serve::Requests<> Server::most_batch(const serve::Workload<>& work) const {
  const auto memory =
      serve::service_memory(out_.service.model, work, coherent<serve::Bytes<>>(device_memory_), usable_);
  return coherent<serve::Requests<>>(
      std::min(serve::constant(tables_, "most-batch").value, memory.largest_batch()));
}

double Server::arrival_rate() const {
  constexpr ServeRange rates{1e-9, 1e9, "0.000000001 to 1e9 requests per second"};
  return *in_.rate("rate", rates);
}

void Server::check_weights(const char* devices_flag) const {
  if (out_.memory.largest_batch() >= 1) return;
  const auto& work = out_.service.work;
  auto one = work;
  one.batch = coherent<serve::Requests<>>(1);
  const auto least =
      serve::fewest_devices(out_.service.model, one, coherent<serve::Bytes<>>(device_memory_), usable_);
  std::string help = least ? std::to_string(*least) + " devices hold it" : "choose a device with more memory";
  constexpr double wide = 2;  // bytes of a weight
  if (out_.service.model.weight.coherent() >= wide) help += "; --precision fp8 has smaller weights";
  diag::refuse("does-not-fit",
               human(work.devices.coherent(), dim::device) + " x " + std::string{out_.hardware->id()} +
                   " do not hold the model: weights of " + human(out_.memory.weights) + " in " +
                   human(out_.memory.usable) + " of usable memory",
               place_of(in_.has(devices_flag) ? devices_flag : "hardware"), help);
}

void Server::take_usual_batch(const serve::Constant& usual, double room) {
  auto& work = out_.service.work;
  serve::Constant batch = usual;
  if (room < batch.value) {
    batch.value = room;
    batch.origin.note = "as many as the memory of the devices has room for; " + batch.origin.note;
  }
  work.batch = coherent<serve::Requests<>>(batch.value);
  assume("batch", batch.value, dim::one, "1", batch.origin);
  unknowns_.batch = serve::Range{std::min(*usual.low, room), std::min(*usual.high, room)};
}

void Server::follow_arrivals() {
  const double rate = arrival_rate();
  out_.rate = rate;
  const auto per_second = coherent<quantity::Quantity<dim::step_rate>>(rate / out_.instances);
  const auto most = most_batch(out_.service.work);
  const auto found = serve::arrivals(out_.service, per_second, most);
  out_.service.work.batch = found.batch;
  out_.service.provision.load = found.busy;
  unknowns_.rate = serve::KnownRate{
      .rate = per_second, .most_batch = most, .power_factor = serve::constant(tables_, "band-power").value};
  out_.saturated = found.saturated;
  if (found.saturated)
    warn("saturated",
         "more requests arrive than the instance answers at " +
             quantity::significant(found.batch.coherent()) + " in flight: the rest waits",
         "give more devices, or share the requests among more instances", place_of("rate"));
}

void Server::read_load() {
  if (in_.has("rate")) return;
  constexpr ServeRange loads{1e-4, 1, "0.0001 to 1", "a fraction: 0.5 or 50 %, not 50"};
  if (const auto load = in_.number("load", dim::one, loads, "50 %")) {
    out_.service.provision.load = *load;
    return;
  }
  const auto usual = taken("load", "load", dim::one, "1");
  out_.service.provision.load = usual.value;
  unknowns_.load = band_of(usual);
}

}  // namespace kwhatif::ask
