/* SPDX-License-Identifier: MIT */
/* Signed and encrypted mails; see security.h. */
#include "mail/security.h"

#include <string.h>

#define SECURITY_MAX 4

void
security_add(Rec__Mail *mail, Rec__Mail__Security security)
{
	for (size_t i = 0; i < mail->n_security; i++)
		if (mail->security[i] == security)
			return;
	if (mail->security == NULL)
		mail->security = g_new(Rec__Mail__Security, SECURITY_MAX);
	assert(mail->n_security < SECURITY_MAX);
	mail->security[mail->n_security++] = security;
}

void
security_read_multipart(Rec__Mail *mail, const struct entity *e)
{
	const bool encrypted = entity_is(e, "multipart/encrypted");
	g_autofree char *protocol = NULL, *lower = NULL;

	if (!encrypted && !entity_is(e, "multipart/signed"))
		return;
	protocol = entity_parameter(e, "protocol");
	lower = g_ascii_strdown(protocol != NULL ? protocol : "", -1);
	if (strstr(lower, "pgp") != NULL)
		security_add(mail,
		    encrypted ? REC__MAIL__SECURITY__PGP_ENCRYPTED
			      : REC__MAIL__SECURITY__PGP_SIGNED);
	else if (strstr(lower, "pkcs7") != NULL)
		security_add(mail,
		    encrypted ? REC__MAIL__SECURITY__SMIME_ENCRYPTED
			      : REC__MAIL__SECURITY__SMIME_SIGNED);
}
