/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim daemon: lines for the operator on standard error.
 */
#ifndef NICSIM_SAY_H
#define NICSIM_SAY_H

/**
 * nicsim_say() - "nicsim: WHO: TEXT" as one line, in one write, so that lines of several daemons on
 * one terminal do not mix
 * @who: a port's name, or NULL
 */
void nicsim_say(const char *who, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif /* NICSIM_SAY_H */
