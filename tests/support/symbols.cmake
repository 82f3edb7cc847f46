# The library calls no function that converts as the locale says. Sees what no search of the sources can tell:
# std::to_string(double) and stream << double. Left out are the doors to TOML and JSON, whose libraries read and write a
# point whatever the locale, and trace_columns, where std::regex reads the digits of its own counts.
execute_process(COMMAND "${NM}" -C -u -o "${LIBRARY}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "[^\n]*(toml|config_json|image_size|trace_json|json_[a-z_]*|render_json|show|sweep_part|json|boamps|cyclonedx|spdx|trace_columns)\\.cpp\\.o:[^\n]*\n" "" symbols "${symbols}")
string(REGEX MATCHALL
       "[^\n/]*\\.o: +U (v?sn?printf|strto[a-z]+|__isoc23_strto[a-z]+|ato[a-z]+|[a-z]*scanf|setlocale|localeconv|std::[io]stream& std::[io]stream::_M_(insert|extract)<[^\n]*)[^\n]*"
       found "${symbols}")
if(found)
  list(JOIN found "\n  " found)
  message(FATAL_ERROR "depends on the locale:\n  ${found}")
endif()
if(NOT symbols MATCHES "to_chars")
  message(FATAL_ERROR "no symbols were read")
endif()
