// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which datapath of a driver a port uses: the best that the CPU can run, or what NAX_VECTOR in the
 * environment says. They register from constructors, before main(), as drivers do.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user.h"

#define VARIANT_ENV	"NAX_VECTOR"
#define VARIANT_NONE	"none"
#define PATHS_MAX	16

static const struct nax_vector_path *paths[PATHS_MAX];
static unsigned int n_paths;

/**
 * struct variant_set - an instruction set
 * @name: as NAX_V_NAME has it
 * @usable: whether this CPU has it
 */
struct variant_set {
	const char *name;
	bool (*usable)(void);
};

#if defined(__x86_64__)
static bool has_sse42(void)
{
	return __builtin_cpu_supports("sse4.2");
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

/* The better ones come later. */
static const struct variant_set sets[] = {
	{ "sse42", has_sse42 },
	{ "avx2", has_avx2 },
};
#elif defined(__aarch64__)
static bool has_neon(void)
{
	return true; /* part of the base architecture */
}

static const struct variant_set sets[] = {
	{ "neon", has_neon },
};
#else
static const struct variant_set sets[] = {};
#endif

void nax_vector_register(const struct nax_vector_path *v)
{
	if (n_paths == PATHS_MAX) {
		/* constructor time: the application has had no chance to set a log function */
		fprintf(stderr, "nax: driver %s, %s not registered: the limit is %d\n", v->driver,
			v->set, PATHS_MAX);
		return;
	}
	paths[n_paths++] = v;
}

static const struct nax_vector_path *find_path(const char *driver, const char *set)
{
	unsigned int i;

	for (i = 0; i < n_paths; i++)
		if (!strcmp(paths[i]->driver, driver) && !strcmp(paths[i]->set, set))
			return paths[i];
	return NULL;
}

static int refuse(const char *name, int code, const char *why, struct nax_error *err)
{
	char list[64] = VARIANT_NONE;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sets); i++)
		if (sets[i].usable())
			snprintf(list + strlen(list), sizeof(list) - strlen(list), ", %s",
				 sets[i].name);
	return nax_error_set(err, code, "%s is \"%.32s\": %s: must be one of %s", VARIANT_ENV, name,
			     why, list);
}

static int forced_path(const char *name, const char *driver, const struct nax_vector_path **path,
		       struct nax_error *err)
{
	size_t i;

	if (!strcmp(name, VARIANT_NONE))
		return 0;
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		if (strcmp(name, sets[i].name))
			continue;
		if (!sets[i].usable())
			return refuse(name, -EOPNOTSUPP, "this CPU does not have it", err);
		*path = find_path(driver, name);
		return 0;
	}
	return refuse(name, -EINVAL, "not an instruction set of this architecture", err);
}

int nax_variant_choose(const char *driver, const struct nax_vector_path **path,
		       struct nax_error *err)
{
	const char *name = getenv(VARIANT_ENV);
	const struct nax_vector_path *found;
	size_t i;

	*path = NULL;
	if (name && *name)
		return forced_path(name, driver, path, err);
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		found = find_path(driver, sets[i].name);
		if (found && sets[i].usable())
			*path = found;
	}
	return 0;
}
