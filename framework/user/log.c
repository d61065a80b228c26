// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Messages to the application or to standard error. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include <nax/app.h>

#include "user.h"

static void log_stderr(void *arg, int level, const char *port, const char *text)
{
	static const char *const name[] = { "error", "warning", "info", "debug" };

	/* one call, so that lines of several threads do not mix */
	fprintf(stderr, "nax: %s%s%s: %s\n", port ? port : "", port ? ": " : "", name[level & 3],
		text);
}

static struct {
	pthread_mutex_t lock;
	void (*fn)(void *arg, int level, const char *port, const char *text);
	void *arg;
	int max_level;
} sink = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.fn = log_stderr,
	.max_level = NAX_LOG_WARN,
};

/* Held for the whole call: after nax_log_set() returns, the old function is not running. */
void nax_user_log(enum nax_log_level level, const char *port, const char *text)
{
	pthread_mutex_lock(&sink.lock);
	if ((int)level <= sink.max_level)
		sink.fn(sink.arg, (int)level, port, text);
	pthread_mutex_unlock(&sink.lock);
}

void nax_user_logf(enum nax_log_level level, const char *port, const char *fmt, ...)
{
	char text[NAX_ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	nax_user_log(level, port, text);
}

void nax_log_set(void (*fn)(void *arg, int level, const char *port, const char *text), void *arg,
		 int max_level)
{
	pthread_mutex_lock(&sink.lock);
	sink.fn = fn ? fn : log_stderr;
	sink.arg = arg;
	sink.max_level = max_level;
	pthread_mutex_unlock(&sink.lock);
}
