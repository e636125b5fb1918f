/* SPDX-License-Identifier: MIT */
/*
 * A forward in the text begins at a separator that says so, or where HTML
 * knows of one; a block of header lines, or "Original Message", which answers
 * have too, is one only below a subject like "Fwd:", or when nothing is above
 * and the subject is not an answer's. What stands below an answer's history
 * is history. Only the outermost counts. The parts of a delivery report are
 * no forwards.
 */
#include "mail/forward.h"

#include <string.h>

#include "mail/forward_field.h"
#include "mail/mark.h"
#include "mail/parse.h"
#include "mail/reply_line.h"
#include "mail/reply_words.h"
#include "mail/reply_wrote.h"

#define PARTS_MAX      5
#define PART_BYTES_MAX ((size_t)1024 * 1024)
#define GAP_MAX        8  /* lines between a separator and its header */
#define PREFIX_MAX     24 /* bytes of "Fwd" and such */
#define WIDE_COLON     "\xEF\xBC\x9A"

enum subject_kind {
	SUBJECT_PLAIN,
	SUBJECT_FORWARD,
	SUBJECT_ANSWER,
	SUBJECT_EITHER, /* "VS": an answer in Finland, a forward in Denmark */
};

static Rec__Forward *
add_forward(Rec__Mail *mail)
{
	Rec__Forward *forward;

	if (mail->n_forwards == FORWARDS_MAX)
		return NULL;
	if (mail->forwards == NULL)
		mail->forwards = g_new(Rec__Forward *, FORWARDS_MAX);
	forward = g_new(Rec__Forward, 1);
	rec__forward__init(forward);
	mail->forwards[mail->n_forwards++] = forward;
	return forward;
}

/* The first prefix of a subject, behind "[desk #7]"; empty: none. */
static struct span
subject_prefix(const char *subject)
{
	const char *colon, *close;
	struct span s;

	while (*subject == '[' && (close = strchr(subject, ']')) != NULL)
		subject = close + 1 + strspn(close + 1, " ");
	s = (struct span){subject, strnlen(subject, PREFIX_MAX)};
	colon = memchr(subject, ':', s.len);
	if (colon == NULL)
		colon = memmem(subject, s.len, WIDE_COLON, strlen(WIDE_COLON));
	s.len = colon == NULL ? 0 : (size_t)(colon - subject);
	while (s.len > 0 && s.at[s.len - 1] == ' ')
		s.len--;
	return s;
}

static enum subject_kind
subject_kind(const struct span *prefix)
{
	switch (words_roles(prefix->at, prefix->len) & (WORD_FW | WORD_RE)) {
	case WORD_FW:
		return SUBJECT_FORWARD;
	case WORD_RE:
		return SUBJECT_ANSWER;
	case WORD_FW | WORD_RE:
		return SUBJECT_EITHER;
	default:
		return SUBJECT_PLAIN;
	}
}

/* Where the forward begins and its header lines are. */
struct place {
	size_t header;       /* first line of them */
	size_t header_lines; /* 0: there are none */
	size_t text;         /* first line of the text */
};

/* Header lines within a few lines from i on. */
static bool
find_header(const struct lines *lines, size_t i, struct place *out)
{
	const size_t end = MIN(lines->count, i + GAP_MAX);

	for (; i < end; i++) {
		const struct line *line = &lines->at[i];
		const size_t count = line->len == 0
		    ? 0
		    : lines_any_header(lines, i);

		if (count > 0) {
			*out = (struct place){i, count, i + count};
			return true;
		}
		if (line->len > 1 && !line_is_rule(line))
			return false;
	}
	return false;
}

/* "Anne wrote:" below a separator says who; no header lines do. */
static bool
place_at(const struct lines *lines, size_t i, struct place *out)
{
	const bool is_mark = (lines->at[i].flags & LINE_FORWARD) != 0;
	const size_t first = is_mark && line_separator(&lines->at[i]) == 0
	    ? i
	    : i + 1;

	return find_header(lines, first, out);
}

/* Does line i begin a forward; or, *end_out, what no forward is below of? */
static bool
begins_forward(const struct lines *lines, size_t i, bool may_be_bare,
    struct place *out, bool *end_out)
{
	const struct line *line = &lines->at[i];
	const unsigned roles = line_separator(line);
	size_t count;

	if ((roles & WORD_FORWARDED) || (line->flags & LINE_FORWARD))
		return place_at(lines, i, out);
	if (roles & WORD_ORIGINAL) {
		*end_out = !may_be_bare;
		return may_be_bare && place_at(lines, i, out);
	}
	count = lines_header(lines, i);
	if (count > 0) {
		*end_out = !may_be_bare;
		*out = (struct place){i, count, i + count};
		return may_be_bare;
	}
	return false;
}

/* Does history begin before line i? Asked only where a forward is found. */
static bool
is_history(struct lines *lines, size_t i)
{
	size_t count;

	for (size_t n = 0; n < i; n++)
		if (!(lines->at[n].flags & LINE_QUOTED) &&
		    (line_is_above(&lines->at[n]) ||
			wrote_at(lines, n, &count) == WROTE_SURE))
			return true;
	return false;
}

static bool
find_forward(struct lines *lines, enum subject_kind subject, struct place *out)
{
	bool has_text = false, is_end = false;

	for (size_t i = 0; i < lines->count && !is_end; i++) {
		const struct line *line = &lines->at[i];
		const bool may_be_bare = subject == SUBJECT_FORWARD ||
		    subject == SUBJECT_EITHER ||
		    (subject == SUBJECT_PLAIN && !has_text);

		if (line->len == 0 || (line->flags & LINE_QUOTED) ||
		    ((line->flags & LINE_HISTORY) && !may_be_bare))
			continue;
		if (begins_forward(lines, i, may_be_bare, out, &is_end))
			return !is_history(lines, i);
		has_text |= !line_is_rule(line);
	}
	return false;
}

/* A line of a text that is quoted as a whole, without one quote sign. */
static struct span
unquote(const struct line *line)
{
	struct span s = {line->at, line->len};

	while (s.len > 0 && *s.at == ' ') {
		s.at++;
		s.len--;
	}
	if (s.len == 0 || *s.at != '>')
		return (struct span){line->at, line->len};
	s.at++;
	s.len--;
	if (s.len > 0 && *s.at == ' ') {
		s.at++;
		s.len--;
	}
	return s;
}

/* Further lines of the last header line: up to a blank one, which is near. */
static size_t
skip_wrapped(const struct lines *lines, size_t i)
{
	for (size_t n = i; n < MIN(lines->count, i + 3); n++)
		if (unquote(&lines->at[n]).len == 0)
			return n;
	return i;
}

/* Does line i begin a paragraph that is not quoted? */
static bool
is_own(const struct lines *lines, size_t i)
{
	const struct line *line = &lines->at[i];

	return !(line->flags & LINE_QUOTED) && line->len > 0 &&
	    line[-1].len == 0;
}

static char *
text_from(const struct lines *lines, size_t i, bool is_quoted)
{
	GString *out = g_string_new(NULL);

	while (i < lines->count && unquote(&lines->at[i]).len == 0)
		i++;
	for (; i < lines->count; i++) {
		const struct line *line = &lines->at[i];
		const struct span s = is_quoted
		    ? unquote(line)
		    : (struct span){line->at, line->len};

		if ((line_separator(line) & WORD_ENDED) ||
		    (is_quoted && is_own(lines, i)))
			break;
		g_string_append_len(out, s.at, (gssize)s.len);
		g_string_append_c(out, '\n');
	}
	while (out->len > 0 && out->str[out->len - 1] == '\n')
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}

/* Is a header line in a language in which the prefix means a forward? */
static bool
agrees(const struct lines *lines, const struct place *place,
    const struct span *prefix)
{
	for (size_t i = 0; i < place->header_lines; i++) {
		struct span name, value;

		if (line_field(&lines->at[place->header + i], &name, &value) &&
		    words_share_row(prefix, WORD_FW, &name, WORD_FROM))
			return true;
	}
	return false;
}

static void
read_inline(Rec__Mail *mail, const char *marked)
{
	AUTO(lines_drop) struct lines lines = {0};
	const struct span prefix = subject_prefix(
	    mail->subject != NULL ? mail->subject : "");
	const enum subject_kind kind = subject_kind(&prefix);
	struct place place = {0};
	Rec__Forward *forward;
	bool is_quoted;
	size_t text;

	lines_init(&lines, marked);
	if (!find_forward(&lines, kind, &place) ||
	    (kind == SUBJECT_EITHER && !agrees(&lines, &place, &prefix)))
		return;
	forward = add_forward(mail);
	text = skip_wrapped(&lines, place.text);
	is_quoted = (lines.at[place.header].flags & LINE_QUOTED) != 0;
	forward_fields(forward, &lines, place.header, text - place.header);
	forward->text = text_from(&lines, text, is_quoted);
}

/* Is the mail a report, whose parts are mails that came back? */
static bool
is_report(const Rec__Mail *mail)
{
	static const char *const types[] = {"message/delivery-status",
	    "message/global-delivery-status", "message/feedback-report",
	    "message/disposition-notification"};

	for (size_t i = 0; i < mail->n_parts; i++)
		for (size_t k = 0; k < COUNT(types); k++)
			if (g_strcmp0(mail->parts[i]->type, types[k]) == 0)
				return true;
	return false;
}

static bool
is_message(const Rec__Part *part)
{
	return g_strcmp0(part->type, "message/rfc822") == 0 ||
	    g_strcmp0(part->type, "message/global") == 0;
}

static void
take_mail(Rec__Forward *forward, Rec__Mail *inner)
{
	forward->from = g_steal_pointer(&inner->from);
	forward->to = g_steal_pointer(&inner->to);
	forward->n_to = inner->n_to;
	inner->n_to = 0;
	forward->subject = g_steal_pointer(&inner->subject);
	forward->has_date_at = inner->has_date_at;
	forward->date_at = inner->date_at;
	forward->message_id = g_steal_pointer(&inner->message_id);
	forward->text = g_steal_pointer(&inner->text);
	if (forward->text != NULL)
		(void)mark_strip(forward->text);
}

static void
read_part(Rec__Mail *mail, size_t i, const uint8_t *raw)
{
	g_autoptr(GBytes) content = mail_part_content(mail, mail->parts[i], raw,
	    PART_BYTES_MAX);
	AUTO(mail_free) Rec__Mail *inner = NULL;
	Rec__Forward *forward;
	const uint8_t *bytes;
	size_t len = 0;

	bytes = g_bytes_get_data(content, &len);
	if (len == 0)
		return;
	forward = add_forward(mail);
	if (forward == NULL)
		return;
	inner = mail_parse_bare(bytes, len);
	take_mail(forward, inner);
	forward->has_part = true;
	forward->part = (uint32_t)i + 1;
}

void
forward_read(Rec__Mail *mail, const char *marked, const uint8_t *raw,
    size_t len)
{
	unsigned count = 0;

	(void)len;
	read_inline(mail, marked);
	if (is_report(mail))
		return;
	for (size_t i = 0; i < mail->n_parts && count < PARTS_MAX; i++) {
		if (!is_message(mail->parts[i]) ||
		    mail->parts[i]->length > PART_BYTES_MAX)
			continue;
		count++;
		read_part(mail, i, raw);
	}
}
