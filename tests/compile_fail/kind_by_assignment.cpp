// expect: conversion from
#include <kwhatif/quantity/kinds.hpp>

using namespace kwhatif::quantity;

FacilityEnergy<> wrong(Quantity<dim::energy> energy) {
  FacilityEnergy<> facility = energy;
  return facility;
}
