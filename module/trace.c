// SPDX-License-Identifier: GPL-2.0-only
/* The one place that defines the tracepoints. */
#define CREATE_TRACE_POINTS
#include <axvcpu/trace.h>
