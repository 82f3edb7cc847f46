// What the compiler can promise about quantities.
#include "support/catch.hpp"
#include <kwhatif/quantity/kinds.hpp>

#include <concepts>
#include <type_traits>

namespace kwhatif::quantity {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a < b;
};

// products and quotients have the dimension that the formula means
static_assert(std::same_as<decltype(DeviceTime<>{} * DevicePower<>{}), Quantity<dim::energy>>);
static_assert(std::same_as<decltype(TrainingFlop<>{} / DeviceFlopRate<>{}), DeviceTime<>>);
static_assert(std::same_as<decltype(Devices<>{} * WallTime<>{}), DeviceTime<>>);
static_assert(std::same_as<decltype(FacilityEnergy<>{} * CarbonIntensity<>{}), Quantity<dim::co2e>>);
static_assert(
    std::same_as<decltype(FlopPerParameterToken<>{} * Parameters<>{} * Tokens<>{}), TrainingFlop<>>);
static_assert(std::same_as<decltype(DeviceTime<>{} * DevicePrice<>{}), Money<>>);
static_assert(dim::power * dim::time == dim::energy);
static_assert(dim::one == dim::flop / dim::flop);
static_assert(inverse(inverse(dim::carbon_intensity)) == dim::carbon_intensity);
static_assert(per_any_device(dim::device_power) == dim::power);

// one number, nothing else
static_assert(sizeof(FacilityEnergy<double>) == sizeof(double));
static_assert(sizeof(Ratio<float>) == sizeof(float));
static_assert(alignof(Power<double>) == alignof(double));
static_assert(std::is_trivially_copyable_v<FacilityEnergy<double>>);
static_assert(std::is_trivially_destructible_v<FacilityEnergy<double>>);
static_assert(std::is_standard_layout_v<OperationalLocation<double>>);
static_assert(std::is_nothrow_default_constructible_v<Ratio<double>>);

// what has the same dimension but means something else stays apart
static_assert(Addable<ItEnergy<>, ItEnergy<>>);
static_assert(!Addable<ItEnergy<>, FacilityEnergy<>>);
static_assert(!Addable<OperationalLocation<>, OperationalMarket<>>);
static_assert(!Addable<FacilityEnergy<>, Power<>>);
static_assert(!Addable<Power<>, DevicePower<>>);
static_assert(!Addable<Power<>, double>);
static_assert(!Comparable<ItEnergy<>, FacilityEnergy<>>);
static_assert(Comparable<FacilityEnergy<>, FacilityEnergy<>>);
static_assert(!std::convertible_to<double, Power<>>);
static_assert(!std::constructible_from<Power<>, double>);
static_assert(!std::convertible_to<Quantity<dim::energy>, FacilityEnergy<>>, "a kind is only given by name");
static_assert(std::constructible_from<FacilityEnergy<>, Quantity<dim::energy>>);
static_assert(!std::constructible_from<FacilityEnergy<>, ItEnergy<>>);
static_assert(!std::constructible_from<WallTime<>, DeviceTime<>>);

// usable at compile time
static_assert((Power<>::from_coherent(330) + Power<>::from_coherent(20)).coherent() == 350);
static_assert(Power<>::from_coherent(1) < Power<>::from_coherent(2));

TEST_CASE("quantities count in the coherent unit and keep their kind through sums") {
  const auto it = ItEnergy<>{DeviceTime<>::from_coherent(3600) * DevicePower<>::from_coherent(1000)};
  const auto twice = it + it;
  STATIC_REQUIRE(std::same_as<decltype(twice), const ItEnergy<>>);
  CHECK(twice.coherent() == 7.2e6);
  CHECK((twice - it).coherent() == 3.6e6);
  CHECK(it.plain().coherent() == it.coherent());
}

TEST_CASE("every dimension of the subject has a name for messages") {
  CHECK(describe(dim::power) == "power");
  CHECK(describe(dim::device_power) == "power per device");
  CHECK(describe(dim::carbon_intensity) == "mass of CO2e per energy");
  CHECK(describe(dim::one) == "a plain number");
  CHECK(describe(dim::device_time) == "device-time");
  CHECK(describe(dim::device_flop_rate) == "FLOP per second per device");
  CHECK(describe(dim::power * dim::power) == "a compound of units");
}

}  // namespace
}  // namespace kwhatif::quantity
