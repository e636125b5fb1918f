/* SPDX-License-Identifier: MIT */
/* Passwords by libsodium's argon2id, interactive limits; see password.h. */
#include "base/password.h"

#include <string.h>

#include <sodium.h>

#include "base/err.h"
#include "base/token.h"

#define RANDOM_BYTES  10
#define RANDOM_DIGITS 16
#define GROUP_DIGITS  4 /* abcd-efgh-ijkl-mnop */

char *
password_hash(const char *password, GError **error)
{
	char hash[crypto_pwhash_STRBYTES];
	size_t len = strlen(password);

	if (len == 0 || len > PASSWORD_MAX)
		return fail_null(error, ERR_INVALID,
		    "a password has 1 to %d bytes", PASSWORD_MAX);
	if (crypto_pwhash_str(hash, password, len,
		crypto_pwhash_OPSLIMIT_INTERACTIVE,
		crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return fail_null(error, ERR_TEMP,
		    "not enough memory to hash a password");
	return g_strdup(hash);
}

bool
password_verify(const char *hash, const char *password)
{
	size_t len = strlen(password);

	return len <= PASSWORD_MAX &&
	    crypto_pwhash_str_verify(hash, password, len) == 0;
}

char *
password_random(void)
{
	uint8_t bytes[RANDOM_BYTES];
	char digits[RANDOM_DIGITS + 1];
	GString *text = g_string_new(NULL);

	token_random(bytes, sizeof(bytes));
	token_base32(bytes, sizeof(bytes), digits);
	for (size_t i = 0; i < RANDOM_DIGITS; i++) {
		if (i > 0 && i % GROUP_DIGITS == 0)
			g_string_append_c(text, '-');
		g_string_append_c(text, digits[i]);
	}
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(digits, sizeof(digits));
	return g_string_free(text, FALSE);
}

void
password_free(char **password)
{
	if (*password != NULL)
		sodium_memzero(*password, strlen(*password));
	g_clear_pointer(password, g_free);
}
