/* SPDX-License-Identifier: MIT */
/*
 * Events of libxml2's HTML parser written as text. A table says what each
 * element does; the writer keeps how many line ends are owed, so that blocks
 * in blocks do not pile up blank lines. Elements nested over DEPTH_MAX end
 * the text, for the parser's work per end tag grows with depth; so do more
 * attributes than any mailer writes, for it compares each with each: their
 * names are bounded by its dictionary, and the first such element is the
 * last. What is hidden (style, script…) is counted by depth, not written.
 */
#include "mail/html.h"

#include <string.h>

#include <libxml/HTMLparser.h>

#include "mail/parse.h"

#define HTML_MAX       (1024 * 1024)
#define DEPTH_MAX      200
#define NAMES_MAX      5000 /* bytes of names; libxml2 rounds it up to 21,000 */
#define ATTRIBUTES_MAX 200
#define ERRORS_MAX     100000
#define QUOTE_MAX      10
#define HREF_MAX       2000

enum effect {
	FX_BLOCK = 1 << 0,  /* starts and ends a line */
	FX_PARA = 1 << 1,   /* with a blank line */
	FX_HIDDEN = 1 << 2, /* not written */
	FX_PRE = 1 << 3,
	FX_QUOTE = 1 << 4,
	FX_ITEM = 1 << 5,
	FX_CELL = 1 << 6,
	FX_LINK = 1 << 7,
	FX_LIST = 1 << 8,
	FX_ORDERED = 1 << 9,
};

static const struct element {
	const char *name;
	unsigned effects;
} elements[] = {
    {"a",	  FX_LINK			},
    {"address",    FX_BLOCK                       },
    {"article",    FX_BLOCK                       },
    {"blockquote", FX_BLOCK | FX_QUOTE            },
    {"body",       FX_BLOCK		       },
    {"center",     FX_BLOCK		       },
    {"dd",         FX_BLOCK		       },
    {"div",        FX_BLOCK		       },
    {"dl",         FX_PARA			},
    {"dt",         FX_BLOCK		       },
    {"footer",     FX_BLOCK		       },
    {"form",       FX_BLOCK		       },
    {"h1",         FX_PARA			},
    {"h2",         FX_PARA			},
    {"h3",         FX_PARA			},
    {"h4",         FX_PARA			},
    {"h5",         FX_PARA			},
    {"h6",         FX_PARA			},
    {"header",     FX_BLOCK		       },
    {"li",         FX_BLOCK | FX_ITEM             },
    {"main",       FX_BLOCK		       },
    {"nav",        FX_BLOCK		       },
    {"object",     FX_HIDDEN                      },
    {"ol",         FX_BLOCK | FX_LIST | FX_ORDERED},
    {"p",	  FX_PARA			},
    {"pre",        FX_PARA | FX_PRE               },
    {"script",     FX_HIDDEN                      },
    {"section",    FX_BLOCK                       },
    {"select",     FX_HIDDEN                      },
    {"style",      FX_HIDDEN                      },
    {"table",      FX_BLOCK		       },
    {"tbody",      FX_BLOCK		       },
    {"td",         FX_CELL			},
    {"template",   FX_HIDDEN                      },
    {"th",         FX_CELL			},
    {"title",      FX_HIDDEN                      },
    {"tr",         FX_BLOCK		       },
    {"ul",         FX_BLOCK | FX_LIST             },
};

struct open_element {
	unsigned effects;
	unsigned item;  /* of a list: the number of its last item */
	char *href;     /* of a link */
	size_t text_at; /* of a link: where its text begins */
};

struct writer {
	htmlParserCtxtPtr parser;
	GString *out;
	struct open_element open[DEPTH_MAX];
	unsigned depth;
	unsigned hidden; /* open elements that hide */
	unsigned pre, quote;
	unsigned owed; /* line ends before the next text */
	bool blank;    /* one blank owed */
	bool full;
	unsigned errors;
};

static const struct element *
find_element(const char *name)
{
	size_t low = 0, high = COUNT(elements);

	while (low < high) {
		const size_t middle = (low + high) / 2;
		const int order = strcmp(name, elements[middle].name);

		if (order == 0)
			return &elements[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void
begin_line(struct writer *w)
{
	for (unsigned i = 0; i < MIN(w->quote, QUOTE_MAX); i++)
		g_string_append(w->out, "> ");
}

/* Writes what is owed before text. */
static void
settle(struct writer *w)
{
	if (w->out->len == 0)
		begin_line(w);
	else if (w->owed > 0) {
		for (unsigned i = 0; i < w->owed; i++) {
			g_string_append_c(w->out, '\n');
			begin_line(w);
		}
	} else if (w->blank) {
		g_string_append_c(w->out, ' ');
	}
	w->owed = 0;
	w->blank = false;
}

static void
owe_lines(struct writer *w, unsigned count)
{
	w->owed = MAX(w->owed, count);
	w->blank = false;
}

static void
write_word(struct writer *w, const char *text, size_t len)
{
	if (len == 0)
		return;
	settle(w);
	g_string_append_len(w->out, text, (gssize)len);
	if (w->out->len > MAIL_TEXT_MAX && !w->full) {
		w->full = true;
		xmlStopParser(w->parser);
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void
write_flow(struct writer *w, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const size_t from = at;

		if (is_blank(text[at])) {
			w->blank = w->owed == 0 && w->out->len > 0;
			at++;
			continue;
		}
		while (at < len && !is_blank(text[at]))
			at++;
		write_word(w, text + from, at - from);
	}
}

static void
write_pre(struct writer *w, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const char *lf = memchr(text + at, '\n', len - at);
		const size_t end = lf == NULL ? len : (size_t)(lf - text);

		write_word(w, text + at, end - at);
		if (lf == NULL)
			return;
		w->owed = MIN(w->owed + 1, 3);
		at = end + 1;
	}
}

static void
on_text(void *arg, const xmlChar *text, int len)
{
	struct writer *w = arg;

	if (w->hidden > 0 || w->full || len <= 0)
		return;
	if (w->pre > 0)
		write_pre(w, (const char *)text, (size_t)len);
	else
		write_flow(w, (const char *)text, (size_t)len);
}

static bool
has_too_many(const xmlChar **attributes)
{
	size_t n = 0;

	while (attributes != NULL && attributes[n] != NULL)
		n += 2;
	return n / 2 > ATTRIBUTES_MAX;
}

/* The value of an attribute; NULL if absent. */
static const char *
attribute(const xmlChar **attributes, const char *name)
{
	for (size_t i = 0; attributes != NULL && attributes[i] != NULL; i += 2)
		if (strcmp((const char *)attributes[i], name) == 0)
			return attributes[i + 1] == NULL
			    ? ""
			    : (const char *)attributes[i + 1];
	return NULL;
}

static bool
style_hides(const char *style)
{
	static const char *const words[] = {"display:none", "visibility:hidden",
	    "mso-hide:all", "font-size:0;", "font-size:0px", "max-height:0;",
	    "max-height:0px"};
	char text[512];
	size_t n = 0;

	for (; *style != '\0' && n + 2 < sizeof(text); style++)
		if (!is_blank(*style))
			text[n++] = g_ascii_tolower(*style);
	text[n++] = ';';
	text[n] = '\0';
	for (size_t i = 0; i < COUNT(words); i++)
		if (strstr(text, words[i]) != NULL)
			return true;
	return false;
}

static bool
is_hidden(const xmlChar **attributes)
{
	const char *style = attribute(attributes, "style");

	return attribute(attributes, "hidden") != NULL ||
	    (style != NULL && style_hides(style));
}

static void
begin_item(struct writer *w)
{
	char mark[16] = "*";
	size_t n = 1;

	for (unsigned i = w->depth; i-- > 0;) {
		struct open_element *e = &w->open[i];

		if (!(e->effects & FX_LIST))
			continue;
		if (e->effects & FX_ORDERED)
			n = (size_t)g_snprintf(mark, sizeof(mark), "%u.",
			    ++e->item);
		break;
	}
	write_word(w, mark, n);
	w->blank = true;
}

/* Elements without content; true if it was one. */
static bool
on_empty(struct writer *w, const char *name, const xmlChar **attributes)
{
	const char *alt;

	if (strcmp(name, "br") == 0) {
		if (w->hidden == 0)
			w->owed = MIN(w->owed + 1, 2);
		w->blank = false;
		return true;
	}
	if (strcmp(name, "hr") == 0) {
		if (w->hidden == 0) {
			owe_lines(w, 1);
			write_word(w, "---", 3);
			owe_lines(w, 1);
		}
		return true;
	}
	if (strcmp(name, "img") != 0)
		return false;
	alt = attribute(attributes, "alt");
	if (alt != NULL && w->hidden == 0 && !is_hidden(attributes))
		write_flow(w, alt, strlen(alt));
	return true;
}

static void
begin_effects(struct writer *w, unsigned effects)
{
	w->hidden += (effects & FX_HIDDEN) != 0;
	if (w->hidden > 0)
		return;
	if (effects & (FX_BLOCK | FX_PARA))
		owe_lines(w, effects & FX_PARA ? 2 : 1);
	w->quote += (effects & FX_QUOTE) != 0;
	w->pre += (effects & FX_PRE) != 0;
	if (effects & FX_ITEM)
		begin_item(w);
	if (effects & FX_CELL)
		w->blank = w->owed == 0 && w->out->len > 0;
}

/* What an element of ours does; a link remembers its target. */
static void
begin_element(struct open_element *e, const char *name,
    const xmlChar **attributes)
{
	const struct element *known = find_element(name);
	const char *href;

	e->effects = known == NULL ? 0 : known->effects;
	if (is_hidden(attributes))
		e->effects |= FX_HIDDEN;
	if ((e->effects & FX_LINK) == 0)
		return;
	href = attribute(attributes, "href");
	if (href != NULL && strlen(href) <= HREF_MAX)
		e->href = g_strdup(href);
}

static void
on_start(void *arg, const xmlChar *xml_name, const xmlChar **attributes)
{
	struct writer *w = arg;
	const char *name = (const char *)xml_name;
	struct open_element *e;

	if (w->full)
		return;
	if (w->depth == DEPTH_MAX || has_too_many(attributes)) {
		w->full = true;
		xmlStopParser(w->parser);
		return;
	}
	e = &w->open[w->depth];
	*e = (struct open_element){.text_at = w->out->len};
	if (!on_empty(w, name, attributes))
		begin_element(e, name, attributes);
	begin_effects(w, e->effects);
	w->depth++;
}

/* The target behind the text of a link, unless the text says it. */
static void
end_link(struct writer *w, struct open_element *e)
{
	const char *href = e->href, *shown = w->out->str + e->text_at;
	const char *bare;

	if (href == NULL || w->hidden > 0 || w->out->len <= e->text_at)
		return;
	if (g_ascii_strncasecmp(href, "mailto:", 7) == 0)
		bare = href + 7;
	else if (g_ascii_strncasecmp(href, "http", 4) == 0)
		bare = href;
	else
		return;
	if (strstr(shown, bare) != NULL)
		return;
	w->blank = w->owed == 0;
	write_word(w, "<", 1);
	write_word(w, bare, strlen(bare));
	write_word(w, ">", 1);
}

static void
on_end(void *arg, const xmlChar *name)
{
	struct writer *w = arg;
	struct open_element *e;
	unsigned effects;

	(void)name;
	if (w->depth == 0 || w->full)
		return;
	e = &w->open[--w->depth];
	effects = e->effects;
	if (effects & FX_LINK)
		end_link(w, e);
	g_clear_pointer(&e->href, g_free);
	if (w->hidden == 0) {
		w->quote -= (effects & FX_QUOTE) != 0;
		w->pre -= (effects & FX_PRE) != 0;
		if (effects & (FX_BLOCK | FX_PARA))
			owe_lines(w, effects & FX_PARA ? 2 : 1);
		if (effects & FX_CELL)
			w->blank = w->owed == 0;
	}
	w->hidden -= (effects & FX_HIDDEN) != 0;
}

/* libxml2 makes a text of each error, which costs more than the parsing. */
static void
on_error(void *arg, xmlErrorPtr error)
{
	struct writer *w = arg;

	(void)error;
	if (++w->errors <= ERRORS_MAX || w->full)
		return;
	w->full = true;
	xmlStopParser(w->parser);
}

void
html_setup(void)
{
	xmlInitParser();
	/* libxml2 builds its tables at first use. */
	bool cut = false;
	g_autofree char *text = html_to_text("<p>&auml;</p>", 13, &cut);
	assert(text != NULL);
}

static void
parse_events(struct writer *w, const char *html, size_t len)
{
	htmlSAXHandler sax = {
	    .startElement = on_start,
	    .endElement = on_end,
	    .characters = on_text,
	    .ignorableWhitespace = on_text,
	    .serror = on_error,
	    .initialized = XML_SAX2_MAGIC,
	};
	const xmlCharEncoding encoding = XML_CHAR_ENCODING_UTF8;

	w->parser = htmlCreatePushParserCtxt(&sax, w, NULL, 0, NULL, encoding);
	if (w->parser == NULL)
		return;
	(void)xmlDictSetLimit(w->parser->dict, NAMES_MAX);
	(void)htmlCtxtUseOptions(w->parser,
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
		HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
	(void)htmlParseChunk(w->parser, html, (int)len, 0);
	(void)htmlParseChunk(w->parser, "", 0, 1);
	w->full |= w->parser->errNo == XML_ERR_NO_MEMORY;
	if (w->parser->myDoc != NULL)
		xmlFreeDoc(w->parser->myDoc);
	htmlFreeParserCtxt(w->parser);
}

char *
html_to_text(const char *html, size_t len, bool *cut_out)
{
	struct writer w = {.out = g_string_sized_new(len / 4 + 64)};

	*cut_out |= len > HTML_MAX;
	parse_events(&w, html, MIN(len, HTML_MAX));
	*cut_out |= w.full;
	while (w.depth > 0)
		g_free(w.open[--w.depth].href);
	return g_string_free(w.out, FALSE);
}

char *
html_charset(const char *html, size_t len)
{
	static const char word[] = "charset=";
	const size_t n = sizeof(word) - 1, end = MIN(len, 1024);

	for (size_t i = 0; i + n < end; i++) {
		size_t from = i + n, to;

		if (g_ascii_strncasecmp(html + i, word, n) != 0)
			continue;
		from += html[from] == '"' || html[from] == '\'';
		to = from;
		while (to < end &&
		    (g_ascii_isalnum(html[to]) ||
			strchr("-_.:", html[to]) != NULL) &&
		    html[to] != '\0')
			to++;
		return to > from ? g_strndup(html + from, to - from) : NULL;
	}
	return NULL;
}
