/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: the tables of mail/auto (auto_fields.def,
 * auto_subjects.def) and how a mail's fields and subject are looked up in
 * them: by hash, so that an ordinary mail pays for its own fields only, not
 * for our rows. Any thread.
 */
#ifndef MAIL_AUTO_TABLE_H
#define MAIL_AUTO_TABLE_H

#include "mail/field.h"
#include "mail/rule.h"
#include "model.pb-c.h"

struct auto_field {
	const char *name;
	enum {
		FIELD_ANY,
		FIELD_YES, /* but "no", "none", "false", "0" */
		FIELD_STARTS,
		FIELD_HAS,
	} how; /* the value is compared, without case */
	const char *value;
	Rec__Mail__Auto kind;
	bool is_hint;
};

struct auto_subject {
	enum { SUBJECT_HEAD, SUBJECT_BEGINS, SUBJECT_ENDS } where;
	const char *words;
	bool is_sure;
};

/* Fields that mail/auto wants to see itself. */
enum auto_wanted {
	WANTED_LIST_ID,
	WANTED_RETURN_PATH,
	WANTED_LIST_POST,
	WANTED_COUNT,
};

struct auto_found {
	const struct auto_field *rule; /* the first row that fits, or NULL */
	const struct field *field;     /* of the mail that it fits */
	const struct field *wanted[WANTED_COUNT]; /* or NULL */
};

/* One pass over the fields. */
void auto_table_fields(const struct fields *f, struct auto_found *out);

/* What found->rule, which is there, saw: "Auto-Submitted: auto-replied". */
char *auto_table_because(const struct auto_found *found);

/* The row that fits a decoded subject: one that is sure, or any beside a
 * hint; NULL if none does. */
const struct auto_subject *auto_table_subject(const char *subject,
    bool is_hinted);

/* The tables, for mail/auto's own auto_rules. */
bool auto_table_rules(size_t i, struct rule_table *out);

#endif
