/* SPDX-License-Identifier: MIT */
/*
 * Configuration: defaults from config.def, then the file, then --set. Unknown
 * groups and keys are errors. Main thread.
 */
#ifndef MAIN_CONFIG_H
#define MAIN_CONFIG_H

#include "base/base.h"
#include "base/err.h"

enum option {
#define O(id, group, key, type, value, min, max, reload, help) OPTION_##id,
#include "main/config.def"
#undef O
	OPTION_COUNT
};

struct config;

/* `path` may be NULL (defaults only). */
struct config *config_load(const char *path, GError **error) MUST_CHECK;
void config_free(struct config **config);
/* "GROUP.KEY=VALUE", as --set gives it. */
bool config_set(struct config *config, const char *assignment, GError **error)
    MUST_CHECK;
/* Borrowed. */
const char *config_text(const struct config *config, enum option option);
/* Numbers, bytes, milliseconds. */
uint64_t config_number(const struct config *config, enum option option);
/* Every option with its help, as an example file. */
char *config_example(void);

#endif
