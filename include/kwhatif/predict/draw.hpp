// draw: what a device draws while it trains, from how busy it is.
//
//   board  = idle + (TDP - idle) (floor + (1 - floor) · dynamic),  dynamic = min(1, busy (c x + m (1 - x)))
//   system = losses · board + host
//
// busy is the share of time in which the device works (waiting for host, network and pipeline apart), x the
// share of arithmetic in that work: both from times(). So that a slower run draws less, power is drawn
// together with time. Devices without TDP (TPUs) are known by the power of a whole system per chip.
#pragma once

#include <kwhatif/number/math.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace kwhatif::predict {

/// Constants of the draw (rows "draw-…" of the tables).
struct DrawConstants {
  double idle = 0;                            ///< share of TDP, where no idle power is known
  double floor = 0;                           ///< dynamic share of a device that waits within a job
  double arithmetic = 0, memory = 0;          ///< dynamic draw per busy share, from Hopper on
  double old_arithmetic = 0, old_memory = 0;  ///< the same of older devices
  double losses = 0;                          ///< of the supply, system over board
  double host_air = 0, host_liquid = 0;       ///< share of TDP
  double host_images = 0;                     ///< added where the CPUs decode images
  double chip_floor = 0;                      ///< share of the most that an idle chip's system draws (no TDP)
  double chip_board = 0;                      ///< system over chip alone
  double superchip_board = 0, superchip_host = 0;  ///< TDP that holds CPU and memory
  double cpu_floor = 0;                            ///< share of TDP that an idle CPU draws
  double cpu_host = 0;                             ///< memory, fans and supply over TDP
};
struct DrawField {
  std::string_view name;
  double DrawConstants::*member;
};
inline constexpr std::array draw_fields{
    DrawField{"idle", &DrawConstants::idle},
    DrawField{"floor", &DrawConstants::floor},
    DrawField{"arithmetic", &DrawConstants::arithmetic},
    DrawField{"memory", &DrawConstants::memory},
    DrawField{"old-arithmetic", &DrawConstants::old_arithmetic},
    DrawField{"old-memory", &DrawConstants::old_memory},
    DrawField{"losses", &DrawConstants::losses},
    DrawField{"host-air", &DrawConstants::host_air},
    DrawField{"host-liquid", &DrawConstants::host_liquid},
    DrawField{"host-images", &DrawConstants::host_images},
    DrawField{"chip-floor", &DrawConstants::chip_floor},
    DrawField{"chip-board", &DrawConstants::chip_board},
    DrawField{"superchip-board", &DrawConstants::superchip_board},
    DrawField{"superchip-host", &DrawConstants::superchip_host},
    DrawField{"cpu-floor", &DrawConstants::cpu_floor},
    DrawField{"cpu-host", &DrawConstants::cpu_host},
};

/// A device as its draw sees it.
template <number::Number T>
struct Supply {
  T tdp{};                            ///< of the board                              [W] where known
  std::optional<T> idle;              ///< measured                                  [W]
  std::optional<T> host;              ///< share of the host per device              [W]
  std::optional<T> most;              ///< of a system per chip, where there is no TDP  [W]
  std::optional<double> most_spread;  ///< standard deviation of ln of that, where the tables tell
  bool old = false;                   ///< before Hopper: does not reach its TDP
  bool superchip = false;             ///< TDP holds the CPU
  bool liquid = false;                ///< liquid or immersion cooling
  bool images = false;                ///< the CPUs decode images
  bool cpu = false;                   ///< the device is a CPU: its host is the rest of the node
  friend bool operator==(const Supply&, const Supply&) = default;
};

template <number::Number T>
struct Draw {
  T board;    ///< [W]
  T system;   ///< [W] with its share of host, memory, network; without PUE
  T moving;   ///< share of the system's draw that follows how busy the device is  [1]
  T dynamic;  ///< how busy that is, before it is capped at 1                      [1]
};

/// Average draw of a device.
///
/// @param busy        share of time in which the device works   [1] 0 to 1
/// @param arithmetic  share of arithmetic in that work          [1] 0 to 1
/// @param productive  share of wall time in steps               [1] 0 to 1
/// @return            [W]; never below idle, never above losses · TDP + host
/// @source            kwhatif, data/predict/README.md
/// @tested            29 worked cases of an independent implementation; property: does not fall with busy
template <number::Number T>
Draw<T> draw(const DrawConstants& c, const Supply<T>& s, const T& busy, const T& arithmetic,
             const T& productive) {
  const T one{1.0};
  if (s.most || s.cpu) {
    const T most = s.most ? *s.most : s.tdp * T{1 + c.cpu_host};
    const T still = s.most ? most * T{c.chip_floor} : s.tdp * T{c.cpu_floor + c.cpu_host};
    const T moving = (most - still) * number::least(one, busy);
    const T system = still + moving;
    const T board = s.most ? system / T{c.chip_board} : system - s.tdp * T{c.cpu_host};
    return {board, system, moving / system, busy};
  }
  const T idle = s.idle.value_or(T{c.idle} * s.tdp);
  const T dynamic = busy * (T{s.old ? c.old_arithmetic : c.arithmetic} * arithmetic +
                            T{s.old ? c.old_memory : c.memory} * (one - arithmetic));
  const T span = s.tdp - idle;
  const T still = idle + span * T{c.floor};
  const T moving = span * T{1 - c.floor} * productive * number::least(one, dynamic);
  const T kept{s.superchip ? c.superchip_board : 1.0};
  const T board = (still + moving) * kept;
  const double share = (s.superchip ? c.superchip_host
                        : s.liquid  ? c.host_liquid
                                    : c.host_air) +
                       (s.images ? c.host_images : 0.0);
  const T system = T{c.losses} * board + s.host.value_or(s.tdp * T{share});
  return {board, system, T{c.losses} * kept * moving / system, dynamic};
}

}  // namespace kwhatif::predict
