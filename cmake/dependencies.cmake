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

# Packages without a CMake config of their own.
function(springspice_find_plain target header library apt)
  string(TOUPPER ${target} upper)
  find_path(${upper}_INCLUDE_DIR ${header})
  if(NOT ${upper}_INCLUDE_DIR)
    message(FATAL_ERROR "${header} is missing: apt-get install ${apt} (or run tools/install-deps.sh)")
  endif()
  add_library(springspice_${target} INTERFACE)
  add_library(springspice::${target} ALIAS springspice_${target})
  target_include_directories(springspice_${target} SYSTEM INTERFACE
                             $<BUILD_INTERFACE:${${upper}_INCLUDE_DIR}>)
  if(library)
    find_library(${upper}_LIBRARY ${library})
    if(NOT ${upper}_LIBRARY)
      message(FATAL_ERROR "lib${library} is missing: apt-get install ${apt} (or run tools/install-deps.sh)")
    endif()
    target_link_libraries(springspice_${target} INTERFACE $<BUILD_INTERFACE:${${upper}_LIBRARY}>
                                                          $<INSTALL_INTERFACE:${library}>)
  endif()
  set_target_properties(springspice_${target} PROPERTIES EXPORT_NAME ${target})
  install(TARGETS springspice_${target} EXPORT springspice)
endfunction()

springspice_find_plain(csv csv.h csv libcsv-dev)
springspice_find_plain(random123 Random123/threefry.h "" librandom123-dev)
springspice_find_plain(ngspice ngspice/sharedspice.h ngspice libngspice0-dev)
