/* SPDX-License-Identifier: MIT */
/* base/err: kinds, their rows, the two macros. */
#include "base/err.h"

#include <string.h>

#include "tests/lib/test.h"

TEST(a_kind_has_its_row)
{
	static const struct {
		enum err_kind kind;
		const char *name;
		const char *reply;
		int http_status;
		int exit_code;
	} row[] = {
	    {ERR_TEMP,      "temp",      "451 4.3.0", 503, 75},
	    {ERR_NOT_FOUND, "not_found", "550 5.1.1", 404, 1 },
	    {ERR_USAGE,     "usage",     "501 5.5.4", 400, 2 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const struct err_row *r = err_row(row[i].kind);

		CHECK_STR(i, r->name, row[i].name);
		CHECK_STR(i, r->reply, row[i].reply);
		CHECK_EQ(i, r->http_status, row[i].http_status);
		CHECK_EQ(i, r->exit_code, row[i].exit_code);
	}
}

TEST(only_temporary_replies_may_be_tried_again)
{
	for (int k = 0; k < ERR_COUNT; k++) {
		const struct err_row *r = err_row((enum err_kind)k);

		if (r->try_again)
			CHECK_EQ(k, r->reply[0] == '4', true);
		CHECK_EQ(k, strlen(r->reply) >= strlen("451 4.3.0"), true);
	}
}

static bool
close_ticket(GError **error)
{
	return fail(error, ERR_CONFLICT, "ticket is closed already");
}

static bool
close_17(GError **error)
{
	if (!close_ticket(error))
		return fail_while(error, "closing ticket %d", 17);
	return true;
}

TEST(callers_say_what_they_were_doing)
{
	g_autoptr(GError) error = NULL;

	CHECK(!close_17(&error));
	CHECK(err_is(error, ERR_CONFLICT));
	CHECK_STR(0, error->message,
	    "closing ticket 17: ticket is closed already");
	CHECK(!close_17(NULL));
}

TEST(an_error_of_others_is_temporary)
{
	g_autoptr(GError) error = NULL;

	g_set_error_literal(&error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "x");
	CHECK_EQ(0, err_kind(error), ERR_TEMP);
	CHECK(!err_is(NULL, ERR_TEMP));
}
