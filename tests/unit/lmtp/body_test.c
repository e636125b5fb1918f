/* SPDX-License-Identifier: MIT */
/* Where a mail's bytes go: memory, file, nowhere. R21. */
#include "lmtp/body.h"

#include <string.h>
#include <unistd.h>

#include "tests/lib/test.h"

#define PIECE 7

static void
fill(struct body *body, size_t len)
{
	uint8_t piece[PIECE];

	for (size_t at = 0; at < len; at += PIECE) {
		for (size_t i = 0; i < PIECE; i++)
			piece[i] = (uint8_t)((at + i) % 251);
		body_append(body, piece, MIN(PIECE, len - at));
	}
}

static void
check_bytes(size_t row, const struct delivery *d)
{
	g_autofree uint8_t *all = g_malloc(d->len + 1);

	if (d->raw != NULL)
		memcpy(all, d->raw->data, d->raw->len);
	else
		CHECK_EQ(row, read(d->spool_fd, all, d->len + 1), d->len);
	for (size_t i = 0; i < d->len; i++)
		if (all[i] != i % 251) {
			CHECK_EQ(row, all[i], i % 251);
			return;
		}
}

TEST(bytes_are_kept_in_memory_then_in_a_file_and_not_beyond_the_limit)
{
	static const struct {
		size_t len, announced;
		bool ok, in_file;
	} row[] = {
	    {0,    0,    true,  false},
	    {1,    0,    true,  false},
	    {100,  0,    true,  false},
	    {100,  5000, true,  false},
	    {101,  0,    true,  true },
	    {1000, 0,    true,  true },
	    {1000, 1,    true,  true },
	    {1001, 0,    false, false},
	    {9999, 10,   false, false},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(delivery_free) struct delivery *d = delivery_new();
		g_autoptr(GError) error = NULL;
		struct body body;

		body_init(&body, test_directory(), 100, 1000, row[i].announced);
		fill(&body, row[i].len);
		CHECK_EQ(i, body_held(&body), row[i].ok ? row[i].len : 0);
		CHECK_EQ(i, body_finish(&body, d, &error), row[i].ok);
		CHECK_EQ(i, err_is(error, ERR_TOO_BIG), !row[i].ok);
		CHECK_EQ(i, d->spool_fd >= 0, row[i].in_file);
		CHECK_EQ(i, d->len, row[i].ok ? row[i].len : 0);
		if (row[i].ok)
			check_bytes(i, d);
	}
}

TEST(a_spool_that_takes_nothing_is_a_full_one)
{
	static const struct {
		size_t len;
		enum err_kind kind;
	} row[] = {
	    {101,  ERR_FULL   },
	    {1000, ERR_FULL   },
	    {1001, ERR_TOO_BIG},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		AUTO(delivery_free) struct delivery *d = delivery_new();
		g_autoptr(GError) error = NULL;
		struct body body;

		body_init(&body, "/nonexistent", 100, 1000, 0);
		fill(&body, row[i].len);
		CHECK_EQ(i, body_finish(&body, d, &error), false);
		CHECK_EQ(i, err_kind(error), row[i].kind);
		CHECK_EQ(i, body_held(&body), 0);
	}
}

TEST(the_sweep_removes_spool_files_and_nothing_else)
{
	g_autofree char *dir = g_build_filename(test_directory(), "spool",
	    NULL);
	g_autofree char *left = g_build_filename(dir, "lmtp-spool-abc", NULL);
	g_autofree char *other = g_build_filename(dir, "other", NULL);
	g_autoptr(GError) error = NULL;

	CHECK_OK(body_sweep(dir, &error), error);
	CHECK(g_file_set_contents(left, "x", 1, NULL));
	CHECK(g_file_set_contents(other, "x", 1, NULL));
	CHECK_OK(body_sweep(dir, &error), error);
	CHECK(access(left, F_OK) != 0);
	CHECK(access(other, F_OK) == 0);
}
