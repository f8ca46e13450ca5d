// The system's zlib: gzip archives of the data sets are read through it.
#pragma once
#include <zlib.h>
