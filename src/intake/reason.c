/* SPDX-License-Identifier: MIT */
/* Decisions in words: the tables of reasons.def and passed.def. */
#include <string.h>

#include "intake/decide.h"

#define PASSED_BITS 8
#define VALUE_MAX   (UINT32_MAX >> PASSED_BITS)

static const struct {
	const char *code;
	const char *text;
} reasons[REASON_COUNT] = {
#define R(id, code, text) [REASON_##id] = {code, text},
#include "intake/reasons.def"
#undef R
};

const char *
reason_code(enum reason reason)
{
	return reasons[reason].code;
}

enum reason
reason_find(const char *code)
{
	enum reason i = 0;

	while (i < REASON_COUNT && g_strcmp0(reasons[i].code, code) != 0)
		i++;
	return i;
}

char *
reason_text(enum reason reason, uint64_t id, const char *detail)
{
	GString *text = g_string_new(NULL);

	if (reason >= REASON_COUNT)
		return g_string_free(text, FALSE);
	for (const char *at = reasons[reason].text; *at != '\0'; at++) {
		if (at[0] == '%' && at[1] == 'i')
			g_string_append_printf(text, "%" PRIu64, id);
		else if (at[0] == '%' && at[1] == 'd')
			g_string_append(text, detail != NULL ? detail : "");
		else
			g_string_append_c(text, *at);
		if (*at == '%')
			at++;
	}
	return g_string_free(text, FALSE);
}

const char *
action_name(Rec__Action action)
{
	static const char *const names[] = {"create", "append", "hold",
	    "reject", "discard", "duplicate", "command"};

	return (size_t)action < COUNT(names) ? names[action] : "unknown";
}

/* ---- rules that did not apply -------------------------------------------- */

static const struct {
	const char *rule;
	const char *text;
} passed_rows[PASSED_COUNT] = {
#define P(id, rule, text) [PASSED_##id] = {rule, text},
#include "intake/passed.def"
#undef P
};

uint32_t
passed_pack(enum passed passed, uint64_t value)
{
	_Static_assert(PASSED_COUNT <= 1 << PASSED_BITS, "one byte each");
	return (uint32_t)MIN(value, VALUE_MAX) << PASSED_BITS |
	    (uint32_t)passed;
}

static enum passed
passed_of(uint32_t packed)
{
	return (enum passed)(packed & ((1u << PASSED_BITS) - 1));
}

const char *
passed_rule(uint32_t packed)
{
	const enum passed passed = passed_of(packed);

	return passed < PASSED_COUNT ? passed_rows[passed].rule : "";
}

char *
passed_text(uint32_t packed)
{
	const enum passed passed = passed_of(packed);
	g_auto(GStrv) halves = NULL;
	g_autofree char *value = NULL;

	if (passed >= PASSED_COUNT)
		return g_strdup("");
	halves = g_strsplit(passed_rows[passed].text, "%v", 2);
	value = g_strdup_printf("%u", packed >> PASSED_BITS);
	return g_strjoinv(value, halves);
}
