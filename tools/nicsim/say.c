// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: lines for the operator.
 */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "say.h"

void nicsim_say(const char *who, const char *fmt, ...)
{
	char line[1024];
	size_t room = sizeof(line) - 1;		/* the newline's place */
	size_t len;
	va_list args;
	int n;

	n = snprintf(line, room, who ? "nicsim: %s: " : "nicsim: ", who);
	len = n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
	va_start(args, fmt);
	n = vsnprintf(line + len, room - len, fmt, args);
	va_end(args);
	if (n > 0)
		len += (size_t)n < room - len ? (size_t)n : room - len - 1;
	line[len++] = '\n';
	/* nobody is left to tell when standard error itself fails */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}
