// expect to compile
#include <kwhatif/estimate/run.hpp>

using namespace kwhatif::quantity;

// What the other files get wrong, done right.
FacilityEnergy<> sum(FacilityEnergy<> a, FacilityEnergy<> b) { return a + b; }
FacilityEnergy<> named(Quantity<dim::energy> energy) { return FacilityEnergy<>{energy}; }
FacilityEnergy<> with_losses(ItEnergy<> it, Ratio<> pue) { return FacilityEnergy<>{it * pue}; }
Power<> of_all(DevicePower<> device, Devices<> count) { return device * count; }
auto energy(Devices<> count, WallTime<> hours, DevicePower<> power) {
  return kwhatif::estimate::it_energy(count * hours, power);
}
auto hours(TrainingFlop<> compute, DeviceFlopRate<> rate) {
  return kwhatif::estimate::device_time(compute, rate);
}
WallTime<> one_run(const kwhatif::estimate::RunInputs<double>& in) {
  return *in.get<kwhatif::estimate::Slot::wall_time>();
}
void per_device(kwhatif::estimate::RunInputs<double>& in, DevicePower<> power) {
  in.set<kwhatif::estimate::Slot::power>(power);
}
