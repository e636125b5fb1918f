/* SPDX-License-Identifier: MIT */
/*
 * Builds a store of N tickets with the desk's own commands (facts, decide,
 * apply), many mails a transaction: what a million tickets look like, in
 * minutes. Mails are made as records, without the parser. N tickets get 1.5 N
 * replies (60 % of all mails) with two References each, from 200,000 customers
 * (Zipf). Replies come some thousand tickets after what they answer.
 *
 * Ticket t of 0…N-1 has the mails <tT.k0@fill.example>, k1 and, if t is odd,
 * k2; run.py writes replies to them. Usage: fill N DIR
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clk.h"
#include "base/token.h"
#include "desk/mailbox.h"
#include "desk/snapshot.h"
#include "intake/apply.h"
#include "intake/decide.h"
#include "intake/facts.h"
#include "store/blob.h"
#include "store/store.h"

#define ADDRESS "support@example.org"
/* Numbers of four digits and more tell titles apart (IN-9). */
#define FIRST_ORDER  UINT64_C(100000)
#define CUSTOMERS    200000
#define ZIPF_SHIFT   7 /* the first few are not half of all */
#define BATCH        2000
#define BLOCK        1000 /* tickets opened, then replies to older blocks */
#define FIRST_REPLY  4    /* blocks later */
#define SECOND_REPLY 24
#define MAIL_EVERY   INT64_C(1000000) /* microseconds */
#define BODY_LEN     1400
#define PROGRESS     100000
#define TO_PERCENT   100

static const char *const sentences[] = {
    "Good morning, the parcel did not arrive and nobody could say why.",
    "Guten Tag, die Rechnung ist leider falsch, bitte um Korrektur.",
    "Since the update the screen stays black for a minute or two.",
    "Wir haben die Mahnung erhalten, obwohl alles bezahlt war.",
    "Could you please call me back in the afternoon?",
    "Der Drucker im dritten Stock druckt nur noch leere Seiten.",
    "The export stops at line 4711 with an error I do not understand.",
    "Ich kann mich im Portal nicht anmelden, das Passwort stimmt aber.",
    "Please send the papers to our new address in Cologne.",
    "Vielen Dank im Voraus und freundliche Grüße",
    "We need three more seats from the first of next month.",
    "Die Lieferung war unvollständig, es fehlt der zweite Karton.",
};

struct fill {
	struct store *store;
	struct snapshot *snapshot;
	struct wtxn *w;
	uint64_t tickets;
	uint64_t mails;
	uint64_t in_batch;
	uint64_t mailbox;
	int64_t now;
	double cumulated[CUSTOMERS];
	GString *raw;
	GString *body;
	uint8_t *packed;
	size_t packed_max;
};

/* One mail: the k-th of ticket t. */
struct letter {
	uint64_t t;
	unsigned k;
	uint32_t customer;
	char id[48];
	char previous[48];
	char first[48];
	char address[48];
	char name[48];
	char subject[80];
};

/* ---- random, but a function of its argument ------------------------------ */

static uint64_t
mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static void
zipf_init(double cumulated[CUSTOMERS])
{
	double sum = 0;

	for (size_t i = 0; i < CUSTOMERS; i++)
		cumulated[i] = sum += 1.0 / (double)(i + ZIPF_SHIFT);
	for (size_t i = 0; i < CUSTOMERS; i++)
		cumulated[i] /= sum;
}

static uint32_t
customer_of(const struct fill *f, uint64_t ticket)
{
	double u = (double)(mix(ticket) >> 11) / (double)(UINT64_C(1) << 53);
	uint32_t low = 0;
	uint32_t high = CUSTOMERS - 1;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (f->cumulated[middle] < u)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- one mail ------------------------------------------------------------ */

static void
id_format(char out[48], uint64_t t, unsigned k)
{
	(void)snprintf(out, 48, "t%" PRIu64 ".k%u@fill.example", t, k);
}

static void
letter_make(const struct fill *f, uint64_t t, unsigned k, struct letter *l)
{
	*l = (struct letter){.t = t, .k = k, .customer = customer_of(f, t)};
	id_format(l->id, t, k);
	id_format(l->first, t, 0);
	if (k == 1)
		(void)snprintf(l->previous, sizeof(l->previous),
		    "t%" PRIu64 ".answer@fill.example", t);
	else if (k > 1)
		id_format(l->previous, t, k - 1);
	(void)snprintf(l->address, sizeof(l->address),
	    "c%u@customers%u.example", l->customer, l->customer % 997);
	(void)snprintf(l->name, sizeof(l->name), "Customer %u", l->customer);
	(void)snprintf(l->subject, sizeof(l->subject),
	    "%sQuestion %" PRIu64 " about the order", k > 0 ? "Re: " : "",
	    FIRST_ORDER + t);
}

static void
body_write(GString *out, const struct letter *l)
{
	uint64_t seed = mix(l->t * 3 + l->k);

	g_string_truncate(out, 0);
	for (uint64_t i = 0; out->len < BODY_LEN; i++) {
		uint64_t r = mix(seed + i);

		g_string_append_printf(out, "%s %" PRIu64 "\n",
		    sentences[r % COUNT(sentences)], r >> 44);
	}
}

/* Two References: the first mail and the one before. What the first reply
 * answers is not here: somebody wrote it in a program of his own. */
static void
raw_write(GString *out, const struct letter *l, const GString *body)
{
	g_string_printf(out,
	    "Received: from mx.example by mx.example.org; Mon, 2 Jan 2023\r\n"
	    "From: %s <%s>\r\nTo: " ADDRESS "\r\nSubject: %s\r\n"
	    "Date: Mon, 02 Jan 2023 10:00:00 +0000\r\n"
	    "Message-ID: <%s>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n",
	    l->name, l->address, l->subject, l->id);
	if (l->k > 0)
		g_string_append_printf(out,
		    "In-Reply-To: <%s>\r\nReferences: <%s>\r\n <%s>\r\n",
		    l->previous, l->first, l->previous);
	g_string_append(out, "\r\n");
	g_string_append_len(out, body->str, (gssize)body->len);
}

/* The record as the parser would have made it; borrows everything. */
struct record {
	Rec__Mail mail;
	Rec__Addr from, to;
	Rec__Addr *to_list[1];
	Rec__Part part;
	Rec__Part *parts[1];
	char *replies[1];
	char *references[2];
	Rec__Envelope envelope;
	Rec__Recipient recipient;
	Rec__Recipient *recipients[1];
};

static void
record_address(struct letter *l, struct record *r)
{
	static char to[] = ADDRESS;

	rec__addr__init(&r->from);
	rec__addr__init(&r->to);
	r->from.name = l->name;
	r->from.address = l->address;
	r->to.address = to;
	r->to_list[0] = &r->to;
	r->mail.from = &r->from;
	r->mail.n_to = 1;
	r->mail.to = r->to_list;
}

static void
record_thread(struct letter *l, struct record *r)
{
	r->mail.message_id = l->id;
	if (l->k == 0)
		return;
	r->replies[0] = l->previous;
	r->references[0] = l->first;
	r->references[1] = l->previous;
	r->mail.n_in_reply_to = COUNT(r->replies);
	r->mail.in_reply_to = r->replies;
	r->mail.n_references = COUNT(r->references);
	r->mail.references = r->references;
}

static void
record_part(const GString *raw, const GString *body, struct record *r)
{
	static char type[] = "text/plain";
	static char charset[] = "utf-8";

	rec__part__init(&r->part);
	r->part.has_offset = r->part.has_length = r->part.has_size = true;
	r->part.offset = raw->len - body->len;
	r->part.length = r->part.size = body->len;
	r->part.type = type;
	r->part.charset = charset;
	r->parts[0] = &r->part;
	r->mail.n_parts = 1;
	r->mail.parts = r->parts;
	r->mail.text = body->str;
}

static void
record_envelope(const struct fill *f, struct letter *l, struct record *r)
{
	static char source[] = "lmtp";

	rec__envelope__init(&r->envelope);
	rec__recipient__init(&r->recipient);
	r->recipient.address = r->to.address;
	r->recipient.has_mailbox = true;
	r->recipient.mailbox = f->mailbox;
	r->recipients[0] = &r->recipient;
	r->envelope.sender = l->address;
	r->envelope.source = source;
	r->envelope.n_recipients = 1;
	r->envelope.recipients = r->recipients;
}

static void
record_make(const struct fill *f, struct letter *l, struct record *r)
{
	rec__mail__init(&r->mail);
	record_address(l, r);
	record_thread(l, r);
	record_part(f->raw, f->body, r);
	record_envelope(f, l, r);
	r->mail.subject = l->subject;
	r->mail.has_date_at = true;
	r->mail.date_at = f->now;
}

static struct blob *
blob_make(struct fill *f, const Rec__Mail *mail, uint64_t *detail_len_out,
    GError **error)
{
	AUTO(blob_free) struct blob *blob = blob_new();
	size_t len = rec__mail__get_packed_size(mail);

	if (len > f->packed_max) {
		f->packed_max = 2 * len;
		f->packed = g_realloc(f->packed, f->packed_max);
	}
	(void)rec__mail__pack(mail, f->packed);
	if (!blob_add(blob, f->packed, len, error) ||
	    !blob_add(blob, f->raw->str, f->raw->len, error) ||
	    !blob_finish(blob, error))
		return NULL;
	*detail_len_out = len;
	return g_steal_pointer(&blob);
}

/* As intake does it: facts, decision, records. */
static bool
receive(struct fill *f, const struct record *r, GError **error)
{
	struct intake_mail in = {.mail = &r->mail,
	    .envelope = &r->envelope,
	    .received_at = f->now};
	AUTO_RECORD(Rec__Facts) facts = NULL;
	AUTO(blob_free) struct blob *blob = NULL;
	struct application a = {.in = &in, .raw_len = f->raw->len};
	struct decision decision;
	struct outcome outcome;

	in.hashes = mail_hashes_of(&r->mail, (const uint8_t *)f->raw->str,
	    f->raw->len);
	blob = blob_make(f, &r->mail, &a.detail_len, error);
	if (blob == NULL)
		return false;
	facts = facts_gather(wtxn_view(f->w), f->snapshot, &in, error);
	if (facts == NULL)
		return false;
	decide(facts, f->snapshot, &decision);
	a.facts = facts;
	a.decision = &decision;
	a.snapshot = f->snapshot;
	a.blob = blob;
	if (!apply(f->w, &a, &outcome, error))
		return false;
	if (outcome.ticket == 0)
		return fail(error, ERR_CONFLICT, "a mail came to no ticket: %s",
		    action_name(outcome.action));
	return true;
}

/* ---- the whole ----------------------------------------------------------- */

static bool
batch_turn(struct fill *f, GError **error)
{
	if (f->w != NULL && !wtxn_commit(&f->w, error))
		return false;
	f->in_batch = 0;
	f->w = wtxn_begin(f->store, f->now, error);
	return f->w != NULL;
}

static bool
put_mail(struct fill *f, uint64_t t, unsigned k, GError **error)
{
	struct letter letter;
	struct record record = {0};

	if (f->in_batch++ == BATCH && !batch_turn(f, error))
		return false;
	f->now += MAIL_EVERY;
	letter_make(f, t, k, &letter);
	body_write(f->body, &letter);
	raw_write(f->raw, &letter, f->body);
	record_make(f, &letter, &record);
	if (++f->mails % PROGRESS == 0)
		(void)fprintf(stderr,
		    "fill: %" PRIu64 " mails, %" PRIu64 " of %" PRIu64
		    " tickets (%" PRIu64 " %%)\n",
		    f->mails, t, f->tickets, t * TO_PERCENT / f->tickets);
	return receive(f, &record, error);
}

/* A block of tickets in an order of its own: i -> i * 7 + block mod BLOCK. */
static bool
put_block(struct fill *f, uint64_t block, unsigned k, GError **error)
{
	for (uint64_t i = 0; i < BLOCK; i++) {
		uint64_t at = k == 0 ? i : (i * 7 + block) % BLOCK;
		uint64_t t = block * BLOCK + at;

		if (t >= f->tickets || (k == 2 && t % 2 == 0))
			continue;
		if (!put_mail(f, t, k, error))
			return false;
	}
	return true;
}

static bool
put_all(struct fill *f, GError **error)
{
	uint64_t blocks = (f->tickets + BLOCK - 1) / BLOCK;

	if (!batch_turn(f, error))
		return false;
	for (uint64_t b = 0; b < blocks + SECOND_REPLY; b++) {
		if (b < blocks && !put_block(f, b, 0, error))
			return false;
		if (b >= FIRST_REPLY && b - FIRST_REPLY < blocks &&
		    !put_block(f, b - FIRST_REPLY, 1, error))
			return false;
		if (b >= SECOND_REPLY && b - SECOND_REPLY < blocks &&
		    !put_block(f, b - SECOND_REPLY, 2, error))
			return false;
	}
	return wtxn_commit(&f->w, error);
}

static bool
mailbox_make(struct fill *f, GError **error)
{
	static char name[] = "Support";
	static char address[] = ADDRESS;
	static char domain[] = "@load.example";
	char *addresses[] = {address, domain};
	AUTO(wtxn_abort) struct wtxn *w = wtxn_begin(f->store, f->now, error);
	Rec__Mailbox box = REC__MAILBOX__INIT;
	struct mailbox_id id = {0};

	box.name = name;
	box.n_addresses = COUNT(addresses);
	box.addresses = addresses;
	box.has_active = box.active = true;
	return w != NULL && mailbox_save(w, &id, &box, error) &&
	    wtxn_commit(&w, error);
}

static bool
snapshot_take(struct fill *f, GError **error)
{
	AUTO(view_end) struct view *view = view_begin(f->store, error);

	if (view == NULL)
		return false;
	snapshot_release(&f->snapshot);
	f->snapshot = snapshot_load(view, error);
	return f->snapshot != NULL;
}

static bool
mailbox_find(struct fill *f, GError **error)
{
	const struct snapshot_mailbox *box;

	if (!snapshot_take(f, error))
		return false;
	if (snapshot_mailbox(f->snapshot, ADDRESS, NULL) == NULL &&
	    (!mailbox_make(f, error) || !snapshot_take(f, error)))
		return false;
	box = snapshot_mailbox(f->snapshot, ADDRESS, NULL);
	if (box == NULL)
		return fail(error, ERR_NOT_FOUND, "no mailbox for " ADDRESS);
	f->mailbox = box->id.n;
	return true;
}

/* The store that `maildesk init` made, or a new one. */
static bool
open_store(struct fill *f, const char *dir, GError **error)
{
	g_autofree char *file = g_build_filename(dir, STORE_FILE, NULL);
	bool is_there = g_file_test(file, G_FILE_TEST_EXISTS);
	struct store_options options = {
	    .dir = dir,
	    .create = is_there ? STORE_MUST_EXIST : STORE_CREATE,
	};

	(void)g_mkdir_with_parents(dir, S_IRWXU); /* opening will tell */
	f->store = store_open(&options, error);
	return f->store != NULL;
}

static bool
fill(struct fill *f, const char *dir, GError **error)
{
	/* The last mail comes about now. */
	f->now = clk_wall_us() - (int64_t)f->tickets * 5 / 2 * MAIL_EVERY;
	zipf_init(f->cumulated);
	return open_store(f, dir, error) && mailbox_find(f, error) &&
	    put_all(f, error);
}

int
main(int argc, char **argv)
{
	g_autofree struct fill *f = g_new0(struct fill, 1);
	g_autoptr(GError) error = NULL;
	bool done;

	if (argc != 3 ||
	    !g_ascii_string_to_unsigned(argv[1], 10, 1, UINT32_MAX, &f->tickets,
		NULL)) {
		(void)fprintf(stderr, "usage: fill N DIR\n");
		return 2;
	}
	token_init_or_die();
	f->raw = g_string_new(NULL);
	f->body = g_string_new(NULL);
	done = fill(f, argv[2], &error);
	if (done)
		printf("RESULT tickets=%" PRIu64 " mails=%" PRIu64 "\n",
		    f->tickets, f->mails);
	else
		(void)fprintf(stderr, "fill: %s\n", error->message);
	wtxn_abort(&f->w);
	snapshot_release(&f->snapshot);
	store_close(&f->store);
	(void)g_string_free(f->raw, TRUE);
	(void)g_string_free(f->body, TRUE);
	g_free(f->packed);
	return done ? 0 : 1;
}
