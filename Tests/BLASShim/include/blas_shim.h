// Loaded into a program with LD_PRELOAD, this library counts the program's calls of cblas_sgemm and passes them on.
//
// When the process exits, two numbers are written to the file named by PCNLAB_BLAS_COUNT: the calls, and their floating-point
// operations, 2·M·N·K for each call.
