/* SPDX-License-Identifier: MIT */
/* What the load generator sends; see mails.h. Files are read once, with CRLF
 * line ends, stuffed dots and without their Message-ID, which is replaced. */
#include "mails.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define FIELD      "Message-ID:"
#define NOISE_LINE 76

struct mails {
	const struct mail_options *options;
	GPtrArray *files; /* GString each; NULL: the template */
};

static bool
is_field(const char *line, size_t len)
{
	return len >= strlen(FIELD) &&
	    g_ascii_strncasecmp(line, FIELD, strlen(FIELD)) == 0;
}

static void
append_stuffed(GString *out, const char *line, size_t len)
{
	if (len > 0 && line[0] == '.')
		g_string_append_c(out, '.');
	g_string_append_len(out, line, (gssize)len);
	g_string_append(out, "\r\n");
}

static GString *
stuffed(const char *text, size_t len)
{
	GString *out = g_string_sized_new(len + len / 32);
	bool in_header = true;
	bool skip = false;

	for (size_t at = 0; at < len;) {
		const char *line = text + at;
		const char *end = memchr(line, '\n', len - at);
		size_t n = end != NULL ? (size_t)(end - line) : len - at;

		at += n + 1;
		if (n > 0 && line[n - 1] == '\r')
			n--;
		if (n == 0)
			in_header = false;
		if (!in_header || (line[0] != ' ' && line[0] != '\t'))
			skip = in_header && is_field(line, n);
		if (!skip)
			append_stuffed(out, line, n);
	}
	return out;
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *
files_load(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *files = g_ptr_array_new();
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		g_ptr_array_add(names, g_build_filename(path, name, NULL));
	g_clear_pointer(&dir, g_dir_close);
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *text = NULL;
		gsize len;

		if (g_file_get_contents(names->pdata[i], &text, &len, NULL))
			g_ptr_array_add(files, stuffed(text, len));
	}
	return files;
}

struct mails *
mails_new(const struct mail_options *options)
{
	g_autoptr(GPtrArray) files = NULL;
	struct mails *mails;

	if (options->directory != NULL)
		files = files_load(options->directory);
	if (files != NULL && files->len == 0)
		return NULL;
	mails = g_new0(struct mails, 1);
	mails->options = options;
	mails->files = g_steal_pointer(&files);
	return mails;
}

char *
mails_id(const struct mails *mails, int64_t number)
{
	return g_strdup_printf("%s.%" PRId64 "@load.example",
	    mails->options->tag, number);
}

char *
mails_recipient(const struct mails *mails, int64_t number, int i)
{
	const char *to = mails->options->to;
	const char *mark = strchr(to, '%');

	if (mark == NULL)
		return g_strdup(to);
	return g_strdup_printf("%.*s%" PRId64 "%s", (int)(mark - to), to,
	    (number + i) % mails->options->boxes, mark + 1);
}

/* A line of letters that follow from `state` (a 64-bit LCG). */
static void
put_noise(GString *out, uint64_t *state)
{
	for (int i = 0; i < NOISE_LINE; i++) {
		*state = *state * UINT64_C(6364136223846793005) +
		    UINT64_C(1442695040888963407);
		g_string_append_c(out, (char)(' ' + 1 + (*state >> 40) % 94));
	}
	g_string_append(out, "\r\n");
}

static void
put_template(const struct mail_options *o, int64_t number, GString *out)
{
	static const char words[] =
	    "The order has not arrived yet and nobody could say why. ";
	int64_t sender = number % o->senders;
	uint64_t state = (uint64_t)number * 7919 + g_str_hash(o->tag);
	size_t from = out->len;

	g_string_append_printf(out,
	    "From: \"Customer %" PRId64 "\" <c%" PRId64
	    "@customers.example>\r\n"
	    "To: support@example.org\r\n"
	    "Subject: Question number %" PRId64 "\r\n"
	    "Date: Mon, 02 Jan 2023 10:00:00 +0000\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n\r\n",
	    sender, sender, number);
	while (out->len - from < (size_t)o->size) {
		g_string_append_printf(out, "%" PRId64 " %s", number, words);
		if (o->noise)
			put_noise(out, &state);
		else
			g_string_append(out, "\r\n");
	}
}

void
mails_put(const struct mails *mails, int64_t number, GString *out)
{
	g_autofree char *id = mails_id(mails, number);

	g_string_append_printf(out, "Message-ID: <%s>\r\n", id);
	if (mails->files == NULL) {
		put_template(mails->options, number, out);
	} else {
		const GString *mail = mails->files->pdata[(
		    guint)(number % (int64_t)mails->files->len)];

		g_string_append_len(out, mail->str, (gssize)mail->len);
	}
	g_string_append(out, ".\r\n");
}
