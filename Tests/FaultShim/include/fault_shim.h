// Loaded into a program with LD_PRELOAD, this library makes chosen calls of the C library fail, or the process die at them.
//
// PCNLAB_FAULT is one rule, "CALL PATTERN COUNT WHEN": at the COUNTth CALL (write, pwrite, fsync, fdatasync, rename, link as rename, unlink)
// whose file's path matches PATTERN (as a shell would, * over slashes too), the process is killed before, half-way through
// (writes alone) or after it; or, with "stop", stopped before it until somebody continues it.
//
// PCNLAB_FAULT_SWITCHES is a folder. While it holds a file
//   full    nothing can be written under a lab (ENOSPC)
//   denied  nothing can be made or opened for writing under a lab's checkpoints (EACCES)
//   clock   its text is added, in seconds, to the time of day
