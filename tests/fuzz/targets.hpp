// Inputs that anybody can give the program, each as a function of arbitrary bytes.
//
// What must hold for any bytes: no crash, no hang, only the project's own errors, and no number that is not
// finite. A target says so by returning; what is broken ends in broken(), an escaped exception or a
// sanitizer's report. fuzz_main.cpp turns one of them into a libFuzzer program, replay_main.cpp runs files of
// tests/fuzz/corpus through it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kwhatif::fuzz {

struct Target {
  std::string_view name;  ///< folder of its seeds below tests/fuzz/corpus
  void (*run)(std::string_view input);
};

std::span<const Target> targets();
/// The one that `--target=NAME` of a command line names; ends the process where there is none.
const Target& chosen(int count, char** words);

/// Something that must hold for any input does not: says so and aborts.
[[noreturn]] void broken(const std::string& what);

/// A folder of this process that goes away with it, made the working folder: what an input names relative to
/// it, and what it writes, stays inside.
const std::string& own_folder();

void run_file(std::string_view input);
void config(std::string_view input);
void quantity(std::string_view input);
void where(std::string_view input);
void axis(std::string_view input);
void trace(std::string_view input);
void data(std::string_view input);
void argv(std::string_view input);
void import_file(std::string_view input);

}  // namespace kwhatif::fuzz
