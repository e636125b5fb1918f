/* SPDX-License-Identifier: MIT */
/*
 * Passwords: argon2id by libsodium. Hashing takes about 0.1 s and 64 MiB:
 * never on the loop, never in a transaction. Any other thread.
 */
#ifndef BASE_PASSWORD_H
#define BASE_PASSWORD_H

#include "base/base.h"

#define PASSWORD_MAX 128 /* bytes */

/* A string that holds salt and parameters; g_free. ERR_TEMP: no memory. */
char *password_hash(const char *password, GError **error) MUST_CHECK;
bool password_verify(const char *hash, const char *password) MUST_CHECK;
/* A new one, easy to type, of 80 random bits; wipe and free it with
 * password_free. */
char *password_random(void);
void password_free(char **password);

#endif
