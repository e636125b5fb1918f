/* SPDX-License-Identifier: MIT */
/*
 * Robots. What is surest comes first:
 *
 *  1. a delivery report or a complaint was read, or the header names one, or
 *     MAILER-DAEMON wrote to no return path: `bounce`. Such mails often bear
 *     "Auto-Submitted: auto-replied" too;
 *  2. a return receipt (RFC 8098): `reply` when a program sent it, `generated`
 *     when a person pressed a button. It is no text of a person in any case;
 *  3. a field that only automatic replies have: `reply`, also with a null
 *     return path and also when a list passed it on;
 *  4. a subject that only automatic replies have: `reply`. It comes before the
 *     fields below, for Exchange marks its absence notes "auto-generated" and
 *     old programs mark theirs "Precedence: bulk";
 *  5. postmaster without a return path: `bounce`. It is later than
 *     MAILER-DAEMON, for postmasters are people who go on holiday;
 *  6. a subject that people write as well, if a field hints: `reply`;
 *  7. a list, then bulk, then other marks of machines. A report that a list
 *     passes on is `list`, for whoever answers, answers the list;
 *  8. a null return path, or an address that takes no answer (unless Reply-To
 *     names one that does: forms of websites do so): `generated`.
 *
 * A person's mail taken for a machine's does not reopen its ticket, and one
 * taken for a reply is held: in doubt it is `none`.
 */
#include "mail/auto.h"

#include <string.h>

#include "base/text.h"
#include "mail/auto_table.h"
#include "mail/parse.h"

#define BOUNCE    REC__MAIL__AUTO__BOUNCE
#define REPLY     REC__MAIL__AUTO__REPLY
#define GENERATED REC__MAIL__AUTO__GENERATED
#define LIST      REC__MAIL__AUTO__LIST
#define NONE      REC__MAIL__AUTO__NONE

#define DISPOSITION     "message/disposition-notification"
#define DISPOSITION_MAX 4096 /* bytes of a receipt that are read */
#define PATH_MAX_READ   16
#define MAILTO          "<mailto:"

struct look {
	Rec__Mail *mail;
	const uint8_t *raw;
	struct auto_found found;
	bool has_path;     /* is there a Return-Path? */
	bool is_path_null; /* "<>" */
};

/* Local parts, without case; hyphens, dots and underscores left out. */
enum writer { WRITER_DAEMON, WRITER_MASTER, WRITER_DEAF };

static const struct writer_name {
	const char *local;
	enum writer writer;
} writers[] = {
    {"mailerdaemon",   WRITER_DAEMON},
    {"maildaemon",     WRITER_DAEMON},
    {"postmaster",     WRITER_MASTER},
    {"noreply",        WRITER_DEAF  },
    {"donotreply",     WRITER_DEAF  },
    {"dontreply",      WRITER_DEAF  },
    {"keineantwort",   WRITER_DEAF  },
    {"nichtantworten", WRITER_DEAF  },
    {"nepasrepondre",  WRITER_DEAF  },
    {"noresponder",    WRITER_DEAF  },
};

static bool
decided(struct look *l, Rec__Mail__Auto kind, const char *because)
{
	l->mail->auto_kind = kind;
	l->mail->auto_because = g_strdup(because);
	return true;
}

static bool
decided_by_field(struct look *l)
{
	l->mail->auto_kind = l->found.rule->kind;
	l->mail->auto_because = auto_table_because(&l->found);
	return true;
}

/* ---- who wrote ----------------------------------------------------------- */

/* The local part of From as the names above are written. */
static void
read_local(const Rec__Mail *mail, char *out, size_t size)
{
	const char *at = mail->from == NULL ? NULL : mail->from->address;
	size_t n = 0;

	for (; at != NULL && *at != '\0' && n + 1 < size; at++) {
		if (*at == '@' || *at == '+')
			break;
		if (strchr("-._", *at) == NULL)
			out[n++] = g_ascii_tolower(*at);
	}
	out[n] = '\0';
}

static bool
is_from(const struct look *l, enum writer writer)
{
	char local[32];

	read_local(l->mail, local, sizeof(local));
	for (size_t i = 0; i < COUNT(writers); i++)
		if (writers[i].writer == writer && RULE_ON(&writers[i]) &&
		    strcmp(local, writers[i].local) == 0)
			return true;
	return false;
}

/* ---- the steps, in the order of the head --------------------------------- */

static bool
is_report(struct look *l)
{
	const Rec__Mail *mail = l->mail;

	if (mail->complaint != NULL)
		return decided(l, BOUNCE, "complaint of a mail provider");
	if (mail->n_bounces > 0)
		return decided(l, BOUNCE, "delivery report");
	if (l->found.rule != NULL && l->found.rule->kind == BOUNCE)
		return decided_by_field(l);
	if ((l->is_path_null || !l->has_path) && is_from(l, WRITER_DAEMON))
		return decided(l, BOUNCE, "from a mailer-daemon");
	return false;
}

/* Does it say "automatic-action" or "MDN-sent-automatically"? */
static bool
is_automatic(const struct look *l, const Rec__Part *part)
{
	g_autoptr(GBytes)
	    body = mail_part_content(l->mail, part, l->raw, DISPOSITION_MAX);
	size_t len = 0;
	const char *bytes = g_bytes_get_data(body, &len);
	g_autofree char *text = g_strndup(bytes != NULL ? bytes : "", len);

	return strcasestr(text, "automatic") != NULL;
}

static bool
is_receipt(struct look *l)
{
	for (size_t i = 0; i < l->mail->n_parts; i++) {
		const Rec__Part *part = l->mail->parts[i];

		if (part->type == NULL || strcmp(part->type, DISPOSITION) != 0)
			continue;
		if (is_automatic(l, part))
			return decided(l, REPLY, "automatic return receipt");
		return decided(l, GENERATED, "return receipt");
	}
	return false;
}

static bool
is_marked_reply(struct look *l)
{
	return l->found.rule != NULL && l->found.rule->kind == REPLY &&
	    decided_by_field(l);
}

static bool
is_hinted(const struct look *l)
{
	return l->found.rule != NULL ? l->found.rule->is_hint : l->is_path_null;
}

static bool
has_subject_of_reply(struct look *l, bool hinted)
{
	const struct auto_subject *row = l->mail->subject == NULL
	    ? NULL
	    : auto_table_subject(l->mail->subject, hinted);

	if (row == NULL)
		return false;
	l->mail->auto_kind = REPLY;
	l->mail->auto_because = g_strdup_printf("subject %s with %s",
	    row->where == SUBJECT_ENDS ? "ends" : "begins", row->words);
	return true;
}

static bool
has_sure_subject(struct look *l)
{
	return has_subject_of_reply(l, false);
}

static bool
is_postmaster(struct look *l)
{
	return l->is_path_null && is_from(l, WRITER_MASTER) &&
	    decided(l, BOUNCE, "from a postmaster, Return-Path: <>");
}

static bool
has_hinted_subject(struct look *l)
{
	return is_hinted(l) && has_subject_of_reply(l, true);
}

static bool
is_marked(struct look *l)
{
	return l->found.rule != NULL && l->found.rule->kind != NONE &&
	    decided_by_field(l);
}

static bool
is_deaf(struct look *l)
{
	if (l->is_path_null)
		return decided(l, GENERATED, "Return-Path: <>");
	return l->mail->n_reply_to == 0 && is_from(l, WRITER_DEAF) &&
	    decided(l, GENERATED, "from an address that takes no answer");
}

static bool (*const steps[])(struct look *) = {
    is_report,
    is_receipt,
    is_marked_reply,
    has_sure_subject,
    is_postmaster,
    has_hinted_subject,
    is_marked,
    is_deaf,
};

/* ---- other marks of the header ------------------------------------------- */

/* The id between angle brackets, else the whole field. */
static char *
read_list_id(const struct field *field)
{
	g_autofree char *text = NULL;
	char *open, *close;

	if (field == NULL)
		return NULL;
	text = field_text(field, MAIL_LINE_MAX);
	open = strrchr(text, '<');
	close = open == NULL ? NULL : strchr(open, '>');
	if (close == NULL)
		return text_clean_line(text, strlen(text));
	return text_clean_line(open + 1, (size_t)(close - open - 1));
}

/* The address of the first "<mailto:…>" (RFC 2369, 3.4): of what somebody
 * writes to get to the list. NULL: none, or not to be written to. */
static char *
read_list_post(const struct field *field)
{
	g_autofree char *text = NULL;
	g_autofree char *address = NULL;
	const char *from;

	if (field == NULL)
		return NULL;
	text = field_text(field, MAIL_LINE_MAX);
	from = strcasestr(text, MAILTO);
	if (from == NULL)
		return NULL;
	from += strlen(MAILTO);
	address = g_uri_unescape_segment(from, from + strcspn(from, ">?"),
	    NULL);
	if (address == NULL || !text_is_address(g_strstrip(address)))
		return NULL;
	return text_fold_address(address);
}

static void
read_path(struct look *l)
{
	const struct field *field = l->found.wanted[WANTED_RETURN_PATH];
	g_autofree char *path = NULL;

	if (field == NULL)
		return;
	path = field_text(field, PATH_MAX_READ);
	l->has_path = true;
	l->is_path_null = strncmp(path, "<>", 2) == 0;
}

void
auto_read(Rec__Mail *mail, const struct fields *f, const uint8_t *raw)
{
	struct look l = {.mail = mail, .raw = raw};

	auto_table_fields(f, &l.found);
	read_path(&l);
	mail->has_auto_kind = true;
	mail->auto_kind = NONE;
	mail->list_id = read_list_id(l.found.wanted[WANTED_LIST_ID]);
	mail->list_post = read_list_post(l.found.wanted[WANTED_LIST_POST]);
	for (size_t i = 0; i < COUNT(steps); i++)
		if (steps[i](&l))
			return;
}

bool
auto_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table own = RULE_TABLE("auto", writers);

	if (i > 0)
		return auto_table_rules(i - 1, out);
	*out = own;
	return true;
}
