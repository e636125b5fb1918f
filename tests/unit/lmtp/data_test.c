/* SPDX-License-Identifier: MIT */
/*
 * The finder of the end of data against a reference that is too simple to be
 * wrong: all sequences of CR, LF, dot and a letter up to seven bytes, cut in
 * all ways.
 */
#include "lmtp/data.h"

#include <string.h>

#include "base/clk.h"
#include "tests/lib/test.h"

#define LEN_MAX 7

struct kept {
	uint8_t bytes[LEN_MAX + 1];
	size_t len;
	size_t used;
	bool ended;
};

static void
keep(void *arg, const uint8_t *bytes, size_t len)
{
	struct kept *kept = arg;

	g_assert_cmpuint(kept->len + len, <=, sizeof(kept->bytes));
	memcpy(kept->bytes + kept->len, bytes, len);
	kept->len += len;
}

static bool
begins_line(const uint8_t *raw, size_t at)
{
	return at == 0 || (at >= 2 && memcmp(raw + at - 2, "\r\n", 2) == 0);
}

/* What may still be an end is held back. */
static bool
may_end(const uint8_t *raw, size_t len)
{
	return memcmp(raw, ".\r\n", MIN(len, 3)) == 0;
}

static void
reference(const uint8_t *raw, size_t len, struct kept *out)
{
	*out = (struct kept){.used = len};
	for (size_t i = 0; i < len; i++) {
		if (!begins_line(raw, i) || raw[i] != '.') {
			out->bytes[out->len++] = raw[i];
			continue;
		}
		if (!may_end(raw + i, len - i))
			continue;
		if (len - i >= 3) {
			out->used = i + 3;
			out->ended = true;
		}
		return;
	}
}

/* Bit i of `cuts`: cut behind byte i. */
static void
feed_cut(const uint8_t *raw, size_t len, unsigned cuts, struct kept *out)
{
	struct data data = {DATA_LINE};
	size_t from = 0;

	*out = (struct kept){0};
	for (size_t i = 0; i < len && data.state != DATA_END; i++) {
		if (i + 1 < len && !(cuts & 1u << i))
			continue;
		out->used += data_feed(&data, raw + from, i + 1 - from, keep,
		    out);
		from = i + 1;
	}
	out->ended = data.state == DATA_END;
}

static void
check_cuts(unsigned number, const uint8_t *raw, size_t len)
{
	struct kept want, got;

	reference(raw, len, &want);
	for (unsigned cuts = 0; cuts < 1u << (len - 1); cuts++) {
		feed_cut(raw, len, cuts, &got);
		if (got.len == want.len && got.used == want.used &&
		    got.ended == want.ended &&
		    memcmp(got.bytes, want.bytes, got.len) == 0)
			continue;
		test_failed(__FILE__, __LINE__,
		    "sequence %u of %zu bytes, cuts %x", number, len, cuts);
	}
}

TEST(end_of_data_is_found_in_all_sequences_at_every_cut)
{
	static const char symbol[] = {'\r', '\n', '.', 'x'};

	for (size_t len = 1; len <= LEN_MAX; len++)
		for (unsigned n = 0; n < 1u << (2 * len); n++) {
			uint8_t raw[LEN_MAX];

			for (size_t i = 0; i < len; i++)
				raw[i] = (uint8_t)symbol[n >> (2 * i) & 3];
			check_cuts(n, raw, len);
		}
}

static void
append(void *arg, const uint8_t *bytes, size_t len)
{
	g_byte_array_append(arg, bytes, (guint)len);
}

TEST(only_crlf_dot_crlf_ends_data)
{
	static const struct {
		const char *raw;
		bool ended;
		const char *kept;
	} row[] = {
	    {".\r\n",             true,  ""           },
	    {"a\r\n.\r\n",        true,  "a\r\n"      },
	    {"a\n.\n",            false, "a\n.\n"     },
	    {"a\n.\r\n",          false, "a\n.\r\n"   },
	    {"a\r.\r",            false, "a\r.\r"     },
	    {"a\r\n.\n",          false, "a\r\n\n"    },
	    {"a\r\n.\rb",         false, "a\r\n\rb"   },
	    {"a\r\n..\r\n.\r\n",  true,  "a\r\n.\r\n" },
	    {"a\r\n.\r\r\n.\r\n", true,  "a\r\n\r\r\n"},
	    {"a\r\n.b\r\n.\r\n",  true,  "a\r\nb\r\n" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct data data = {DATA_LINE};
		g_autoptr(GByteArray) out = g_byte_array_new();
		const size_t len = strlen(row[i].raw);

		(void)data_feed(&data, (const uint8_t *)row[i].raw, len, append,
		    out);
		g_byte_array_append(out, (const uint8_t *)"", 1);
		CHECK_EQ(i, data.state == DATA_END, row[i].ended);
		CHECK_STR(i, (const char *)out->data, row[i].kept);
	}
}

TEST(a_slow_peer_is_noticed_after_thirty_seconds)
{
	static const struct {
		size_t bytes;
		int64_t seconds;
		unsigned rate_min;
		bool slow;
	} row[] = {
	    {0,    29, 100, false},
	    {0,    30, 100, true },
	    {2999, 30, 100, true },
	    {3000, 30, 100, false},
	    {0,    99, 0,   false},
	};

	for (size_t i = 0; i < COUNT(row); i++)
		CHECK_EQ(i,
		    data_is_slow(row[i].bytes, row[i].seconds * CLK_SECOND,
			row[i].rate_min),
		    row[i].slow);
}
