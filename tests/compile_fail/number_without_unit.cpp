// expect: conversion from 'double'
#include <kwhatif/quantity/kinds.hpp>

using namespace kwhatif::quantity;

Power<> wrong() {
  Power<> power = 330.0;
  return power;
}
