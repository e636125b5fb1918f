/* SPDX-License-Identifier: MIT */
/*
 * maildesk init: a new store with a key for reply addresses and, if asked,
 * a first admin, whose password is printed once and stored as a hash only.
 */
#include "main/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/resource.h"
#include "base/clk.h"
#include "base/password.h"
#include "desk/snapshot.h"
#include "main/cli.h"
#include "main/client.h"
#include "main/config.h"
#include "model/json.h"
#include "store/store.h"
#include "store/wtxn.h"

struct making {
	struct wtxn *w;
	const struct snapshot *snapshot;
	const char *admin;    /* or NULL */
	const char *hash;     /* of the admin's password */
	const char *language; /* or NULL: the default */
};

static bool
write_one(const struct making *m, json_t *request, GError **error)
{
	json_t *answer = NULL;
	bool done = resource_write(m->w, m->snapshot, request, &answer, error);

	json_decref(answer);
	json_decref(request);
	return done;
}

static bool
make_admin(const struct making *m, GError **error)
{
	json_t *user = client_request("add", "user", NULL);
	json_t *password = client_request("do", "user", m->admin);

	json_put(user, "fields",
	    json_pack("{s:s, s:s}", "name", m->admin, "role", "admin"));
	json_put(password, "action", json_text("password"));
	json_put(password, "fields", json_pack("{s:s}", "hash", m->hash));
	if (write_one(m, user, error))
		return write_one(m, password, error);
	json_decref(password);
	return false;
}

static bool
make_all(const struct making *m, GError **error)
{
	json_t *keys = client_request("do", "keys", NULL);
	json_t *language;

	json_put(keys, "action", json_text("rotate"));
	if (!write_one(m, keys, error))
		return false;
	if (m->language != NULL) {
		language = client_request("set", "setting", "desk.language");
		json_put(language, "fields",
		    json_pack("{s:s}", "value", m->language));
		if (!write_one(m, language, error))
			return false;
	}
	return m->admin == NULL || make_admin(m, error);
}

static bool
fill(struct store *store, struct making *m, GError **error)
{
	AUTO(wtxn_abort)
	struct wtxn *w = wtxn_begin(store, clk_wall_us(), error);
	AUTO(snapshot_release) struct snapshot *snapshot = NULL;

	if (w == NULL)
		return false;
	snapshot = snapshot_load(wtxn_view(w), error);
	if (snapshot == NULL)
		return false;
	m->w = w;
	m->snapshot = snapshot;
	return make_all(m, error) && wtxn_commit(&w, error);
}

/* Nobody else on this machine reads customers' mails. */
static bool
directory_make(const char *dir, GError **error)
{
	if (g_mkdir_with_parents(dir, S_IRWXU) != 0)
		return fail(error, ERR_TEMP, "making %s: %s", dir,
		    g_strerror(errno));
	return true;
}

/* A desk that was not finished would only be in the way. */
static void
forget(const char *dir)
{
	g_autofree char *store = g_build_filename(dir, STORE_FILE, NULL);
	g_autofree char *readers = g_strconcat(store, "-lock", NULL);

	(void)unlink(store); /* the next init says what is wrong */
	(void)unlink(readers);
}

static void
say_next(const struct cli *cli, const char *admin, const char *password)
{
	const char *dir = cli_data(cli);

	printf("A new desk is in %s.\n", dir);
	if (admin != NULL)
		printf("\nAdmin:    %s\nPassword: %s\n"
		       "It is shown this once and not stored.\n",
		    admin, password);
	printf("\nNext:\n"
	       "  maildesk add mailbox name=Support "
	       "addresses=support@example.org --data %s\n"
	       "  maildesk serve --data %s\n"
	       "Then let your mail server deliver to %s/lmtp.sock by LMTP; "
	       "docs/postfix.md says how.\n",
	    dir, dir, dir);
}

static void
say_json(const struct cli *cli, const char *admin, const char *password)
{
	json_t *object = json_object();
	g_autofree char *line = NULL;

	json_put(object, "data", json_text(cli_data(cli)));
	json_put(object, "admin", json_text(admin));
	json_put(object, "password", json_text(password));
	line = json_line(object);
	printf("%s\n", line);
	json_decref(object);
}

static const char *
language_of_user(void)
{
	const char *lang = g_getenv("LANG");

	return lang != NULL && g_str_has_prefix(lang, "de") ? "de" : NULL;
}

static bool
init(const struct cli *cli, const char *admin, GError **error)
{
	struct store_options options = {
	    .dir = cli_data(cli),
	    .map_size = config_number(cli->config, OPTION_STORE_MAP_SIZE),
	    .create = STORE_CREATE,
	};
	AUTO(store_close) struct store *store = NULL;
	AUTO(password_free)
	char *password = admin != NULL ? password_random() : NULL;
	g_autofree char *hash = NULL;
	struct making m = {.admin = admin, .language = language_of_user()};

	if (admin != NULL) {
		hash = password_hash(password, error);
		if (hash == NULL)
			return false;
		m.hash = hash;
	}
	if (!directory_make(options.dir, error))
		return false;
	store = store_open(&options, error);
	if (store == NULL)
		return false;
	if (!fill(store, &m, error)) {
		store_close(&store);
		forget(options.dir);
		return false;
	}
	if (cli->is_json)
		say_json(cli, admin, password);
	else
		say_next(cli, admin, password);
	return true;
}

int
cmd_init(int argc, char **argv)
{
	g_autofree char *admin = NULL;
	const GOptionEntry entries[] = {
	    {"admin", 0, 0, G_OPTION_ARG_FILENAME, &admin, "Make a first admin",
             "NAME"},
	    {0     },
	};
	const struct cli_form form = {.entries = entries};
	g_autoptr(GError) error = NULL;
	AUTO(cli_free)
	struct cli *cli = cli_parse_form(argc, argv, &form, &error);

	if (cli == NULL || !init(cli, admin, &error))
		return cli_failed(error);
	return cli_done();
}
