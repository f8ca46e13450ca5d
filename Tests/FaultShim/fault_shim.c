// Documented in include/fault_shim.h.
#define _GNU_SOURCE
#include "fault_shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char rule_call[16], rule_pattern[256], rule_when[16];
static atomic_int rule_left;
static const char *switches;

__attribute__((constructor)) static void read_rule(void) {
    const char *rule = getenv("PCNLAB_FAULT");
    int count = 0;
    if (rule && sscanf(rule, "%15s %255s %d %15s", rule_call, rule_pattern, &count, rule_when) == 4) rule_left = count;
    switches = getenv("PCNLAB_FAULT_SWITCHES");
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/// Whether the rule applies to this call.
static int is_due(const char *call, const char *path) {
    if (!rule_call[0] || strcmp(call, rule_call) != 0 || fnmatch(rule_pattern, path, 0) != 0) return 0;
    return atomic_fetch_sub(&rule_left, 1) == 1;
}

static const char *path_of(int file, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

static int is_on(const char *name) {
    if (!switches) return 0;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", switches, name);
    int error = errno, found = access(path, F_OK) == 0;
    errno = error;
    return found;
}

static int is_in_lab(const char *path) { return strstr(path, "/.pcnlab/") != NULL; }

static int is_full(const char *path) {
    if (!is_in_lab(path) || !is_on("full")) return 0;
    errno = ENOSPC;
    return 1;
}

// SIGSTOP is raised on the calling thread: a signal to the process may be delivered to another thread while this one continues.
#define CALL(name, path, result, half)                   \
    do {                                                 \
        int due = is_due(name, path);                    \
        if (due && strcmp(rule_when, "stop") == 0) {     \
            raise(SIGSTOP);                              \
            due = 0;                                     \
        }                                                \
        if (due && strcmp(rule_when, "before") == 0) die(); \
        if (due && strcmp(rule_when, "half") == 0) {     \
            half;                                        \
            die();                                       \
        }                                                \
        __typeof__(result) outcome = (result);           \
        if (due) die();                                  \
        return outcome;                                  \
    } while (0)

ssize_t write(int file, const void *bytes, size_t count) {
    char memory[PATH_MAX];
    const char *path = path_of(file, memory);
    if (is_full(path)) return -1;
    CALL("write", path, REAL(write)(file, bytes, count), REAL(write)(file, bytes, count / 2));
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    char memory[PATH_MAX];
    const char *path = path_of(file, memory);
    if (is_full(path)) return -1;
    CALL("pwrite", path, REAL(pwrite)(file, bytes, count, offset), REAL(pwrite)(file, bytes, count / 2, offset));
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    char memory[PATH_MAX];
    const char *path = path_of(file, memory);
    if (is_full(path)) return -1;
    CALL("pwrite", path, REAL(pwrite64)(file, bytes, count, offset), REAL(pwrite64)(file, bytes, count / 2, offset));
}

int fsync(int file) {
    char memory[PATH_MAX];
    CALL("fsync", path_of(file, memory), REAL(fsync)(file), (void)0);
}

// SQLite calls this in place of fsync.
int fdatasync(int file) {
    char memory[PATH_MAX];
    CALL("fsync", path_of(file, memory), REAL(fdatasync)(file), (void)0);
}

int rename(const char *from, const char *to) { CALL("rename", to, REAL(rename)(from, to), (void)0); }

// A checkpoint gets its name by a hard link.
int link(const char *from, const char *to) { CALL("rename", to, REAL(link)(from, to), (void)0); }

int unlink(const char *path) { CALL("unlink", path, REAL(unlink)(path), (void)0); }

int remove(const char *path) { CALL("unlink", path, REAL(remove)(path), (void)0); }

int unlinkat(int folder, const char *path, int flags) {
    CALL("unlink", path, REAL(unlinkat)(folder, path, flags), (void)0);
}

static int is_denied(const char *path, int flags) {
    if ((flags & O_ACCMODE) == O_RDONLY || !strstr(path, "/.pcnlab/checkpoints/") || !is_on("denied")) return 0;
    errno = EACCES;
    return 1;
}

int mkdir(const char *path, mode_t mode) {
    if (is_full(path) || is_denied(path, O_WRONLY)) return -1;
    return REAL(mkdir)(path, mode);
}

static mode_t mode_of(int flags, va_list arguments) {
    return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(arguments, int) : 0;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return is_denied(path, flags) ? -1 : REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return is_denied(path, flags) ? -1 : REAL(open64)(path, flags, mode);
}

/// Seconds by which the time of day is shifted.
static time_t clock_offset(void) {
    if (!is_on("clock")) return 0;
    char path[PATH_MAX], text[32] = {0};
    snprintf(path, sizeof path, "%s/clock", switches);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (!fgets(text, sizeof text, file)) text[0] = 0;
    fclose(file);
    return (time_t)atoll(text);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = REAL(clock_gettime)(clock, time);
    if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += clock_offset();
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    int result = REAL(gettimeofday)(time, zone);
    if (result == 0) time->tv_sec += clock_offset();
    return result;
}
