/* SPDX-License-Identifier: MIT */
/*
 * One pass over the lines. A line that begins with an address, or has one
 * right after known words, names a recipient; neighbours without words
 * between them make a group. The words that follow, paragraph by paragraph,
 * are about the group, and the paragraph that names the surest reason is its
 * diagnostic. What only looks like a recipient (the sender to whom the report
 * goes, a contact) is left out where something surer stands.
 */
#include "mail/bounce_text.h"

#include <string.h>

#include "base/text.h"
#include "mail/bounce_list.h"
#include "mail/bounce_reason.h"
#include "mail/parse.h"

static const struct intro {
	const char *words;
} intros[] = {
#define INTRO(words_) {.words = (words_)},
#include "mail/bounce_text.def"
#undef INTRO
};

static const struct cut {
	const char *words;
} cuts[] = {
#define CUT(words_) {.words = (words_)},
#include "mail/bounce_text.def"
#undef CUT
};

static const struct tells {
	const char *words;
	const char *action;
} tells[] = {
#define TELLS(words_, action_) {.words = (words_), .action = (action_)},
#include "mail/bounce_text.def"
#undef TELLS
};

static const struct speaks {
	const char *words;
} speaks[] = {
#define SPEAKS(words_) {.words = (words_)},
#include "mail/bounce_text.def"
#undef SPEAKS
};

#define RANK_SURE 4
#define CUT_MAX   100 /* bytes of a line that begins the returned mail */

/* Whom to ask, not who failed. */
static const char *const contacts[] = {"postmaster@", "mailer-daemon@",
    "abuse@", "noreply@", "no-reply@"};

/* How sure it is that an address is a recipient's. */
enum sure { SURE_NOT, SURE_NAMED, SURE_MARKED };

struct named {
	char *address;
	char *words; /* NULL: none yet */
	struct reason reason;
	enum sure sure;
};

struct walk {
	struct named at[BOUNCES_MAX];
	size_t count;
	size_t group; /* the next words are about those from here */
	size_t group_end;
	bool group_told; /* it has words */
	size_t indent;   /* of the line that named the last */
	bool after_by;   /* the line before ended with "sent by" */
	GString *words;  /* the paragraph so far */
	char *before;    /* the paragraph before all recipients */
	struct reason before_reason;
};

/* A recipient in a line, and what follows the address there. */
struct hit {
	struct span address;
	const char *rest;
	enum sure sure;
};

static void
walk_drop(struct walk *w)
{
	for (size_t i = 0; i < w->count; i++) {
		g_free(w->at[i].address);
		g_free(w->at[i].words);
	}
	g_free(w->before);
	(void)g_string_free(w->words, TRUE);
}

/* What introduces a reason and says none itself: "Remote host said:". */
static bool
is_label(const char *words, const struct reason *reason)
{
	return reason->source == REASON_NONE && g_str_has_suffix(words, ":");
}

static void
keep(char **words, struct reason *known, const char *new,
    const struct reason *reason)
{
	if (*words != NULL && reason->source <= known->source)
		return;
	g_free(*words);
	*words = g_strdup(new);
	*known = *reason;
}

static void
end_paragraph(struct walk *w)
{
	g_autofree char *words = text_cut(text_clean_line(w->words->str,
					      w->words->len),
	    BOUNCE_WORDS_MAX);
	struct reason reason;

	g_string_truncate(w->words, 0);
	if (*words == '\0')
		return;
	reason = reason_read(words);
	if (is_label(words, &reason))
		return;
	if (w->count == 0) {
		if (reason.source != REASON_NONE)
			keep(&w->before, &w->before_reason, words, &reason);
		return;
	}
	for (size_t i = w->group; i < w->group_end; i++)
		keep(&w->at[i].words, &w->at[i].reason, words, &reason);
	w->group_told = true;
}

/* Joins a line to the paragraph, blanks squeezed. */
static void
add_words(struct walk *w, const char *text)
{
	text += strspn(text, " \t");
	if (g_str_has_prefix(text, "<<< "))
		text += 4;
	if (*text == '\0' || w->words->len >= BOUNCE_WORDS_MAX)
		return;
	if (w->words->len > 0)
		g_string_append_c(w->words, ' ');
	for (const char *p = text; *p != '\0'; p++)
		if ((*p != ' ' && *p != '\t') || w->words->len == 0 ||
		    w->words->str[w->words->len - 1] != ' ')
			g_string_append_c(w->words, *p == '\t' ? ' ' : *p);
}

static size_t
index_of(const struct walk *w, const struct span *address)
{
	size_t i = 0;

	while (i < w->count && !span_is(address, w->at[i].address))
		i++;
	return i;
}

/* A group goes on while nothing was said about it. An address that is named
 * again takes the next words alone. */
static void
start(struct walk *w, const struct hit *hit)
{
	const size_t known = index_of(w, &hit->address);

	end_paragraph(w);
	if (known == BOUNCES_MAX)
		return;
	if (known == w->count)
		w->at[w->count++].address = span_dup(&hit->address);
	if (w->group_told || known != w->group_end)
		w->group = known;
	w->group_end = known + 1;
	w->group_told = false;
	w->at[known].sure = MAX(w->at[known].sure, hit->sure);
}

/* Bullets, quotes and frames before what a line says. */
static const char *
skip_bullets(const char *line)
{
	const char *p = line;

	for (;; p++) {
		if (*p == '\xE2' && (uint8_t)p[1] == 0x80 &&
		    (uint8_t)p[2] == 0xA2)
			p += 2;
		else if (*p == '\0' || strchr(" \t*|->\xC2\xA0", *p) == NULL)
			return p;
	}
}

/* What may follow an address in a list of failed ones. */
static enum sure
sure_of(const char *rest)
{
	const char *p = rest + strspn(rest, " \t");

	if (*p == '\0' || *p == ':' || *p == '(' || *p == '[' || *p == ';' ||
	    g_str_has_prefix(p, "..."))
		return SURE_MARKED;
	return SURE_NAMED;
}

/* `bob@example.org <bob@example.org>`, too: there the second counts. */
static bool
hit_at_start(const char *line, struct hit *out)
{
	const char *rest;
	size_t used;

	if (!address_at(line, &out->address, &used))
		return false;
	rest = line + used;
	line = rest + strspn(rest, " \t[");
	if (*line == '<' && address_at(line, &out->address, &used))
		rest = line + used + strspn(line + used, "]");
	out->sure = sure_of(rest);
	out->rest = rest + strspn(rest, ": \t");
	return true;
}

/* "550 5.1.1 <bob@example.org>... User unknown": all of it is the reason. */
static bool
hit_after_code(const char *line, struct hit *out)
{
	const size_t code = strspn(line, "0123456789.-: ");
	size_t used;

	if (code < 4 || (*line != '4' && *line != '5') || line[code] != '<' ||
	    !address_at(line + code, &out->address, &used))
		return false;
	out->rest = line;
	out->sure = SURE_MARKED;
	return true;
}

/* A line that says why is all of it a reason, or else what follows the
 * address. */
static const char *
words_of(const char *line, const char *rest)
{
	if (reason_read(line).source != REASON_NONE)
		return line;
	return rest + strspn(rest, ")]:;,. \t");
}

/* `Bob Miller <bob@example.org>`, and nothing else in the line. */
static bool
hit_after_name(const char *line, struct hit *out)
{
	const size_t name = strcspn(line, "<(:=@");
	size_t used;

	if (name > 60 || (line[name] != '<' && line[name] != '(') ||
	    !address_at(line + name, &out->address, &used) ||
	    line[name + used + strspn(line + name + used, " \t,;")] != '\0')
		return false;
	out->rest = words_of(line, line + name + used);
	out->sure = SURE_NAMED;
	return true;
}

/* Words that begin with "^" stand at the start of a line, and name without
 * being sure: "To: bob@example.org". */
static const char *
intro_end(const struct intro *intro, const char *lower)
{
	const bool first = *intro->words == '^';
	const char *words = intro->words + first;
	const char *at = first ? lower : strstr(lower, words);

	if (at == NULL || !g_str_has_prefix(at, words))
		return NULL;
	at += strlen(words);
	return at + strspn(at, ": \t");
}

static bool
hit_after_intro(const char *line, struct hit *out)
{
	g_autofree char *lower = words_lower(line);

	for (size_t i = 0; i < COUNT(intros); i++) {
		const char *end = RULE_ON(&intros[i])
		    ? intro_end(&intros[i], lower)
		    : NULL;
		const char *p;
		size_t used;

		if (end == NULL)
			continue;
		p = line + (end - lower);
		if (!address_at(p, &out->address, &used))
			continue;
		out->rest = words_of(line, p + used);
		out->sure = *intros[i].words == '^' ? SURE_NAMED : SURE_MARKED;
		return true;
	}
	return false;
}

/* Whose mail it was: the next line tells the sender. */
static bool
ends_with_by(const char *line)
{
	return g_str_has_suffix(line, " by") ||
	    g_str_has_suffix(line, " from") || g_str_has_suffix(line, " von");
}

static bool
find_hit(const struct walk *w, const char *line, struct hit *out)
{
	const char *said = skip_bullets(line);
	const bool awaited = w->count > 0 && !w->group_told &&
	    w->words->len == 0;

	if (strchr(said, '@') == NULL)
		return false;
	return hit_at_start(said, out) ||
	    (!awaited && hit_after_code(said, out)) ||
	    hit_after_name(said, out) || hit_after_intro(said, out);
}

/* "----- Transcript of session follows -----" ends a paragraph as a blank line
 * does. */
static bool
is_ruler(const char *line)
{
	line += strspn(line, " \t");
	return *line == '\0' || g_str_has_prefix(line, "---") ||
	    g_str_has_prefix(line, "===");
}

/* Postfix and Exim indent what they say of a recipient; such a line may begin
 * with an address, too, that of an alias's target. */
static bool
is_continued(const struct walk *w, const char *line)
{
	return w->count > 0 && w->words->len > 0 &&
	    strspn(line, " \t") > w->indent;
}

static void
take_line(struct walk *w, char *line)
{
	struct hit hit;

	g_strchomp(line);
	if (is_ruler(line)) {
		end_paragraph(w);
		return;
	}
	if (w->after_by || is_continued(w, line) || !find_hit(w, line, &hit)) {
		w->after_by = ends_with_by(line);
		add_words(w, line);
		return;
	}
	start(w, &hit);
	w->indent = strspn(line, " \t");
	add_words(w, hit.rest);
}

static bool
is_contact(const char *address)
{
	for (size_t i = 0; i < COUNT(contacts); i++)
		if (g_ascii_strncasecmp(address, contacts[i],
			strlen(contacts[i])) == 0)
			return true;
	return false;
}

static bool
is_party(const Rec__Mail *mail, const char *address)
{
	for (size_t i = 0; i < mail->n_to; i++)
		if (mail->to[i]->address != NULL &&
		    g_ascii_strcasecmp(mail->to[i]->address, address) == 0)
			return true;
	return mail->from != NULL && mail->from->address != NULL &&
	    g_ascii_strcasecmp(mail->from->address, address) == 0;
}

/* A reason makes a named one sure; a party of the report, or a contact, is
 * the least likely. */
static unsigned
rank(const Rec__Mail *mail, const struct named *f)
{
	unsigned rank = RANK_SURE / 2;

	if (f->sure == SURE_MARKED || f->reason.source != REASON_NONE)
		rank = RANK_SURE;
	if (is_party(mail, f->address) || is_contact(f->address))
		rank /= RANK_SURE;
	return rank;
}

static void
fill(Rec__Bounce *b, const struct named *f, const struct walk *w)
{
	const bool own = f->reason.source != REASON_NONE || w->before == NULL;
	const char *words = own ? f->words : w->before;
	const struct reason *reason = own ? &f->reason : &w->before_reason;

	if (b->diagnostic == NULL)
		b->diagnostic = g_strdup(words);
	if (b->status == NULL && reason->source != REASON_NONE)
		b->status = g_strdup(reason->status);
}

/* Returns how sure the surest is. */
static unsigned
take_found(Rec__Mail *mail, const struct walk *w)
{
	const bool known = mail->n_bounces > 0;
	unsigned best = 0;

	for (size_t i = 0; i < w->count; i++)
		best = MAX(best, rank(mail, &w->at[i]));
	for (size_t i = 0; i < w->count; i++) {
		const struct named *f = &w->at[i];
		Rec__Bounce *b = bounce_find(mail, f->address);

		if (b == NULL && !known && best > 0 && rank(mail, f) == best)
			b = bounce_add(mail, f->address);
		if (b != NULL)
			fill(b, f, w);
	}
	return best;
}

/* One that is known from elsewhere and not named in the text. */
static void
fill_rest(Rec__Mail *mail, const struct walk *w)
{
	const struct named nobody = {0};

	for (size_t i = 0; i < mail->n_bounces; i++)
		fill(mail->bounces[i], &nobody, w);
}

bool
prose_read(Rec__Mail *mail, const char *text)
{
	unsigned best;
	struct walk w = {.words = g_string_new(NULL)};
	g_autofree char *copy = g_strdup(text);
	char *line = copy;

	while (line != NULL) {
		char *next = strchr(line, '\n');

		if (next != NULL)
			*next++ = '\0';
		take_line(&w, line);
		line = next;
	}
	end_paragraph(&w);
	best = take_found(mail, &w);
	fill_rest(mail, &w);
	walk_drop(&w);
	return best == RANK_SURE;
}

/* "not accepting mail from desk@example.org": that one sent it. */
static bool
is_after_from(const char *text, const char *at)
{
	const size_t n = strlen("from ");

	while (at > text && strchr("<\"'", at[-1]) != NULL)
		at--;
	return (size_t)(at - text) >= n &&
	    g_ascii_strncasecmp(at - n, "from ", n) == 0;
}

void
prose_guess(Rec__Mail *mail, const char *text)
{
	struct span span;

	while (address_in(text, &span)) {
		g_autofree char *address = span_dup(&span);

		if (!is_party(mail, address) && !is_contact(address) &&
		    !is_after_from(text, span.at)) {
			(void)bounce_add(mail, address);
			return;
		}
		text = span.at + span.len;
	}
}

/* Is `line`, in lower case and without its dashes, the one of that row? */
static bool
cut_fits(const struct cut *cut, const char *line)
{
	const size_t n = strlen(cut->words);

	if (cut->words[n - 1] != '$')
		return strncmp(line, cut->words, n) == 0;
	return strncmp(line, cut->words, n - 1) == 0 &&
	    line[n - 1 + strspn(line + n - 1, "-=*_. :|")] == '\0';
}

static bool
is_cut(const char *text, size_t len)
{
	const size_t dashes = MIN(len, strspn(text, "-=*_ \t|>"));
	g_autofree char *start = text_cut(g_strndup(text + dashes,
					      MIN(len - dashes, CUT_MAX)),
	    CUT_MAX - 4);
	g_autofree char *line = words_fold(start);

	for (size_t i = 0; i < COUNT(cuts); i++)
		if (RULE_ON(&cuts[i]) && cut_fits(&cuts[i], line))
			return true;
	return false;
}

size_t
prose_end(const char *text)
{
	const char *p = text;

	while (*p != '\0') {
		const size_t len = strcspn(p, "\n");

		if (is_cut(p, len))
			break;
		p += len;
		p += *p == '\n';
	}
	return (size_t)(p - text);
}

const char *
prose_action(const char *text)
{
	g_autofree char *lower = words_fold(text);

	for (size_t i = 0; i < COUNT(tells); i++)
		if (RULE_ON(&tells[i]) && strstr(lower, tells[i].words) != NULL)
			return tells[i].action;
	return NULL;
}

bool
prose_speaks(const char *text)
{
	g_autofree char *lower = words_fold(text);

	for (size_t i = 0; i < COUNT(speaks); i++)
		if (RULE_ON(&speaks[i]) &&
		    strstr(lower, speaks[i].words) != NULL)
			return true;
	return false;
}

bool
prose_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table tables[] = {
	    RULE_TABLE("bounce-intro", intros),
	    RULE_TABLE("bounce-cut", cuts),
	    RULE_TABLE("bounce-tells", tells),
	    RULE_TABLE("bounce-speaks", speaks),
	};

	if (i >= COUNT(tables))
		return false;
	*out = tables[i];
	return true;
}
