# Packages without a CMake config of their own, as targets springspice::NAME. Read by this build, and
# installed with the package config: whoever links the libraries finds them in the same way.

# springspice_find_plain(NAME HEADER LIBRARY APT): LIBRARY may be "", where there are headers alone.
function(springspice_find_plain name header library apt)
  if(TARGET springspice::${name})
    return()
  endif()
  string(TOUPPER SPRINGSPICE_${name} upper)
  find_path(${upper}_INCLUDE_DIR ${header} PATH_SUFFIXES suitesparse)
  mark_as_advanced(${upper}_INCLUDE_DIR)
  if(NOT ${upper}_INCLUDE_DIR)
    message(FATAL_ERROR "${header} is missing: apt-get install ${apt}")
  endif()
  add_library(springspice::${name} INTERFACE IMPORTED)
  target_include_directories(springspice::${name} SYSTEM INTERFACE ${${upper}_INCLUDE_DIR})
  if(library)
    find_library(${upper}_LIBRARY ${library})
    mark_as_advanced(${upper}_LIBRARY)
    if(NOT ${upper}_LIBRARY)
      message(FATAL_ERROR "lib${library} is missing: apt-get install ${apt}")
    endif()
    target_link_libraries(springspice::${name} INTERFACE ${${upper}_LIBRARY})
  endif()
endfunction()

# What the libraries link, besides packages with a config. Random123 and ngspice are none of that:
# headers alone, and the worker's.
springspice_find_plain(csv csv.h csv libcsv-dev)
springspice_find_plain(cholmod cholmod.h cholmod libsuitesparse-dev)
springspice_find_plain(klu klu.h klu libsuitesparse-dev)
