include(CMakePackageConfigHelpers)

install(EXPORT springspice NAMESPACE springspice:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/springspice
        FILE springspice-targets.cmake)
configure_package_config_file(cmake/springspice-config.cmake.in
                              ${CMAKE_CURRENT_BINARY_DIR}/springspice-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/springspice)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/springspice-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/springspice-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/springspice-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/springspice)
