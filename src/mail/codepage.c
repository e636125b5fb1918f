/* SPDX-License-Identifier: MIT */
/* Code pages whose charset is not called by its number; see codepage.h. */
#include "mail/codepage.h"

#define FIRST_ISO     28591
#define LAST_ISO      28605
#define FIRST_WINDOWS 1250
#define LAST          65535

static const struct page {
	unsigned page;
	const char *label;
} pages[] = {
    {932,   "shift_jis"  },
    {936,   "gbk"        },
    {949,   "euc-kr"     },
    {950,   "big5"       },
    {1200,  "utf-16le"   },
    {1201,  "utf-16be"   },
    {20127, "us-ascii"   },
    {20866, "koi8-r"     },
    {20932, "euc-jp"     },
    {21866, "koi8-u"     },
    {50220, "iso-2022-jp"},
    {51932, "euc-jp"     },
    {51949, "euc-kr"     },
    {54936, "gb18030"    },
    {65001, "utf-8"      },
};

void
codepage_label(char out[CODEPAGE_MAX], unsigned page)
{
	for (size_t i = 0; i < COUNT(pages); i++)
		if (pages[i].page == page) {
			(void)g_strlcpy(out, pages[i].label, CODEPAGE_MAX);
			return;
		}
	if (page >= FIRST_ISO && page <= LAST_ISO)
		(void)g_snprintf(out, CODEPAGE_MAX, "iso-8859-%u",
		    page - FIRST_ISO + 1);
	else if (page == 874 || page >= FIRST_WINDOWS)
		(void)g_snprintf(out, CODEPAGE_MAX, "windows-%u",
		    MIN(page, LAST));
	else if (page > 0)
		(void)g_snprintf(out, CODEPAGE_MAX, "cp%u", page);
}
