/* SPDX-License-Identifier: MIT */
/*
 * Private to src/mail: which of a mail's texts a person should read, as clean
 * UTF-8; and the decoded size of a part.
 */
#ifndef MAIL_TEXT_H
#define MAIL_TEXT_H

#include "base/base.h"
#include "model.pb-c.h"

enum text_kind { TEXT_NONE, TEXT_PLAIN, TEXT_HTML };

struct text_candidate {
	const Rec__Part *part;
	enum text_kind kind;
	unsigned group; /* of texts that say the same; 0: on its own */
};

/* A plain value; zero is empty. The first TEXT_CANDIDATES_MAX count. */
#define TEXT_CANDIDATES_MAX 50
struct text_candidates {
	struct text_candidate at[TEXT_CANDIDATES_MAX];
	size_t count;
};

void text_add(struct text_candidates *texts, const Rec__Part *part,
    enum text_kind kind, unsigned group);
/* The text, never NULL, at most MAIL_TEXT_MAX bytes; marks a cut or badly
 * encoded one in `mail`. */
char *text_choose(const struct text_candidates *texts, Rec__Mail *mail,
    const uint8_t *raw);

uint64_t part_decoded_size(const uint8_t *encoded, size_t len,
    Rec__Part__Encoding encoding);

#endif
