/* SPDX-License-Identifier: MIT */
/*
 * Patterns for addresses, as settings and blocks hold them, and the domains
 * that belong to one organisation. Patterns are separated by commas; case
 * and IDN are folded as text_fold_address does:
 *
 *   a@b.example              the address, without its plus tags
 *   b.example, @b.example, *@b.example    exactly that domain
 *   *.b.example (@*.b.example, *@*.b.example)  at least one label more
 *   b.example.*              one public suffix behind it: b.example.co.uk
 *   *.b.example.*            both
 *
 * A local part may stand before each (a@b.*). A public suffix is here one of
 * the list's ICANN section: github.io belongs to who rents it out, not to a
 * registry, so b.* is not b.github.io. A top level the list does not know is
 * a suffix of one label. A domain of one label needs its @ (@localhost): a
 * bare "de" or "info" is more likely a slip than a domain that sends mail.
 *
 * The public suffix list is libpsl's newest: Debian's package publicsuffix,
 * or what libpsl was built with. It is loaded once, when it is first asked.
 * Any thread.
 */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include "base/base.h"

#define PATTERN_ITEMS_MAX 1000

/* Immutable: many threads may ask one list. */
struct pattern_list;

/* Empty items are passed over, an empty text gives an empty list. NULL:
 * ERR_INVALID, and the sentence names the item that is no pattern. A quoted
 * local part with a comma inside cannot be written. */
struct pattern_list *pattern_list_parse(const char *text, GError **error)
    MUST_CHECK;
void pattern_list_free(struct pattern_list **list);

/* The item, as it was written, that the address matches; of several the one
 * that says most: exact before `.*` before `*.` before both. NULL: none, or
 * this is no address. Borrowed from the list. */
const char *pattern_list_match(const struct pattern_list *list,
    const char *address);

/* The organisational domain (RFC 7489, 3.2) in A-labels, small letters; what
 * has none (a public suffix, an IP address, no domain at all) is its own.
 * Here suffixes of the list's private section count too: those who rent
 * below github.io do not speak for each other. g_free'd. */
char *pattern_organisation(const char *domain);

/* Identifier alignment in the relaxed mode (RFC 7489, 3.1). An empty name
 * aligns with nothing. */
bool pattern_domains_align(const char *a, const char *b);

#endif
