/* SPDX-License-Identifier: MIT */
/*
 * Events of libxml2's HTML parser written as text. A table says what each
 * element does, mail/html_look what its attributes add. Elements nested over
 * DEPTH_MAX end the text, for the parser's work per end tag grows with depth;
 * so do more attributes than any mailer writes, for it compares each with
 * each: their names are bounded by its dictionary, and the first such element
 * is the last. What is hidden (style, script…) is counted by depth, not
 * written.
 */
#include "mail/html.h"

#include <string.h>

#include <libxml/HTMLparser.h>

#include "mail/html_link.h"
#include "mail/html_look.h"
#include "mail/html_mend.h"
#include "mail/html_write.h"
#include "mail/mark.h"
#include "mail/parse.h"

#define HTML_MAX       (1024 * 1024)
#define DEPTH_MAX      200
#define NAMES_MAX      5000 /* bytes of names; libxml2 rounds it up to 21,000 */
#define ATTRIBUTES_MAX 200
#define ERRORS_MAX     100000
#define HEAD_MAX       8192 /* bytes in which Outlook's style sheet stands */
#define ITEM_MAX       1000000

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
	FX_ROW = 1 << 10,
	FX_MARK = 1 << 11, /* a mark ends with it */
};

static const struct element {
	const char *name;
	unsigned effects;
} elements[] = {
    {"a",	  FX_LINK			},
    {"address",    FX_BLOCK                       },
    {"article",    FX_BLOCK                       },
    {"aside",      FX_BLOCK		       },
    {"audio",      FX_HIDDEN                      },
    {"blockquote", FX_BLOCK | FX_QUOTE            },
    {"body",       FX_BLOCK		       },
    {"caption",    FX_BLOCK                       },
    {"center",     FX_BLOCK		       },
    {"dd",         FX_BLOCK		       },
    {"details",    FX_BLOCK                       },
    {"dir",        FX_BLOCK | FX_LIST             },
    {"div",        FX_BLOCK		       },
    {"dl",         FX_PARA			},
    {"dt",         FX_BLOCK		       },
    {"fieldset",   FX_BLOCK                       },
    {"figcaption", FX_BLOCK                       },
    {"figure",     FX_BLOCK		       },
    {"footer",     FX_BLOCK		       },
    {"form",       FX_BLOCK		       },
    {"h1",         FX_PARA			},
    {"h2",         FX_PARA			},
    {"h3",         FX_PARA			},
    {"h4",         FX_PARA			},
    {"h5",         FX_PARA			},
    {"h6",         FX_PARA			},
    {"header",     FX_BLOCK		       },
    {"iframe",     FX_HIDDEN                      },
    {"legend",     FX_BLOCK		       },
    {"li",         FX_BLOCK | FX_ITEM             },
    {"main",       FX_BLOCK		       },
    {"math",       FX_HIDDEN		      },
    {"menu",       FX_BLOCK | FX_LIST             },
    {"nav",        FX_BLOCK		       },
    {"object",     FX_HIDDEN                      },
    {"ol",         FX_BLOCK | FX_LIST | FX_ORDERED},
    {"p",	  FX_PARA			},
    {"pre",        FX_PARA | FX_PRE               },
    {"script",     FX_HIDDEN                      },
    {"section",    FX_BLOCK                       },
    {"select",     FX_HIDDEN                      },
    {"style",      FX_HIDDEN                      },
    {"summary",    FX_BLOCK                       },
    {"svg",        FX_HIDDEN		      },
    {"table",      FX_BLOCK		       },
    {"tbody",      FX_BLOCK		       },
    {"td",         FX_CELL			},
    {"template",   FX_HIDDEN                      },
    {"tfoot",      FX_BLOCK		       },
    {"th",         FX_CELL			},
    {"thead",      FX_BLOCK		       },
    {"title",      FX_HIDDEN                      },
    {"tr",         FX_BLOCK | FX_ROW              },
    {"ul",         FX_BLOCK | FX_LIST             },
    {"video",      FX_HIDDEN                      },
    {"xml",        FX_HIDDEN		      },
};

struct open_element {
	unsigned effects;
	unsigned item;  /* of a list: the number of its last item */
	char *href;     /* of a link */
	size_t text_at; /* of a link: where its text begins */
	bool is_implied;
	bool was_pre; /* what it changed */
	bool was_zero;
};

struct reader {
	htmlParserCtxtPtr parser;
	struct writer w;
	struct open_element open[DEPTH_MAX];
	unsigned depth;
	unsigned hidden; /* open elements that hide */
	unsigned lists;
	bool is_pre;
	bool is_zero;  /* letters of size 0 */
	bool is_tight; /* paragraphs have no margins here */
	bool is_full;
	char *last_href;
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
stop(struct reader *r)
{
	r->is_full = true;
	xmlStopParser(r->parser);
}

static bool
is_shown(const struct reader *r)
{
	return r->hidden == 0 && !r->is_zero && !r->is_full;
}

static void
on_text(void *arg, const xmlChar *text, int len)
{
	struct reader *r = arg;

	if (!is_shown(r) || len <= 0)
		return;
	if (r->is_pre)
		write_pre(&r->w, (const char *)text, (size_t)len);
	else
		write_flow(&r->w, (const char *)text, (size_t)len);
	if (r->w.is_full)
		stop(r);
}

static bool
has_too_many(const char *const *attributes)
{
	size_t n = 0;

	while (attributes != NULL && attributes[n] != NULL)
		n += 2;
	return n / 2 > ATTRIBUTES_MAX;
}

static void
begin_item(struct reader *r)
{
	char mark[16] = "*";
	size_t n = 1;

	for (unsigned i = r->depth; i-- > 0;) {
		struct open_element *e = &r->open[i];

		if (!(e->effects & FX_LIST))
			continue;
		if (e->effects & FX_ORDERED)
			n = (size_t)g_snprintf(mark, sizeof(mark), "%u.",
			    ++e->item);
		break;
	}
	write_word(&r->w, mark, n);
	write_gap(&r->w, 1);
}

/* Pictures of one pixel only count who reads. */
static bool
is_pixel(const char *const *attributes)
{
	static const char *const sizes[] = {"width", "height"};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		const char *size = look_attribute(attributes, sizes[i]);

		if (size != NULL && (*size == '0' || *size == '1') &&
		    !g_ascii_isdigit(size[1]))
			return true;
	}
	return false;
}

static void
on_image(struct reader *r, const char *const *attributes)
{
	const char *alt = look_attribute(attributes, "alt");

	if (alt != NULL && !is_pixel(attributes) &&
	    !(look_of(attributes) & LOOK_HIDDEN))
		write_flow(&r->w, alt, strlen(alt));
}

static void
on_rule(struct reader *r, const char *const *attributes)
{
	write_lines_owed(&r->w, 1);
	if (look_of(attributes) & LOOK_REST)
		(void)write_mark(&r->w, MARK_HISTORY);
	write_word(&r->w, "---", 3);
	write_lines_owed(&r->w, 1);
}

/* Elements without content; true if it was one. */
static bool
on_empty(struct reader *r, const char *name, const char *const *attributes)
{
	const bool is_image = strcmp(name, "img") == 0;

	if (!is_image && strcmp(name, "br") != 0 && strcmp(name, "hr") != 0)
		return false;
	if (!is_shown(r))
		return true;
	if (is_image)
		on_image(r, attributes);
	else if (*name == 'b')
		write_break(&r->w);
	else
		on_rule(r, attributes);
	return true;
}

/* What the element marks; the rest of a text has no end. */
static unsigned
begin_mark(struct reader *r, unsigned look)
{
	static const struct {
		unsigned look;
		const char *mark;
	} row[] = {
	    {LOOK_REST,      MARK_HISTORY  },
	    {LOOK_HISTORY,   MARK_HISTORY  },
	    {LOOK_SIGNATURE, MARK_SIGNATURE},
	    {LOOK_FORWARD,   MARK_FORWARD  },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		if (look & row[i].look)
			return write_mark(&r->w, row[i].mark) &&
				row[i].look != LOOK_REST
			    ? FX_MARK
			    : 0;
	return 0;
}

static void
begin_lines(struct reader *r, unsigned effects)
{
	if (effects & FX_CELL)
		write_cell(&r->w);
	else if (effects & FX_ROW)
		write_row(&r->w);
	else if (effects & FX_PARA)
		write_lines_owed(&r->w, 2);
	else if (effects & FX_BLOCK)
		write_lines_owed(&r->w, 1);
}

static void
set_indent(struct reader *r)
{
	r->w.indent = r->lists > 1 ? r->lists - 1 : 0;
}

static void
begin_effects(struct reader *r, struct open_element *e, unsigned look)
{
	r->hidden += (e->effects & FX_HIDDEN) != 0;
	if (r->hidden > 0)
		return;
	begin_lines(r, e->effects);
	if (look & (LOOK_REST | LOOK_HISTORY | LOOK_SIGNATURE | LOOK_FORWARD))
		e->effects |= begin_mark(r, look);
	r->w.quote += (e->effects & FX_QUOTE) != 0;
	r->lists += (e->effects & FX_LIST) != 0;
	set_indent(r);
	if (e->effects & FX_ITEM)
		begin_item(r);
	r->is_pre = (r->is_pre || (e->effects & FX_PRE)) && !(look & LOOK_FLOW);
	if (look & (LOOK_ZERO | LOOK_SIZED))
		r->is_zero = (look & LOOK_ZERO) != 0;
}

/* The effects of an element with what its attributes change of them. */
static unsigned
judge_effects(const struct reader *r, const char *name,
    const char *const *attributes, unsigned look)
{
	const struct element *known = find_element(name);
	unsigned effects = known == NULL ? 0 : known->effects;

	if (look & LOOK_HIDDEN)
		effects |= FX_HIDDEN;
	if (look & LOOK_PRE)
		effects |= FX_PRE;
	if ((effects & FX_PARA) && *name == 'p' &&
	    ((look & LOOK_TIGHT) || r->is_tight))
		effects = (effects & ~(unsigned)FX_PARA) | FX_BLOCK;
	if ((effects & FX_QUOTE) && (look & LOOK_INDENT) &&
	    look_attribute(attributes, "type") == NULL)
		effects &= ~(unsigned)FX_QUOTE;
	return effects;
}

static void
remember(struct open_element *e, const char *const *attributes)
{
	const char *href = look_attribute(attributes, "href");
	const char *start = look_attribute(attributes, "start");

	if ((e->effects & FX_LINK) && href != NULL && strlen(href) <= LINK_MAX)
		e->href = g_strdup(href);
	if ((e->effects & FX_ORDERED) && start != NULL)
		e->item = (unsigned)CLAMP(g_ascii_strtoll(start, NULL, 10), 1,
			      ITEM_MAX) -
		    1;
}

/* A paragraph that libxml2 puts around text that stands on its own: where
 * its tag should end there is none. */
static bool
is_implied(const struct reader *r, const char *name)
{
	const xmlChar *at = r->parser->input == NULL ? NULL
						     : r->parser->input->cur;

	return at != NULL && strcmp(name, "p") == 0 && *at != '>' && *at != '/';
}

/* Is it an end tag that ends an element? */
static bool
is_at_end_tag(const struct reader *r)
{
	const xmlParserInput *input = r->parser->input;

	return input != NULL && input->cur > input->base &&
	    input->cur[-1] == '>';
}

static void
on_start(void *arg, const xmlChar *xml_name, const xmlChar **xml_attributes)
{
	struct reader *r = arg;
	const char *const name = (const char *)xml_name;
	const char *const *attributes = (const char *const *)(const void *)
	    xml_attributes;
	struct open_element *e;
	unsigned look;

	if (r->is_full)
		return;
	if (r->depth == DEPTH_MAX || has_too_many(attributes)) {
		stop(r);
		return;
	}
	e = &r->open[r->depth];
	*e = (struct open_element){.text_at = r->w.out->len,
	    .was_pre = r->is_pre,
	    .was_zero = r->is_zero};
	e->is_implied = is_implied(r, name);
	if (!e->is_implied && !on_empty(r, name, attributes)) {
		look = look_of(attributes);
		e->effects = judge_effects(r, name, attributes, look);
		remember(e, attributes);
		begin_effects(r, e, look);
	}
	r->depth++;
}

/* The target behind the text of a link, unless that says it, or the link
 * before led there. */
static void
end_link(struct reader *r, struct open_element *e)
{
	const char *shown = r->w.out->str + e->text_at, *target;
	size_t len = 0;

	if (e->href == NULL || !is_shown(r) || *shown == '\0')
		return;
	target = link_target(e->href, &len);
	if (target == NULL || link_is_said(shown, target, len) ||
	    g_strcmp0(r->last_href, e->href) == 0)
		return;
	write_gap(&r->w, 1);
	write_word(&r->w, "<", 1);
	write_word(&r->w, target, len);
	write_word(&r->w, ">", 1);
	g_free(r->last_href);
	r->last_href = g_steal_pointer(&e->href);
}

static void
end_effects(struct reader *r, unsigned effects)
{
	r->w.quote -= (effects & FX_QUOTE) != 0;
	r->lists -= (effects & FX_LIST) != 0;
	set_indent(r);
	if (effects & (FX_BLOCK | FX_PARA))
		write_lines_owed(&r->w, effects & FX_PARA ? 2 : 1);
	if (effects & FX_ROW)
		write_row_end(&r->w);
	if (effects & FX_CELL)
		write_cell_end(&r->w);
	if (effects & FX_MARK)
		write_mark_end(&r->w);
}

static void
on_end(void *arg, const xmlChar *name)
{
	struct reader *r = arg;
	struct open_element *e;

	(void)name;
	if (r->depth == 0 || r->is_full)
		return;
	e = &r->open[--r->depth];
	if (e->is_implied && is_shown(r) && is_at_end_tag(r))
		write_lines_owed(&r->w, 1);
	if (e->effects & FX_LINK)
		end_link(r, e);
	g_clear_pointer(&e->href, g_free);
	if (r->hidden == 0)
		end_effects(r, e->effects);
	r->hidden -= (e->effects & FX_HIDDEN) != 0;
	r->is_pre = e->was_pre;
	r->is_zero = e->was_zero;
}

/* libxml2 makes a text of each error, which costs more than the parsing. */
static void
on_error(void *arg, xmlErrorPtr error)
{
	struct reader *r = arg;

	(void)error;
	if (++r->errors > ERRORS_MAX && !r->is_full)
		stop(r);
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
parse_events(struct reader *r, const char *html, size_t len)
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

	r->parser = htmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL, encoding);
	if (r->parser == NULL)
		return;
	(void)xmlDictSetLimit(r->parser->dict, NAMES_MAX);
	(void)htmlCtxtUseOptions(r->parser,
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
		HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
	(void)htmlParseChunk(r->parser, html, (int)len, 0);
	(void)htmlParseChunk(r->parser, "", 0, 1);
	r->is_full |= r->parser->errNo == XML_ERR_NO_MEMORY;
	if (r->parser->myDoc != NULL)
		xmlFreeDoc(r->parser->myDoc);
	htmlFreeParserCtxt(r->parser);
}

/* Outlook on the web sets paragraphs without margins, by a style sheet that
 * is the same in all its mails. */
static bool
has_tight_sheet(const char *html, size_t len)
{
	static const char sheet[] = "P {margin-top:0;margin-bottom:0;}";

	return memmem(html, MIN(len, HEAD_MAX), sheet, strlen(sheet)) != NULL;
}

char *
html_to_text(const char *html, size_t len, bool *cut_out)
{
	struct reader r = {.is_tight = has_tight_sheet(html, len)};
	g_autoptr(GString) mended = html_mend(html, MIN(len, HTML_MAX));

	*cut_out |= len > HTML_MAX;
	writer_init(&r.w, mended->len, MAIL_TEXT_MAX);
	parse_events(&r, mended->str, mended->len);
	*cut_out |= r.is_full;
	while (r.depth > 0)
		g_free(r.open[--r.depth].href);
	g_free(r.last_href);
	return writer_finish(&r.w);
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
