// expect to compile
#include <kwhatif/run/estimator.hpp>

using namespace kwhatif::quantity;

// What the other files get wrong, done right.
FacilityEnergy<> sum(FacilityEnergy<> a, FacilityEnergy<> b) { return a + b; }
FacilityEnergy<> named(Quantity<dim::energy> energy) { return FacilityEnergy<>{energy}; }
FacilityEnergy<> with_losses(ItEnergy<> it, Ratio<> pue) { return FacilityEnergy<>{it * pue}; }
Power<> of_all(DevicePower<> device, Devices<> count) { return device * count; }
auto energy(Devices<> count, WallTime<> hours, DevicePower<> power) {
  return kwhatif::run::it_energy(count * hours, power);
}
auto hours(TrainingFlop<> compute, DeviceFlopRate<> rate) { return kwhatif::run::device_time(compute, rate); }
WallTime<> one_run(const kwhatif::run::RunInputs<double>& in) {
  return *in.get<kwhatif::run::Slot::wall_time>();
}
void per_device(kwhatif::run::RunInputs<double>& in, DevicePower<> power) {
  in.set<kwhatif::run::Slot::power>(power);
}
