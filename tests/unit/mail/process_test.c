/* SPDX-License-Identifier: MIT */
/*
 * Mail processes: the real one (this program, started again with the hidden
 * sub-command) and fakes that die, hang, spin or lie, chosen by the
 * environment. Each charset of the table is decoded inside the sandbox (R32);
 * a mail that ends a process twice is unreadable and the next one is read
 * (R31).
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clk.h"
#include "mail/charset.h"
#include "mail/parse.h"
#include "mail/process.h"
#include "mail/sandbox.h"
#include "mail/wire.h"
#include "tests/lib/test.h"

#define FAKE "MAILDESK_TEST_CHILD"

static void
fake_child(const char *kind)
{
	const uint64_t ready = WIRE_READY;
	uint64_t lie[1] = {UINT64_MAX};
	volatile unsigned spin = 1;
	char byte[4096];
	int fd;

	if (strcmp(kind, "mute") == 0)
		_exit(1);
	if (strcmp(kind, "escape") == 0 && !sandbox_close(NULL))
		_exit(1);
	if (write(WIRE_FD, &ready, sizeof(ready)) != sizeof(ready) ||
	    read(WIRE_FD, byte, sizeof(byte)) <= 0)
		_exit(0);
	if (strcmp(kind, "escape") == 0) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (fd >= 0)
			(void)close(fd);
		lie[0] = 0; /* still here: an answer without fields */
	}
	if (strcmp(kind, "lie") == 0 || strcmp(kind, "escape") == 0)
		(void)!write(WIRE_FD, lie, sizeof(lie));
	while (strcmp(kind, "spin") == 0 && spin != 0)
		continue;
	if (strcmp(kind, "hang") == 0)
		(void)pause();
	if (strcmp(kind, "crash") == 0)
		(void)raise(SIGKILL);
	(void)sleep(1);
	_exit(0);
}

/* Runs before the test framework: this program as a mail process. */
__attribute__((constructor)) static void
be_a_child(int argc, char **argv)
{
	const char *kind = getenv(FAKE);

	if (argc < 2 || strcmp(argv[1], "mail-process") != 0)
		return;
	if (kind != NULL)
		fake_child(kind);
	_exit(mail_process_main());
}

static Rec__Mail *
parse_by(struct mail_process *process, const char *raw, size_t len)
{
	AUTO(mail_result_drop) struct mail_result result = {NULL, NULL};
	g_autoptr(GError) error = NULL;

	CHECK_OK(mail_process_parse(process, (const uint8_t *)raw, len, &result,
		     &error),
	    error);
	return g_steal_pointer(&result.mail);
}

TEST(a_mail_process_reads_one_mail_after_another)
{
	static const char raw[] = "From: a@b.example\nSubject: x\n\nhello\n";
	const struct mail_process_options options = {0};
	AUTO(mail_process_free)
	struct mail_process *p = mail_process_new(&options);

	for (size_t i = 0; i < 250; i++) {
		Rec__Mail *mail = parse_by(p, raw, sizeof(raw) - 1);

		if (mail == NULL)
			return; /* parse_by has said why */
		CHECK(mail->unreadable == NULL);
		CHECK_STR(i, mail->text, "hello");
		mail_free(&mail);
	}
}

TEST(a_large_mail_and_a_large_answer_do_not_wait_for_each_other)
{
	g_autoptr(GString) raw = g_string_new("From: a@b.example\n\n");
	const struct mail_process_options options = {0};
	AUTO(mail_process_free)
	struct mail_process *p = mail_process_new(&options);
	Rec__Mail *mail;

	while (raw->len < 9000000)
		g_string_append(raw, "a line of a rather long text\n");
	mail = parse_by(p, raw->str, raw->len);
	CHECK_EQ(0, strlen(mail->text), MAIL_TEXT_MAX);
	CHECK(mail->marks & MARK_CUT);
	mail_free(&mail);
}

/* "äöü", "привет"… in that charset, as base64; NULL if it has none. */
static char *
encode_sample(const char *charset, const char **sample_out)
{
	static const char *const samples[] = {"\xC3\xA4", "\xD0\xB6",
	    "\xCE\xB1", "\xD7\x90", "\xD8\xA7", "\xE4\xB8\x80", "\xED\x95\x9C",
	    "\xE0\xB8\x81", "\xC4\x85", "\xD5\xA1", "\xE1\x83\x90", "A"};

	for (size_t i = 0; i < COUNT(samples); i++) {
		gsize len = 0;
		g_autofree char *bytes = g_convert(samples[i], -1, charset,
		    "UTF-8", NULL, &len, NULL);

		*sample_out = samples[i];
		if (bytes != NULL)
			return g_base64_encode((const guchar *)bytes, len);
	}
	return NULL;
}

TEST(every_charset_decodes_inside_the_sandbox)
{
	const struct mail_process_options options = {0};
	AUTO(mail_process_free)
	struct mail_process *p = mail_process_new(&options);
	const char *name, *sample = NULL;

	for (size_t i = 0; (name = charset_name(i)) != NULL; i++) {
		g_autofree char *code = encode_sample(name, &sample);
		g_autofree char *raw = NULL;
		Rec__Mail *mail;

		if (code == NULL)
			continue; /* a label glibc does not know by itself */
		raw =
		    g_strdup_printf("From: =?%s?B?%s?= <a@b.example>\n"
				    "Subject: =?%s?B?%s?=\n"
				    "Content-Type: text/plain; charset=\"%s\"\n"
				    "Content-Transfer-Encoding: base64\n\n%s\n",
			name, code, name, code, name, code);
		mail = parse_by(p, raw, strlen(raw));
		CHECK(mail->unreadable == NULL);
		CHECK_STR(i, mail->text, sample);
		CHECK_STR(i, mail->subject, sample);
		CHECK_STR(i, mail->from->name, sample);
		mail_free(&mail);
	}
}

TEST(unknown_charsets_and_zones_do_not_kill)
{
	static const char raw[] =
	    "From: =?x-nowhere?Q?abc?= <a@b.example>\n"
	    "Date: Tue, 1 Jul 2003 10:52:37 Europe/Berlin\n"
	    "Content-Type: text/html; charset=../../etc/passwd\n\n"
	    "<!DOCTYPE html SYSTEM \"file:///etc/passwd\"><p>a &auml;\n";
	const struct mail_process_options options = {0};
	AUTO(mail_process_free)
	struct mail_process *p = mail_process_new(&options);
	Rec__Mail *mail = parse_by(p, raw, sizeof(raw) - 1);

	CHECK(mail->unreadable == NULL);
	CHECK_STR(0, mail->text, "a \xC3\xA4");
	mail_free(&mail);
}

TEST(a_mail_that_ends_a_process_twice_is_unreadable)
{
	static const char raw[] = "From: a@b.example\nSubject: x\n\nhello\n";
	static const char *const kinds[] = {"crash", "hang", "lie", "spin"};
	const struct mail_process_options options = {.wall_ms = 3000,
	    .cpu_s = 1};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO(mail_process_free)
		struct mail_process *p = mail_process_new(&options);
		Rec__Mail *mail;

		(void)setenv(FAKE, kinds[i], 1);
		mail = parse_by(p, raw, sizeof(raw) - 1);
		CHECK_STR(i, mail->unreadable,
		    "the mail ended a mail process twice");
		CHECK_STR(i, mail->subject, "x");
		mail_free(&mail);
		(void)unsetenv(FAKE);
		mail = parse_by(p, raw, sizeof(raw) - 1);
		CHECK(mail->unreadable == NULL);
		mail_free(&mail);
	}
}

TEST(a_process_that_opens_a_socket_is_killed)
{
	const struct mail_process_options options = {0};
	AUTO(mail_process_free)
	struct mail_process *p = mail_process_new(&options);
	Rec__Mail *mail;

	if (!SANDBOX_ON)
		return;
	(void)setenv(FAKE, "escape", 1);
	mail = parse_by(p, "A: b\n\nx", 7);
	CHECK(mail->unreadable != NULL);
	mail_free(&mail);
	(void)unsetenv(FAKE);
}

TEST(a_process_that_does_not_start_is_temporary)
{
	static const struct {
		const char *program, *kind;
	} row[] = {
	    {"/nonexistent",   NULL  },
	    {"/proc/self/exe", "mute"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const struct mail_process_options options = {
		    .program = row[i].program};
		AUTO(mail_process_free)
		struct mail_process *p = mail_process_new(&options);
		struct mail_result result;
		g_autoptr(GError) error = NULL;

		if (row[i].kind != NULL)
			(void)setenv(FAKE, row[i].kind, 1);
		CHECK(!mail_process_parse(p, (const uint8_t *)"A: b", 4,
		    &result, &error));
		CHECK(err_is(error, ERR_TEMP));
		CHECK(result.mail == NULL);
		(void)unsetenv(FAKE);
	}
}
