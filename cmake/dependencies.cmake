# springspice_find(PACKAGE APT ...): find_package, and the apt package's name where it is missing.
macro(springspice_find package apt)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} is missing: apt-get install ${apt} (or run tools/install-deps.sh)")
  endif()
endmacro()

springspice_find(Eigen3 libeigen3-dev 3.4 NO_MODULE)
springspice_find(fmt libfmt-dev)
springspice_find(nlohmann_json nlohmann-json3-dev)
springspice_find(Boost libboost-program-options-dev COMPONENTS program_options)

include(${CMAKE_CURRENT_LIST_DIR}/plain_packages.cmake)
springspice_find_plain(random123 Random123/threefry.h "" librandom123-dev)
springspice_find_plain(ngspice ngspice/sharedspice.h ngspice libngspice0-dev)
