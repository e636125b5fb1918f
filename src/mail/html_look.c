/* SPDX-License-Identifier: MIT */
/*
 * Styles are compared without blanks and case, declaration by declaration.
 * Only what the element itself says counts; style sheets are not read.
 */
#include "mail/html_look.h"

#include <string.h>

#define STYLE_MAX  1024 /* bytes read of a style */
#define NAME_BYTES 100  /* of a class or an id */

/* How mail programs name what they put around mails. A word of a class, or
 * another attribute, that is this or, with a star, begins with it. */
static const struct name {
	const char *attribute;
	const char *value;
	unsigned look;
} names[] = {
    {"class",       "gmail_attr",			      LOOK_HISTORY  },
    {"class",       "moz-cite-prefix",                         LOOK_HISTORY  },
    {"class",       "yahoo_quoted",                            LOOK_HISTORY  },
    {"id",          "yahoo_quoted*",                           LOOK_HISTORY  },
    {"id",          "OLK_SRC_BODY_SECTION",                    LOOK_HISTORY  },
    {"class",       "OutlookMessageHeader",                    LOOK_REST     },
    {"id",          "divRplyFwdMsg",                           LOOK_REST     },
    {"id",          "appendonsend",			    LOOK_REST     },
    {"id",          "stopSpelling",			    LOOK_REST     },
    {"id",          "mail-editor-reference-message-container", LOOK_REST     },
    {"id",          "replySplit",			      LOOK_REST     },
    {"id",          "isReplyContent",                          LOOK_REST     },
    {"data-marker", "__HEADERS__",                             LOOK_REST     },
    {"name",        "quote",				   LOOK_HISTORY  },
    {"name",        "messageReplySection",                     LOOK_HISTORY  },
    {"class",       "ntes-mailmaster-quote",                   LOOK_HISTORY  },
    {"name",        "messageSignatureSection",                 LOOK_SIGNATURE},
    {"data-marker", "__SIG_PRE__",                             LOOK_SIGNATURE},
    {"id",          "isForwardContent",                        LOOK_FORWARD  },
    {"class",       "moz-forward-container",                   LOOK_FORWARD  },
    {"class",       "moz-signature",                           LOOK_SIGNATURE},
    {"class",       "gmail_signature",                         LOOK_SIGNATURE},
    {"class",       "protonmail_signature_block",              LOOK_SIGNATURE},
    {"class",       "mail-signature",                          LOOK_SIGNATURE},
    {"class",       "k9mail-signature",                        LOOK_SIGNATURE},
    {"class",       "zimbra-signature",                        LOOK_SIGNATURE},
    {"class",       "io-ox-signature",                         LOOK_SIGNATURE},
    {"class",       "yahoo-signature",                         LOOK_SIGNATURE},
    {"id",          "Signature",			       LOOK_SIGNATURE},
    {"id",          "AppleMailSignature",                      LOOK_SIGNATURE},
    {"id",          "ms-outlook-mobile-signature",             LOOK_SIGNATURE},
    {"id",          "ymail_android_signature",                 LOOK_SIGNATURE},
    {"id",          "Zm-_Id_-Sgn*",			    LOOK_SIGNATURE},
    {"id",          "composer_signature",                      LOOK_SIGNATURE},
};

/* A declaration of a style, or how one begins. */
static const struct style {
	const char *begin;
	unsigned look;
} styles[] = {
    {"display:none",         LOOK_HIDDEN},
    {"visibility:hidden",    LOOK_HIDDEN},
    {"mso-hide:all",         LOOK_HIDDEN},
    {"opacity:0;",           LOOK_HIDDEN},
    {"white-space:pre",      LOOK_PRE   },
    {"white-space:break-sp", LOOK_PRE   },
    {"white-space:normal",   LOOK_FLOW  },
    {"white-space:nowrap",   LOOK_FLOW  },
    {"border:none;",         LOOK_INDENT},
    {"border:0px",           LOOK_INDENT},
    {"border-width:0",       LOOK_INDENT},
    {"margin:0;",            LOOK_TIGHT },
    {"margin:0px;",          LOOK_TIGHT },
    {"margin:0cm",           LOOK_TIGHT },
    {"margin:0in",           LOOK_TIGHT },
    {"margin-bottom:0",      LOOK_TIGHT },
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

const char *
look_attribute(const char *const *attributes, const char *name)
{
	for (size_t i = 0; attributes != NULL && attributes[i] != NULL; i += 2)
		if (strcmp(attributes[i], name) == 0)
			return attributes[i + 1] == NULL ? ""
							 : attributes[i + 1];
	return NULL;
}

static bool
word_is(const char *word, size_t len, const char *value)
{
	const size_t n = strlen(value);

	if (value[n - 1] == '*')
		return len >= n - 1 && memcmp(word, value, n - 1) == 0;
	return len == n && memcmp(word, value, n) == 0;
}

static unsigned
look_of_word(const char *attribute, const char *word, size_t len)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct name *row = &names[i];

		if (RULE_ON(row) && strcmp(row->attribute, attribute) == 0 &&
		    word_is(word, len, row->value))
			return row->look;
	}
	return 0;
}

/* Word's paragraphs have their margins in a style sheet: none. */
static unsigned
look_of_class(const char *classes)
{
	unsigned look = 0;

	for (unsigned i = 0; *classes != '\0' && i < 8; i++) {
		size_t len = 0;

		while (is_blank(*classes))
			classes++;
		while (classes[len] != '\0' && !is_blank(classes[len]))
			len++;
		if (len > 3 && memcmp(classes, "Mso", 3) == 0)
			look |= LOOK_TIGHT;
		else if (len > 0 && len <= NAME_BYTES)
			look |= look_of_word("class", classes, len);
		classes += len;
	}
	return look;
}

static bool
is_zero(const char *number)
{
	const size_t n = strspn(number, "0.");

	return n > 0 && !g_ascii_isdigit(number[n]);
}

static unsigned
look_of_size(const char *style)
{
	const char *size = strstr(style, ";font-size:");

	if (size == NULL)
		return 0;
	return is_zero(size + strlen(";font-size:")) ? LOOK_ZERO : LOOK_SIZED;
}

/* Nothing of it can be seen: no height, and what is over it is cut off. */
static bool
has_no_height(const char *style)
{
	static const char *const heights[] = {";max-height:", ";height:"};

	if (strstr(style, ";overflow:hidden") == NULL)
		return false;
	for (size_t i = 0; i < COUNT(heights); i++) {
		const char *height = strstr(style, heights[i]);

		if (height != NULL && is_zero(height + strlen(heights[i])))
			return true;
	}
	return false;
}

/* The line that Outlook draws above the header lines of what it quotes. */
static bool
is_outlook_header(const char *style)
{
	static const char *const tops[] = {";border-top:solid#b5c4df",
	    ";border-top:solid#e1e1e1", ";border-top:1.0ptsolid#b5c4df",
	    ";border-top:1.0ptsolid#e1e1e1", ";border-top:solidb5c4df1.0pt"};
	const char *padding = strstr(style, ";padding:3");

	if (padding == NULL || strstr(style, ";border:none") == NULL)
		return false;
	for (size_t i = 0; i < COUNT(tops); i++)
		if (strstr(style, tops[i]) != NULL)
			return true;
	return false;
}

/* ";name:value;…;", lower case, without blanks. */
static void
squeeze(const char *style, char *out)
{
	size_t n = 0;

	out[n++] = ';';
	for (; *style != '\0' && n + 2 < STYLE_MAX; style++)
		if (!is_blank(*style))
			out[n++] = g_ascii_tolower(*style);
	out[n++] = ';';
	out[n] = '\0';
}

static bool
starts_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

static unsigned
look_of_style(const char *value)
{
	char style[STYLE_MAX];
	unsigned look;

	squeeze(value, style);
	look = look_of_size(style);
	for (const char *at = style; at[1] != '\0'; at = strchr(at + 1, ';'))
		for (size_t i = 0; i < COUNT(styles); i++)
			if (RULE_ON(&styles[i]) &&
			    starts_with(at + 1, styles[i].begin))
				look |= styles[i].look;
	if (has_no_height(style))
		look |= LOOK_HIDDEN;
	if (is_outlook_header(style))
		look |= LOOK_REST;
	return look;
}

unsigned
look_of(const char *const *attributes)
{
	unsigned look = 0;

	for (size_t i = 0; attributes != NULL && attributes[i] != NULL;
	     i += 2) {
		const char *name = attributes[i], *value = attributes[i + 1];

		if (strcmp(name, "hidden") == 0)
			look |= LOOK_HIDDEN;
		if (value == NULL || *value == '\0')
			continue;
		if (strcmp(name, "style") == 0)
			look |= look_of_style(value);
		else if (strcmp(name, "class") == 0)
			look |= look_of_class(value);
		else
			look |= look_of_word(name, value,
			    strnlen(value, NAME_BYTES));
	}
	return look;
}

bool
look_rules(size_t i, struct rule_table *out)
{
	static const struct rule_table tables[] = {
	    RULE_TABLE("html", names),
	    RULE_TABLE("html", styles),
	};

	if (i >= COUNT(tables))
		return false;
	*out = tables[i];
	return true;
}
