/* SPDX-License-Identifier: MIT */
/*
 * A window of 4 KiB, filled beforehand with words that RTF is full of; a byte
 * of flags before eight items, each a byte or two bytes of offset and length.
 * Reads no further than its input and writes what lzfu_decode counted before,
 * whatever the sizes in its header say (libytnef believes them).
 */
#include "mail/lzfu.h"

#include <string.h>

#define HEADER_LEN   16
#define WINDOW       4096
#define OUT_MAX      ((size_t)16 * 1024 * 1024) /* R39 */
#define COMPRESSED   0x75465a4cU                /* "LZFu" */
#define UNCOMPRESSED 0x414c454dU                /* "MELA" */

/* MS-OXRTFCP 2.1.2.1: what the window holds at the start. */
static const char preset[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman "
    "\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New "
    "RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0"
    "\\fs20\\b\\i\\u\\tab\\tx";

struct lzfu {
	const uint8_t *in;
	size_t at, len;
	uint8_t *out;
	size_t n;
	uint8_t window[WINDOW];
	size_t head;
};

static uint32_t
u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static void
put(struct lzfu *z, uint8_t byte)
{
	if (z->out != NULL)
		z->out[z->n] = byte;
	z->n++;
	z->window[z->head] = byte;
	z->head = (z->head + 1) % WINDOW;
}

/* Two bytes name a run in the window; false at the end mark. */
static bool
put_run(struct lzfu *z)
{
	unsigned word;
	size_t from, count;

	if (z->len - z->at < 2)
		return false;
	word = (unsigned)z->in[z->at] << 8 | z->in[z->at + 1];
	z->at += 2;
	from = word >> 4;
	count = (word & 0xf) + 2;
	if (from == z->head)
		return false;
	for (size_t i = 0; i < count; i++)
		put(z, z->window[(from + i) % WINDOW]);
	return true;
}

static void
expand(struct lzfu *z)
{
	while (z->at < z->len && z->n < OUT_MAX) {
		unsigned flags = z->in[z->at++];

		for (unsigned i = 0; i < 8 && z->at < z->len; i++) {
			if ((flags & 1) == 0)
				put(z, z->in[z->at++]);
			else if (!put_run(z))
				return;
			flags >>= 1;
		}
	}
}

size_t
lzfu_decode(uint8_t *out, const uint8_t *in, size_t len)
{
	struct lzfu z = {
	    .in = in,
	    .at = HEADER_LEN,
	    .len = len,
	    .out = out,
	    .head = sizeof(preset) - 1,
	};

	if (len < HEADER_LEN)
		return 0;
	if (u32(in + 8) == UNCOMPRESSED) {
		const size_t n = MIN(u32(in + 4), len - HEADER_LEN);

		if (out != NULL && n > 0)
			memcpy(out, in + HEADER_LEN, n);
		return n;
	}
	if (u32(in + 8) != COMPRESSED)
		return 0;
	memcpy(z.window, preset, sizeof(preset) - 1);
	expand(&z);
	return z.n;
}
