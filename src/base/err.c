/* SPDX-License-Identifier: MIT */
/*
 * The error kinds as a table and the two functions behind `fail` and
 * `fail_while`. The domain and the lower-case names are made before main, so
 * that nothing here needs a lock. Any thread.
 */
#include "base/err.h"

#define ERR_NAME_MAX 16

static GQuark domain;
static char name[ERR_COUNT][ERR_NAME_MAX];

static const struct err_row rows[] = {
#define E(kind, reply, http, exit, again, words)                               \
	[ERR_##kind] = {name[ERR_##kind], reply, http, exit, again, words},
#include "base/err.def"
#undef E
};
_Static_assert(COUNT(rows) == ERR_COUNT, "one row a kind");

/* The constants are upper case, problem documents want lower case. */
__attribute__((constructor)) static void
err_prepare(void)
{
	static const char *const constant[] = {
#define E(kind, reply, http, exit, again, words) #kind,
#include "base/err.def"
#undef E
	};

	domain = g_quark_from_static_string("maildesk");
	for (size_t k = 0; k < COUNT(constant); k++) {
		const char *c = constant[k];

		for (size_t i = 0; c[i] != '\0' && i < ERR_NAME_MAX - 1; i++)
			name[k][i] = g_ascii_tolower(c[i]);
	}
}

GQuark
err_domain(void)
{
	return domain;
}

const struct err_row *
err_row(enum err_kind kind)
{
	assert((unsigned)kind < ERR_COUNT);
	return &rows[kind];
}

enum err_kind
err_kind(const GError *error)
{
	if (error == NULL || error->domain != domain)
		return ERR_TEMP;
	assert((unsigned)error->code < ERR_COUNT);
	return (enum err_kind)error->code;
}

bool
err_is(const GError *error, enum err_kind kind)
{
	return error != NULL && err_kind(error) == kind;
}

void
err_set(GError **error, enum err_kind kind, const char *format, ...)
{
	va_list args;

	if (error == NULL)
		return;
	assert(*error == NULL);
	va_start(args, format);
	*error = g_error_new_valist(domain, (gint)kind, format, args);
	va_end(args);
}

void
err_prefix(GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	if (error == NULL || *error == NULL)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_prefix_error(error, "%s: ", text);
}
