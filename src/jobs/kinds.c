/* SPDX-License-Identifier: MIT */
/* The table of kinds; see kinds.h. */
#include "jobs/kinds.h"

#include <string.h>

#include "desk/job.h"
#include "jobs/decide_held.h"
#include "jobs/import_customer.h"
#include "jobs/merge_customer.h"
#include "jobs/merge_ticket.h"

static const struct job_kind kinds[] = {
    {JOB_DECIDE_HELD,      decide_held_piece,     JOB_MAY_STOP  },
    {JOB_IMPORT_CUSTOMER,  import_customer_piece, JOB_MAY_STOP  },
    {JOB_MERGE_CUSTOMER,   merge_customer_piece,  JOB_MAY_STOP  },
    {JOB_UNMERGE_CUSTOMER, merge_customer_piece,  JOB_MAY_STOP  },
    {JOB_MERGE_TICKET,     merge_ticket_piece,    JOB_TO_ITS_END},
};

const struct job_kind *
job_kind_find(const char *kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (g_strcmp0(kinds[i].kind, kind) == 0)
			return &kinds[i];
	return NULL;
}

uint64_t
job_piece_number(const struct job_piece *piece, const char *name)
{
	return (uint64_t)json_integer_value(
	    json_object_get(piece->argument, name));
}

uint64_t
job_piece_at(const struct job_piece *piece)
{
	return g_ascii_strtoull(piece->cursor->str, NULL, 10);
}

void
job_piece_set_at(struct job_piece *piece, uint64_t id)
{
	g_string_printf(piece->cursor, "%" PRIu64, id);
}
