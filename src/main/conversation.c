/* SPDX-License-Identifier: MIT */
/* A ticket or a mail for a person; see conversation.h. */
#include "main/conversation.h"

#include <stdio.h>
#include <string.h>

#include "base/clk.h"
#include "main/term.h"

#define TEXT_WIDTH_MOST 100 /* longer lines are hard to read */
#define LABEL_WIDTH     10

static const char *
text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static char *
when(const json_t *object, const char *name)
{
	const char *at = text(object, name);
	int64_t us;

	return at != NULL && clk_parse(at, &us, NULL) ? term_time(us) : NULL;
}

static unsigned
width(void)
{
	return MIN(term_width(), TEXT_WIDTH_MOST);
}

static void
label(const char *name, const char *value)
{
	g_autofree char *fit = NULL;

	if (value == NULL || value[0] == '\0')
		return;
	fit = term_fit(value, 0);
	printf("%s%-*s%s %s\n", term_style(TERM_DIM), LABEL_WIDTH, name,
	    term_style(TERM_PLAIN), fit);
}

static char *
person(const json_t *from)
{
	const char *name = text(from, "name");
	const char *address = text(from, "address");

	if (address == NULL)
		return g_strdup(name != NULL ? name : "somebody");
	if (name == NULL || name[0] == '\0')
		return g_strdup(address);
	return g_strdup_printf("%s <%s>", name, address);
}

/* ---- an entry ------------------------------------------------------------ */

/* ── Erika Muster <erika@…>, Mon 2 Feb 2026, 10:00 ────────── */
static void
rule(const json_t *entry)
{
	g_autofree char *who = person(json_object_get(entry, "from"));
	g_autofree char *at = when(entry, "at");
	const char *user = text(entry, "user_name");
	g_autofree char *head = g_strdup_printf("── %s, %s ",
	    user != NULL ? user : who, at != NULL ? at : "?");
	g_autofree char *fit = term_fit(head, 0);

	printf("\n%s%s", term_style(TERM_BOLD), fit);
	for (unsigned i = term_columns(fit); i < width(); i++)
		printf("─");
	printf("%s\n", term_style(TERM_PLAIN));
}

static size_t
lines_of(const char *body)
{
	size_t lines = body[0] != '\0' ? 1 : 0;

	for (const char *at = body; *at != '\0'; at++)
		lines += *at == '\n' && at[1] != '\0';
	return lines;
}

/* The reply, and one line for what it quotes. */
static void
body(const json_t *entry)
{
	const char *all = text(entry, "text");
	const char *reply = text(entry, "reply");
	GString *out = g_string_new(NULL);
	g_autofree char *wrapped = NULL;
	size_t folded = 0;

	if (all == NULL)
		all = "";
	if (reply == NULL || reply[0] == '\0')
		reply = all;
	if (lines_of(all) > lines_of(reply))
		folded = lines_of(all) - lines_of(reply);
	term_wrap(out, reply, width(), "");
	wrapped = g_string_free(out, FALSE);
	printf("%s", wrapped);
	if (folded > 0)
		printf("%s… %zu quoted line%s%s\n", term_style(TERM_DIM),
		    folded, folded == 1 ? "" : "s", term_style(TERM_PLAIN));
}

static void
attachments(const json_t *entry)
{
	const json_t *list = json_object_get(entry, "attachments");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *file = json_array_get(list, i);
		const char *name = text(file, "name");
		g_autofree char *fit = term_fit(name != NULL ? name : "unnamed",
		    0);
		g_autofree char *size = term_size((uint64_t)json_integer_value(
		    json_object_get(file, "size")));

		printf("  + %s (%s, %s)\n", fit, text(file, "type"), size);
	}
}

/* Answers go elsewhere than the mail came from (IN-34). */
static void
reply_to_print(const json_t *entry)
{
	const json_t *list = json_object_get(entry, "reply_to");
	const json_t *from = json_object_get(entry, "from");
	const char *sender = text(from, "address");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *address = text(json_array_get(list, i), "address");

		if (address != NULL && sender != NULL &&
		    g_ascii_strcasecmp(address, sender) != 0)
			printf("  ! answers go to %s (Reply-To)\n", address);
	}
}

static void
deliveries(const json_t *entry)
{
	const json_t *list = json_object_get(entry, "deliveries");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *d = json_array_get(list, i);
		const char *words = text(d, "words");

		printf("  %s %s%s%s\n", text(d, "recipient"), text(d, "state"),
		    words != NULL ? ": " : "", words != NULL ? words : "");
	}
}

static void
marks_of_trust(const json_t *entry)
{
	const char *verdict = text(entry, "authentication");

	if (g_strcmp0(verdict, "failed") == 0)
		printf("  ! its sender failed authentication: it may be "
		       "forged\n");
	else if (g_strcmp0(verdict, "verified") == 0)
		printf("  sender verified\n");
	if (json_is_true(json_object_get(entry, "new_sender")))
		printf("  ! the sender is new in this ticket\n");
	reply_to_print(entry);
}

/* What an agent who answers must know of the decision. */
static void
reasons_that_matter(const json_t *entry)
{
	static const char *const codes[] = {"key_refused", "key_deleted",
	    "sender_reply_to", "sender_forwarded", "tokens_disagree",
	    "untrusted_header", "bounce", "follow_up", "reopened", NULL};
	const json_t *list = json_object_get(entry, "because");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *reason = json_array_get(list, i);
		const char *code = text(reason, "code");

		if (code != NULL && g_strv_contains(codes, code))
			printf("  ! %s\n", text(reason, "text"));
	}
}

static void
marks(const json_t *entry)
{
	const char *automatic = text(entry, "auto");
	const char *unreadable = text(entry, "unreadable");
	json_int_t again = json_integer_value(
	    json_object_get(entry, "came_again"));

	marks_of_trust(entry);

	if (automatic != NULL && strcmp(automatic, "none") != 0)
		printf("  ! automatic mail (%s)\n", automatic);
	if (again > 0)
		printf("  came %" JSON_INTEGER_FORMAT " time%s more\n", again,
		    again == 1 ? "" : "s");
	if (json_is_true(json_object_get(entry, "internal")))
		printf("  ! internal\n");
	if (unreadable != NULL)
		printf("  ! could not be read: %s\n", unreadable);
}

static void
changes(const json_t *entry)
{
	const json_t *list = json_object_get(entry, "changes");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *change = json_array_get(list, i);
		const char *from = text(change, "from");
		const char *to = text(change, "to");

		printf("  %s: %s → %s\n", text(change, "field"),
		    from != NULL ? from : "-", to != NULL ? to : "-");
	}
}

static void
entry_print(const json_t *entry, const char *title)
{
	const char *subject = text(entry, "subject");
	const char *kind = text(entry, "kind");

	rule(entry);
	if (kind != NULL && g_str_has_prefix(kind, "mail") == FALSE)
		label("Kind", kind);
	if (subject != NULL && g_strcmp0(subject, title) != 0)
		label("Subject", subject);
	printf("\n");
	body(entry);
	changes(entry);
	attachments(entry);
	deliveries(entry);
	marks(entry);
	if (title != NULL) /* a mail alone says all of them below */
		reasons_that_matter(entry);
}

/* ---- the whole ----------------------------------------------------------- */

static void
customer_print(const json_t *ticket)
{
	const char *name = text(ticket, "customer_name");
	const char *address = text(ticket, "customer_address");
	g_autofree char *line = g_strdup_printf("%s%s%s%s",
	    name != NULL ? name : "", address != NULL ? " <" : "",
	    address != NULL ? address : "", address != NULL ? ">" : "");

	label("Customer", line);
}

static void
participants_print(const json_t *ticket)
{
	const json_t *list = json_object_get(ticket, "participants");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *p = json_array_get(list, i);
		bool asked = json_is_true(json_object_get(p, "unconfirmed"));
		g_autofree char *line = g_strconcat(text(p, "address"),
		    asked ? " (new sender: gets no mail yet)" : "", NULL);

		label("Takes part", line);
	}
}

static void
links_print(const json_t *ticket)
{
	const json_t *list = json_object_get(ticket, "links");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *link = json_array_get(list, i);
		g_autofree char *line = g_strdup_printf("#%" JSON_INTEGER_FORMAT
							" (%s)",
		    json_integer_value(json_object_get(link, "ticket")),
		    text(link, "kind"));

		label("Linked", line);
	}
}

void
conversation_ticket(const json_t *ticket)
{
	const json_t *entries = json_object_get(ticket, "entries");
	const char *title = text(ticket, "title");
	g_autofree char *fit = term_fit(title != NULL ? title : "", 0);
	g_autofree char *opened = when(ticket, "opened_at");
	json_int_t priority = json_integer_value(
	    json_object_get(ticket, "priority"));
	g_autofree char *urgency = priority != 0
	    ? g_strdup_printf("%" JSON_INTEGER_FORMAT, priority)
	    : NULL;

	printf("%s#%" JSON_INTEGER_FORMAT "  %s%s\n", term_style(TERM_BOLD),
	    json_integer_value(json_object_get(ticket, "id")), fit,
	    term_style(TERM_PLAIN));
	label("Status", text(ticket, "status"));
	customer_print(ticket);
	label("Category", text(ticket, "category_name"));
	label("Assignee", text(ticket, "assignee_name"));
	label("Priority", urgency);
	label("Mailbox", text(ticket, "mailbox_name"));
	label("Opened", opened);
	participants_print(ticket);
	links_print(ticket);
	for (size_t i = 0; i < json_array_size(entries); i++)
		entry_print(json_array_get(entries, i), title);
}

static void
because(const json_t *mail)
{
	const json_t *list = json_object_get(mail, "because");

	if (json_array_size(list) == 0)
		return;
	printf("\n%sWhy it is there%s\n", term_style(TERM_BOLD),
	    term_style(TERM_PLAIN));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *reason = json_array_get(list, i);

		printf("  - %s (%s)\n", text(reason, "text"),
		    text(reason, "code"));
	}
}

static void
passed(const json_t *mail)
{
	const json_t *list = json_object_get(mail, "passed");

	if (json_array_size(list) == 0)
		return;
	printf("\n%sRules that did not apply%s\n", term_style(TERM_BOLD),
	    term_style(TERM_PLAIN));
	for (size_t i = 0; i < json_array_size(list); i++)
		printf("  %s- %s%s\n", term_style(TERM_DIM),
		    text(json_array_get(list, i), "text"),
		    term_style(TERM_PLAIN));
}

void
conversation_mail(const json_t *mail)
{
	const json_t *to = json_object_get(mail, "recipients");
	const json_t *ticket = json_object_get(mail, "ticket");

	printf("%sMail %" JSON_INTEGER_FORMAT "%s\n", term_style(TERM_BOLD),
	    json_integer_value(json_object_get(mail, "id")),
	    term_style(TERM_PLAIN));
	if (json_is_integer(ticket))
		printf("%-*s #%" JSON_INTEGER_FORMAT "\n", LABEL_WIDTH,
		    "Ticket", json_integer_value(ticket));
	label("Held", text(mail, "held"));
	label("Message-ID", text(mail, "message_id"));
	label("Sender", text(mail, "sender"));
	for (size_t i = 0; i < json_array_size(to); i++)
		label("For", json_string_value(json_array_get(to, i)));
	entry_print(mail, NULL);
	because(mail);
	passed(mail);
}
