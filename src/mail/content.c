/* SPDX-License-Identifier: MIT */
/*
 * What a part holds, for those who have the raw mail and the record: counted
 * first, then decoded into memory of just that size.
 */
#include "mail/parse.h"

#include "mail/decode.h"

GBytes *
mail_part_decode(const uint8_t *encoded, size_t len,
    Rec__Part__Encoding encoding)
{
	size_t n;
	uint8_t *out;

	if (len == 0 || encoding == REC__PART__ENCODING__IDENTITY)
		return g_bytes_new(encoded, len);
	n = decode_bytes(NULL, encoded, len, encoding);
	out = g_malloc(n + 1);
	(void)decode_bytes(out, encoded, len, encoding);
	return g_bytes_new_take(out, n);
}

GBytes *
mail_part_content(const Rec__Mail *mail, const Rec__Part *part,
    const uint8_t *raw, size_t max)
{
	g_autoptr(GBytes) outer = NULL;
	const Rec__Part *around;
	const uint8_t *bytes;
	size_t size, from;

	if (part->inside == 0)
		return mail_part_decode(raw + part->offset,
		    MIN(part->length, max), part->encoding);
	assert(part->inside <= mail->n_parts);
	around = mail->parts[part->inside - 1];
	assert(around->inside == 0);
	outer = mail_part_decode(raw + around->offset, around->length,
	    around->encoding);
	bytes = g_bytes_get_data(outer, &size);
	if (size == 0)
		return g_bytes_new(NULL, 0);
	from = MIN(part->offset, size);
	return mail_part_decode(bytes + from,
	    MIN(MIN(part->length, size - from), max), part->encoding);
}
