/* SPDX-License-Identifier: MIT */
/* What the schema promises and unpacking does not check. */
#include "model/sound.h"

#include "tests/lib/test.h"

static char bad_text[] = "\xC3(";
static char good_text[] = "\xC3\xA4";

TEST(texts_that_are_no_utf8_are_found_at_any_depth)
{
	Rec__Addr addr = REC__ADDR__INIT;
	Rec__Addr *to[] = {&addr};
	Rec__Mail mail = REC__MAIL__INIT;
	char *references[] = {good_text, good_text};

	mail.to = to;
	mail.n_to = COUNT(to);
	mail.references = references;
	mail.n_references = COUNT(references);
	CHECK(record_is_sound(&mail.base));
	addr.name = bad_text;
	CHECK(!record_is_sound(&mail.base));
	addr.name = good_text;
	CHECK(record_is_sound(&mail.base));
	references[1] = bad_text;
	CHECK(!record_is_sound(&mail.base));
}

TEST(words_that_no_enum_has_are_found)
{
	Rec__Mail mail = REC__MAIL__INIT;
	Rec__Mail__Security security[] = {REC__MAIL__SECURITY__PGP_SIGNED};

	mail.has_auto_kind = true;
	mail.auto_kind = REC__MAIL__AUTO__BULK;
	mail.security = security;
	mail.n_security = COUNT(security);
	CHECK(record_is_sound(&mail.base));
	mail.auto_kind = (Rec__Mail__Auto)99;
	CHECK(!record_is_sound(&mail.base));
	mail.auto_kind = REC__MAIL__AUTO__NONE;
	security[0] = (Rec__Mail__Security)-1;
	CHECK(!record_is_sound(&mail.base));
}
