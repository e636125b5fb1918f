/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: what the header of one MIME entity says, a mail's or a
 * part's, read leniently: types that are none, encodings misspelt, parameters
 * of any shape become what their writer meant.
 */
#ifndef MAIL_ENTITY_H
#define MAIL_ENTITY_H

#include "mail/field.h"
#include "mail/rule.h"
#include "model.pb-c.h"

struct entity {
	char *type; /* "text/plain", lower case, never NULL */
	char *name; /* as name_clean gives it, NULL if none, like the next */
	char *cid;
	char *charset;
	char *parameters; /* of the type, for entity_parameter */
	Rec__Part__Encoding encoding;
	bool has_type; /* said, not assumed */
	bool says_attachment;
	bool says_inline;
	size_t body; /* offsets into the bytes: the content, */
	size_t end;  /* and where it ends */
};

/* Of a header that is read already; `body` and `end` are left alone. */
void entity_read(struct entity *e, const struct fields *f,
    const char *default_type);
/* Of the bytes from `from` to `end`: header, blank line, content. Bytes that
 * begin with no header field are content altogether. */
void entity_read_at(struct entity *e, const uint8_t *raw, size_t from,
    size_t end, const char *default_type);
void entity_drop(struct entity *e);

/* A parameter of the type, decoded; NULL if none. g_free the result. */
char *entity_parameter(const struct entity *e, const char *name);

bool entity_is(const struct entity *e, const char *type);
/* Is it of this main type: "multipart/"? */
bool entity_is_a(const struct entity *e, const char *prefix);

bool entity_rules(size_t i, struct rule_table *out);

#endif
