/* SPDX-License-Identifier: MIT */
/*
 * How long a mail takes to be read, beside GMime alone: `reading FOLDER…`
 * reads the mails of each folder over and over for a second, by mail_parse
 * and by GMime's parser, in turns. Prints a line for each folder: its name
 * and microseconds a mail, of the best of the turns.
 */
#include <stdio.h>
#include <string.h>

#include <gmime/gmime.h>

#include "base/clk.h"
#include "mail/parse.h"

#define TURNS   5
#define TURN_US INT64_C(200000)

typedef void read_fn(const uint8_t *raw, size_t len);

static void
read_ours(const uint8_t *raw, size_t len)
{
	AUTO(mail_free) Rec__Mail *mail = mail_parse(raw, len);

	assert(mail != NULL);
}

/* GMime's types have no autoptr. */
static void
gm_unref(void *owner)
{
	GObject **object = owner;

	g_clear_object(object);
}

/* What GMime does for itself: the tree, and nothing of what it holds. */
static void
read_gmime(const uint8_t *raw, size_t len)
{
	AUTO(gm_unref)
	GMimeStream *stream =
	    g_mime_stream_mem_new_with_buffer((const char *)raw, len);
	AUTO(gm_unref)
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	AUTO(gm_unref)
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	assert(message != NULL);
}

static double
turn_us(const GPtrArray *mails, read_fn *read)
{
	const int64_t from = clk_monotonic_us();
	int64_t took = 0;
	unsigned count = 0;

	while (took < TURN_US) {
		GBytes *mail = g_ptr_array_index(mails, count % mails->len);
		gsize len;
		const uint8_t *raw = g_bytes_get_data(mail, &len);

		read(raw, len);
		count++;
		took = clk_monotonic_us() - from;
	}
	return (double)took / count;
}

static GPtrArray *
load(const char *folder)
{
	GPtrArray *mails = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)g_bytes_unref);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		char *raw;
		gsize len;

		if (g_file_get_contents(path, &raw, &len, NULL))
			g_ptr_array_add(mails, g_bytes_new_take(raw, len));
	}
	return mails;
}

static bool
measure(const char *folder)
{
	g_autoptr(GPtrArray) mails = load(folder);
	double ours = G_MAXDOUBLE, gmime = G_MAXDOUBLE;

	if (mails->len == 0) {
		fprintf(stderr, "reading: no mails in %s\n", folder);
		return false;
	}
	for (unsigned i = 0; i < TURNS; i++) {
		ours = MIN(ours, turn_us(mails, read_ours));
		gmime = MIN(gmime, turn_us(mails, read_gmime));
	}
	printf("%s %.1f %.1f\n", folder, ours, gmime);
	return true;
}

int
main(int argc, char **argv)
{
	g_mime_init();
	mail_setup();
	for (int i = 1; i < argc; i++)
		if (!measure(argv[i]))
			return 1;
	return 0;
}
