/* SPDX-License-Identifier: MIT */
/*
 * Facts: what one decision needs to know about one mail, gathered from a view
 * or the open transaction. Independent of settings but for the forms of the
 * tag; at most 1 KiB packed; stored with the mail, so that a decision can be
 * replayed with other settings.
 */
#ifndef INTAKE_FACTS_H
#define INTAKE_FACTS_H

#include "base/base.h"
#include "base/err.h"
#include "desk/message_id.h"
#include "desk/snapshot.h"
#include "model.pb-c.h"
#include "store/view.h"

#define FACTS_KEYS_MAX 10 /* candidates of kinds 1 to 3 */

struct rate;

/* How many mails of this hour: of one sender, and to one ticket by tokens
 * (IN-16). The mail is counted once, however often it is decided; without
 * `rate`, not at all. */
struct intake_count {
	struct rate *rate;
	bool done;
	unsigned of_sender;
	unsigned of_ticket;
};

/* The mail and its envelope, as the deciding thread sees them; borrowed. */
struct intake_mail {
	const Rec__Mail *mail;
	const Rec__Envelope *envelope;
	int64_t received_at;
	struct mail_hashes hashes;
	struct intake_count *count; /* or NULL: not asked */
	uint64_t entry; /* a stored mail that is decided again; 0: a new one */
};

/* A new record; free with rec__facts__free_unpacked(…, &record_allocator). */
Rec__Facts *facts_gather(const struct view *view,
    const struct snapshot *snapshot, const struct intake_mail *in,
    GError **error) MUST_CHECK;

#endif
