// One recorded operation: of two numbers, and over the lanes of a block in loops that vectorise.
#include "sweep_kernel.hpp"

namespace kwhatif::grid {

using number::Operation;

namespace {

KWHATIF_WIDE void multiply(double* out, const double* a, bool va, const double* b, bool vb, std::size_t n) {
  if (va && vb) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] * b[i];
  } else {
    const double* varying = va ? a : b;
    const double fixed = va ? *b : *a;
    for (std::size_t i = 0; i < n; ++i) out[i] = varying[i] * fixed;  // x · y is y · x, bit for bit
  }
}

KWHATIF_WIDE void divide(double* out, const double* a, bool va, const double* b, bool vb, std::size_t n) {
  if (va && vb) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] / b[i];
  } else if (va) {
    const double y = *b;
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] / y;
  } else {
    const double x = *a;
    for (std::size_t i = 0; i < n; ++i) out[i] = x / b[i];
  }
}

KWHATIF_WIDE void add(double* out, const double* a, bool va, const double* b, bool vb, std::size_t n,
                      double sign) {
  if (va && vb) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] + sign * b[i];
  } else if (va) {
    const double y = sign * *b;
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] + y;
  } else {
    const double x = *a;
    for (std::size_t i = 0; i < n; ++i) out[i] = x + sign * b[i];
  }
}

}  // namespace

double operate(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::add:
      return a + b;
    case Operation::subtract:
      return a - b;
    case Operation::multiply:
      return a * b;
    case Operation::divide:
      return a / b;
    default:
      return a;
  }
}

void operate(Operation operation, double* out, const double* a, bool a_varies, const double* b, bool b_varies,
             std::size_t n) {
  switch (operation) {
    case Operation::multiply:
      multiply(out, a, a_varies, b, b_varies, n);
      break;
    case Operation::divide:
      divide(out, a, a_varies, b, b_varies, n);
      break;
    case Operation::add:
      add(out, a, a_varies, b, b_varies, n, 1);
      break;
    default:
      add(out, a, a_varies, b, b_varies, n, -1);
      break;
  }
}

}  // namespace kwhatif::grid
