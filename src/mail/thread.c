/* SPDX-License-Identifier: MIT */
/*
 * Ids are what stands between angle brackets, blanks and comments in it left
 * out (mailers fold inside them). A field without brackets gives its words
 * that hold an "@" (RFC 5322 asks for brackets, some senders forget them, or
 * one of the two). Some encode the field as if it were text. Of a long
 * References the first 20 and the last 80 are kept: the ends name the thread
 * and the mail that is answered.
 */
#include "mail/thread.h"

#include <string.h>

#include "base/text.h"
#include "mail/parse.h"
#include "mail/word.h"

#define FIELD_MAX    (256 * 1024)
#define FIRST_KEPT   20
#define IN_REPLY_MAX 20

/* Without blanks, comments and the quotes somebody put around it. */
static char *
clean_id(const char *from, size_t len)
{
	g_autofree char *line = text_clean_line(from, len);
	unsigned depth = 0;
	size_t n = 0;

	for (const char *p = line; *p != '\0'; p++) {
		if (*p == '(')
			depth++;
		else if (*p == ')' && depth > 0)
			depth--;
		else if (*p != ' ' && depth == 0)
			line[n++] = *p;
	}
	while (n > 0 && strchr("\"'<>,;", line[n - 1]) != NULL)
		n--;
	line[n] = '\0';
	len = strspn(line, "\"'<>,;");
	return g_strdup(line + len);
}

static void
add_id(GPtrArray *ids, GHashTable *seen, const char *from, size_t len)
{
	g_autofree char *id = NULL;

	if (len == 0 || len > MAIL_LINE_MAX)
		return;
	id = clean_id(from, len);
	if (*id == '\0' || g_hash_table_contains(seen, id))
		return;
	g_hash_table_add(seen, id);
	g_ptr_array_add(ids, g_steal_pointer(&id));
}

/* Ids in brackets; one whose bracket does not close ends at a blank. */
static void
add_bracketed(GPtrArray *ids, GHashTable *seen, const char *text)
{
	const char *open = strchr(text, '<');

	while (open != NULL) {
		const size_t len = strcspn(open + 1, "<>");
		const char *close = open + 1 + len;
		const size_t word = strcspn(open + 1, " \t<>");

		if (*close == '>')
			add_id(ids, seen, open + 1, len);
		else if (memchr(open + 1, '@', word) != NULL)
			add_id(ids, seen, open + 1, word);
		open = strchr(close, '<');
	}
}

static void
add_bare(GPtrArray *ids, GHashTable *seen, const char *text)
{
	while (*text != '\0') {
		const size_t len = strcspn(text, " \t,;");

		if (memchr(text, '@', len) != NULL)
			add_id(ids, seen, text, len);
		text += len + (text[len] != '\0');
	}
}

static char *
read_field(const struct field *field, size_t max)
{
	g_autofree char *text = field_text(field, max);

	if (strstr(text, "=?") == NULL)
		return g_steal_pointer(&text);
	return word_decode(text, strlen(text), NULL);
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
		text = read_field(&f->at[i], FIELD_MAX);
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
	char *id;

	if (ids->len > 0)
		return g_strdup(g_ptr_array_index(ids, 0));
	text = fields_text(f, name, MAIL_LINE_MAX);
	if (text == NULL || strchr(text, ' ') != NULL)
		return NULL;
	id = clean_id(text, strlen(text));
	if (*id == '\0')
		g_clear_pointer(&id, g_free);
	return id;
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
