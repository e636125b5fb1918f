/* SPDX-License-Identifier: MIT */
/* Passwords: the hash takes its own password and no other. */
#include "base/password.h"

#include <string.h>

#include "base/token.h"
#include "tests/lib/test.h"

TEST(a_hash_verifies_its_password_and_no_other)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *hash = NULL;

	token_init_or_die();
	hash = password_hash("correct horse", &error);
	CHECK_OK(hash != NULL, error);
	CHECK(g_str_has_prefix(hash, "$argon2id$"));
	CHECK(password_verify(hash, "correct horse"));
	CHECK(!password_verify(hash, "correct hors"));
	CHECK(!password_verify(hash, ""));
}

TEST(an_empty_or_overlong_password_is_refused)
{
	g_autofree char *longest = g_strnfill(PASSWORD_MAX + 1, 'x');

	CHECK(password_hash("", NULL) == NULL);
	CHECK(password_hash(longest, NULL) == NULL);
}

TEST(random_passwords_differ)
{
	AUTO(password_free) char *one = password_random();
	AUTO(password_free) char *two = password_random();

	CHECK_EQ(0, strlen(one), 19);
	CHECK(strcmp(one, two) != 0);
}
