/* SPDX-License-Identifier: MIT */
/*
 * Ids are what stands between angle brackets, blanks in it left out (mailers
 * fold inside them). A field without brackets gives its words that hold an
 * "@" (RFC 5322 asks for brackets, some senders forget them). Of a long
 * References the first 20 and the last 80 are kept: the ends name the thread
 * and the mail that is answered.
 */
#include "mail/thread.h"

#include <string.h>

#include "base/text.h"
#include "mail/parse.h"

#define FIELD_MAX    (256 * 1024)
#define FIRST_KEPT   20
#define IN_REPLY_MAX 20

static void
add_id(GPtrArray *ids, GHashTable *seen, const char *from, size_t len)
{
	g_autofree char *id = NULL;
	size_t n = 0;

	if (len == 0 || len > MAIL_LINE_MAX)
		return;
	id = text_clean_line(from, len);
	for (const char *p = id; *p != '\0'; p++)
		if (*p != ' ')
			id[n++] = *p;
	id[n] = '\0';
	if (n == 0 || n > MAIL_LINE_MAX || g_hash_table_contains(seen, id))
		return;
	g_hash_table_add(seen, id);
	g_ptr_array_add(ids, g_steal_pointer(&id));
}

static void
add_bracketed(GPtrArray *ids, GHashTable *seen, const char *text)
{
	const char *open = strchr(text, '<');

	while (open != NULL) {
		const char *close = strpbrk(open + 1, "<>");

		if (close == NULL)
			return;
		if (*close == '>')
			add_id(ids, seen, open + 1, (size_t)(close - open - 1));
		open = *close == '<' ? close : strchr(close, '<');
	}
}

static void
add_bare(GPtrArray *ids, GHashTable *seen, const char *text)
{
	while (*text != '\0') {
		const size_t len = strcspn(text, " \t,");

		if (memchr(text, '@', len) != NULL)
			add_id(ids, seen, text, len);
		text += len + (text[len] != '\0');
	}
}

static GPtrArray *
read_ids(const struct fields *f, const char *name)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < f->count; i++) {
		g_autofree char *text = NULL;

		if (!field_is(&f->at[i], name))
			continue;
		text = field_text(&f->at[i], FIELD_MAX);
		add_bracketed(ids, seen, text);
		if (ids->len == 0)
			add_bare(ids, seen, text);
	}
	return ids;
}

/* Moves the ids into a field of the record: the first 20 and the last ones
 * up to `max`. */
static bool
keep_ids(GPtrArray *ids, unsigned max, char ***out, size_t *count_out)
{
	const bool cut = ids->len > max;

	if (cut)
		g_ptr_array_remove_range(ids, MIN(FIRST_KEPT, max - 1),
		    ids->len - max);
	*count_out = ids->len;
	g_ptr_array_set_free_func(ids, NULL);
	*out = (char **)(void *)g_ptr_array_free(ids, FALSE);
	return cut;
}

char *
thread_id(const struct fields *f, const char *name)
{
	g_autoptr(GPtrArray) ids = read_ids(f, name);
	g_autofree char *text = NULL;

	if (ids->len > 0)
		return g_strdup(g_ptr_array_index(ids, 0));
	text = fields_text(f, name, MAIL_LINE_MAX);
	if (text == NULL || *text == '\0' || strchr(text, ' ') != NULL)
		return NULL;
	return text_clean_line(text, strlen(text));
}

void
thread_read(Rec__Mail *mail, const struct fields *f)
{
	bool cut;

	mail->message_id = thread_id(f, "Message-ID");
	cut = keep_ids(read_ids(f, "In-Reply-To"), IN_REPLY_MAX,
	    &mail->in_reply_to, &mail->n_in_reply_to);
	cut |= keep_ids(read_ids(f, "References"), MAIL_REFERENCES_MAX,
	    &mail->references, &mail->n_references);
	if (cut)
		mail->marks |= MARK_CUT;
}
