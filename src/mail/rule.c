/* SPDX-License-Identifier: MIT */
/* All tables of rules, for tests; see rule.h. */
#include "mail/rule.h"

#include "mail/auto.h"
#include "mail/bounce.h"
#include "mail/calendar.h"
#include "mail/charset.h"
#include "mail/detect.h"
#include "mail/entity.h"
#include "mail/holder.h"
#include "mail/html_look.h"
#include "mail/name.h"
#include "mail/part.h"
#include "mail/reply.h"
#include "mail/stub.h"
#include "mail/thanks.h"

/* owner: a test's one thread */
static const void *taken_away;

/* Each gives its i-th table, false behind its last. */
static bool (*const sources[])(size_t, struct rule_table *) = {
    auto_rules,
    bounce_rules,
    charset_rules,
    detect_rules,
    look_rules,
    reply_rules,
    entity_rules,
    holder_rules,
    part_rules,
    name_rules,
    stub_rules,
    calendar_rules,
    thanks_rules,
};

bool
rule_is_on(const void *row)
{
	return row != taken_away;
}

void
rule_take_away(const void *row)
{
	taken_away = row;
}

bool
rule_table(size_t i, struct rule_table *out)
{
	for (size_t s = 0; s < COUNT(sources); s++)
		for (size_t k = 0; sources[s](k, out); k++)
			if (i-- == 0)
				return true;
	return false;
}
