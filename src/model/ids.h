/* SPDX-License-Identifier: MIT */
/*
 * Ids as types of their own, so that a ticket never meets a user by mistake.
 * 0 is no id. Ids are unique and rise; gaps are allowed.
 */
#ifndef MODEL_IDS_H
#define MODEL_IDS_H

#include <stdint.h>

struct ticket_id {
	uint64_t n;
};
struct entry_id {
	uint64_t n;
};
struct customer_id {
	uint64_t n;
};
struct category_id {
	uint64_t n;
};
struct mailbox_id {
	uint64_t n;
};
struct user_id {
	uint64_t n;
};
struct outbox_id {
	uint64_t n;
};
struct job_id {
	uint64_t n;
};

#endif
