// Loaded into a program with LD_PRELOAD, this library makes chosen calls of the C library fail, or kills the process at them.
//
// PCNLAB_FAULT is one rule, "CALL PATTERN COUNT WHEN": at the COUNTth CALL (write, pwrite, fsync, fdatasync, rename, unlink; link
// counts as rename) whose file's path matches PATTERN (fnmatch, where * also matches slashes), the process is killed before,
// half-way through (writes only) or after the call; with "stop", it is stopped before the call until it receives SIGCONT.
//
// PCNLAB_FAULT_SWITCHES is a folder. While it holds a file
//   full    nothing can be written under a lab (ENOSPC)
//   denied  nothing can be made or opened for writing under a lab's checkpoints (EACCES)
//   clock   its text is added, in seconds, to the time of day
