/* SPDX-License-Identifier: MIT */
/*
 * Text out of RTF: what stands in no destination of its own (fonts, colours,
 * pictures). Characters come as bytes of the document's code page, \'hh, or as
 * \u with a stand-in behind it for readers that know no Unicode. In RTF made
 * from HTML the markup stands in \htmltag groups, and what replaces it for RTF
 * between \htmlrtf and \htmlrtf0. One pass, a stack of bounded depth.
 */
#include "mail/rtf.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/codepage.h"

#define DEPTH_MAX 200
#define WORD_MAX  32
#define FONTS_MAX 256

struct group {
	bool hidden;   /* a destination that is not shown */
	bool html_tag; /* markup: in RTF from HTML it is the text */
	bool html_rtf; /* what RTF shows in its place */
	int skip;      /* characters that stand in for a \u */
	unsigned page; /* of its font; 0: the document's */
};

struct rtf {
	const char *at, *end;
	GString *out;
	GString *bytes;            /* of the code page, not decoded yet */
	unsigned page;             /* of the document */
	unsigned fonts[FONTS_MAX]; /* code pages of fonts that have one */
	unsigned font;             /* the last one named */
	struct group stack[DEPTH_MAX];
	size_t depth;  /* beyond DEPTH_MAX: groups that change nothing */
	int to_skip;   /* stand-ins left */
	gunichar lead; /* the first half of a surrogate pair */
	bool is_html;
	bool starred; /* \* was read: an unknown destination is hidden */
};

struct word {
	char name[WORD_MAX];
	bool has_number;
	int number;
};

/* Destinations that hold no text. */
static const char *const hidden_words[] = {"fonttbl", "colortbl", "stylesheet",
    "info", "pict", "object", "header", "footer", "headerl", "headerr",
    "headerf", "footerl", "footerr", "footerf", "fldinst", "listtable",
    "listoverridetable", "rsidtbl", "generator", "themedata", "datastore",
    "latentstyles", "bkmkstart", "bkmkend", "xe", "tc", "pntext"};

static const struct sign {
	const char *word;
	const char *text;
} signs[] = {
    {"par",       "\n"          },
    {"line",      "\n"          },
    {"sect",      "\n"          },
    {"page",      "\n"          },
    {"row",       "\n"          },
    {"cell",      "\t"          },
    {"tab",       "\t"          },
    {"emdash",    "\xE2\x80\x94"},
    {"endash",    "\xE2\x80\x93"},
    {"bullet",    "\xE2\x80\xA2"},
    {"lquote",    "\xE2\x80\x98"},
    {"rquote",    "\xE2\x80\x99"},
    {"ldblquote", "\xE2\x80\x9C"},
    {"rdblquote", "\xE2\x80\x9D"},
};

/* Charsets of fonts as Windows numbers them, by code page. */
static const struct font_charset {
	int number;
	unsigned page;
} font_charsets[] = {
    {128, 932 },
    {129, 949 },
    {134, 936 },
    {136, 950 },
    {161, 1253},
    {162, 1254},
    {163, 1258},
    {177, 1255},
    {178, 1256},
    {186, 1257},
    {204, 1251},
    {222, 874 },
    {238, 1250},
};

static struct group *
top(struct rtf *r)
{
	return &r->stack[MIN(r->depth, DEPTH_MAX - 1)];
}

static bool
is_shown(struct rtf *r)
{
	const struct group *g = top(r);

	if (r->is_html && g->html_tag)
		return !g->html_rtf;
	return !g->hidden && !g->html_tag && !(r->is_html && g->html_rtf);
}

static void
flush(struct rtf *r)
{
	bool bad = false;
	char charset[CODEPAGE_MAX] = "windows-1252";
	g_autofree char *text = NULL;

	if (r->bytes->len == 0)
		return;
	codepage_label(charset, top(r)->page != 0 ? top(r)->page : r->page);
	text = charset_decode(charset, r->bytes->str, r->bytes->len, &bad);
	g_string_append(r->out, text);
	g_string_truncate(r->bytes, 0);
}

/* True, and one less, while a \u has stand-ins left. */
static bool
stands_in(struct rtf *r)
{
	if (r->to_skip == 0)
		return false;
	r->to_skip--;
	return true;
}

static void
put_byte(struct rtf *r, char byte)
{
	if (!stands_in(r) && is_shown(r) && byte != '\0')
		g_string_append_c(r->bytes, byte);
}

static void
put_text(struct rtf *r, const char *text)
{
	if (is_shown(r)) {
		flush(r);
		g_string_append(r->out, text);
	}
}

static void
put_unicode(struct rtf *r, int number)
{
	gunichar c = (gunichar)(number < 0 ? number + 65536 : number);

	r->to_skip = top(r)->skip;
	if (c >= 0xd800 && c < 0xdc00) {
		r->lead = c;
		return;
	}
	if (c >= 0xdc00 && c < 0xe000 && r->lead != 0)
		c = 0x10000 + ((r->lead - 0xd800) << 10) + (c - 0xdc00);
	r->lead = 0;
	if (!is_shown(r) || !g_unichar_validate(c) || c == 0)
		return;
	flush(r);
	g_string_append_unichar(r->out, c);
}

static void
on_ansicpg(struct rtf *r, const struct word *w)
{
	flush(r);
	if (w->number > 0)
		r->page = (unsigned)w->number;
}

static void
on_font(struct rtf *r, const struct word *w)
{
	flush(r);
	r->font = (unsigned)CLAMP(w->number, 0, FONTS_MAX - 1);
	top(r)->page = r->fonts[r->font];
}

/* In the table of fonts: the charset of the font named last. */
static void
on_fcharset(struct rtf *r, const struct word *w)
{
	for (size_t i = 0; i < COUNT(font_charsets); i++)
		if (font_charsets[i].number == w->number)
			r->fonts[r->font] = font_charsets[i].page;
}

/* Back to the font that the document begins with. */
static void
on_plain(struct rtf *r, const struct word *w)
{
	(void)w;
	flush(r);
	top(r)->page = 0;
}

static void
on_fromhtml(struct rtf *r, const struct word *w)
{
	(void)w;
	r->is_html = true;
}

static void
on_html_rtf(struct rtf *r, const struct word *w)
{
	top(r)->html_rtf = !w->has_number || w->number != 0;
}

static void
on_html_tag(struct rtf *r, const struct word *w)
{
	(void)w;
	r->starred = false;
	top(r)->html_tag = true;
	top(r)->hidden = false;
}

static void
on_uc(struct rtf *r, const struct word *w)
{
	top(r)->skip = CLAMP(w->number, 0, 8);
}

static void
on_u(struct rtf *r, const struct word *w)
{
	put_unicode(r, w->number);
}

static void
on_bin(struct rtf *r, const struct word *w)
{
	if (w->number > 0)
		r->at += MIN(r->end - r->at, w->number);
}

static const struct control {
	const char *word;
	void (*on)(struct rtf *, const struct word *);
} controls[] = {
    {"ansicpg",  on_ansicpg },
    {"f",        on_font    },
    {"fcharset", on_fcharset},
    {"plain",    on_plain   },
    {"fromhtml", on_fromhtml},
    {"htmlrtf",  on_html_rtf},
    {"htmltag",  on_html_tag},
    {"uc",       on_uc      },
    {"u",        on_u       },
    {"bin",      on_bin     },
};

static bool
hides(const struct rtf *r, const struct word *w)
{
	for (size_t i = 0; i < COUNT(hidden_words); i++)
		if (g_str_equal(w->name, hidden_words[i]))
			return true;
	return r->starred;
}

static void
take_word(struct rtf *r, const struct word *w)
{
	for (size_t i = 0; i < COUNT(controls); i++)
		if (g_str_equal(w->name, controls[i].word)) {
			controls[i].on(r, w);
			r->starred = false;
			return;
		}
	for (size_t i = 0; i < COUNT(signs); i++)
		if (g_str_equal(w->name, signs[i].word))
			put_text(r, signs[i].text);
	if (hides(r, w))
		top(r)->hidden = true;
	r->starred = false;
}

static int
read_number(struct rtf *r, bool *has_out)
{
	const bool minus = r->at < r->end && *r->at == '-';
	int number = 0;

	r->at += minus;
	while (r->at < r->end && g_ascii_isdigit(*r->at)) {
		if (number < 100000000)
			number = number * 10 + (*r->at - '0');
		*has_out = true;
		r->at++;
	}
	return minus ? -number : number;
}

static void
read_word(struct rtf *r)
{
	struct word w = {0};
	size_t n = 0;

	while (r->at < r->end && g_ascii_isalpha(*r->at)) {
		if (n < WORD_MAX - 1)
			w.name[n++] = *r->at;
		r->at++;
	}
	w.number = read_number(r, &w.has_number);
	if (r->at < r->end && *r->at == ' ')
		r->at++;
	take_word(r, &w);
}

static void
read_hex(struct rtf *r)
{
	if (r->end - r->at < 2)
		return;
	if (g_ascii_isxdigit(r->at[0]) && g_ascii_isxdigit(r->at[1]))
		put_byte(r,
		    (char)(g_ascii_xdigit_value(r->at[0]) * 16 +
			g_ascii_xdigit_value(r->at[1])));
	r->at += 2;
}

/* What follows a backslash. */
static void
read_control(struct rtf *r)
{
	if (r->at == r->end)
		return;
	if (g_ascii_isalpha(*r->at)) {
		read_word(r);
		return;
	}
	switch (*r->at++) {
	case '\'':
		read_hex(r);
		break;
	case '*':
		r->starred = true;
		break;
	case '~':
		put_text(r, " ");
		break;
	case '_':
		put_text(r, "-");
		break;
	case '\r':
	case '\n':
		put_text(r, "\n");
		break;
	case '\\':
	case '{':
	case '}':
		put_byte(r, r->at[-1]);
		break;
	default:
		break;
	}
}

static void
open_group(struct rtf *r)
{
	r->to_skip = 0;
	r->depth++;
	if (r->depth < DEPTH_MAX)
		r->stack[r->depth] = r->stack[r->depth - 1];
}

static void
close_group(struct rtf *r)
{
	if (r->depth > 0 &&
	    top(r)->page != r->stack[MIN(r->depth - 1, DEPTH_MAX - 1)].page)
		flush(r);
	r->to_skip = 0;
	r->starred = false;
	if (r->depth > 0)
		r->depth--;
}

char *
rtf_to_text(const char *rtf, size_t len, bool *is_html_out)
{
	g_autofree struct rtf *r = g_new0(struct rtf, 1);

	r->at = rtf;
	r->end = rtf + len;
	r->out = g_string_new(NULL);
	r->bytes = g_string_new(NULL);
	r->stack[0].skip = 1;
	while (r->at < r->end) {
		const char c = *r->at++;

		if (c == '\\')
			read_control(r);
		else if (c == '{')
			open_group(r);
		else if (c == '}')
			close_group(r);
		else if (c != '\r' && c != '\n')
			put_byte(r, c);
	}
	flush(r);
	(void)g_string_free(r->bytes, TRUE);
	*is_html_out = r->is_html;
	return g_string_free(r->out, FALSE);
}
