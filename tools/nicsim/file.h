/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files that are written. */
#ifndef NICSIM_FILE_H
#define NICSIM_FILE_H

#include <stdio.h>

/**
 * file_create() - an empty file to write to, or a FIFO
 * @path: where
 *
 * A FIFO must have a reader: to wait for one could not be ended by a signal, which is blocked for
 * signalfd.
 *
 * Return: the file, or NULL with errno; ENXIO: a FIFO without a reader.
 */
FILE *file_create(const char *path);

#endif /* NICSIM_FILE_H */
