/* SPDX-License-Identifier: MIT */
/*
 * A call to be made on the loop; intrusive, part of the caller's object. Who
 * may not know the loop (intake) is given a function that posts it.
 */
#ifndef BASE_CALL_H
#define BASE_CALL_H

struct loop_call {
	struct loop_call *next;
	void (*run)(struct loop_call *call);
};

#endif
