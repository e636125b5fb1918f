/* SPDX-License-Identifier: MIT */
/*
 * The way of a mail from a door to the store: bytes to a mail process, the
 * record and the compressed bytes to the writer, there facts, decision and
 * records in one transaction, the outcome back to the door. Any door uses it.
 */
#ifndef INTAKE_RECEIVE_H
#define INTAKE_RECEIVE_H

#include "base/base.h"
#include "base/cell.h"
#include "intake/delivery.h"
#include "mail/process.h"

struct intake;
struct writer;

struct intake_options {
	/* Posts a call to the loop, from any thread. */
	void (*post)(void *arg, struct loop_call *call);
	void *post_arg;
	struct writer *writer;
	struct cell *snapshot; /* struct snapshot */
	/* Mail processes: one thread each, and half as many again for mails
	 * over 64 KiB, which must not make the small ones wait. */
	unsigned processes;
	size_t waiting_max; /* mails waiting for a process */
	struct mail_process_options process;
};

struct intake *intake_start(const struct intake_options *options);
/* Works off what waits, ends the mail processes, frees. */
void intake_stop(struct intake **owner);

/* Loop. Takes the delivery; calls its `done` on the loop, perhaps at once:
 * error NULL and `detail` for what is stored, else why not. */
void intake_deliver(struct intake *intake, struct delivery *delivery);

#endif
