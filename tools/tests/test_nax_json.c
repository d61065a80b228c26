// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* JSON that nax prints can be read whatever texts are in it. Links nax-tool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common.h"

/* @text as cli_json() prints it and a reader that insists on UTF-8 gets it; to be freed. */
static char *printed(const char *text)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *root = json_object_new_object(), *o;
	struct cli cli = { .name = "test" };
	size_t size = 0;
	char *out = NULL, *result;

	cli.out = open_memstream(&out, &size);
	assert_non_null(cli.out);
	json_object_object_add(root, "text", json_object_new_string(text));
	cli_json(&cli, root, true);
	fclose(cli.out);
	assert_true(cli.printed);
	assert_int_equal(out[size - 1], '\n');
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tok, out, (int)size - 1);
	if (!root)
		fail_msg("%s: %s", json_tokener_error_desc(json_tokener_get_error(tok)), out);
	assert_true(json_object_object_get_ex(root, "text", &o));
	result = strdup(json_object_get_string(o));
	json_object_put(root);
	json_tokener_free(tok);
	free(out);
	return result;
}

static void not_utf8(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "vfio-user:/tmp/x", "vfio-user:/tmp/x" },
		{ "a\"\\\n\x01\x7f", "a\"\\\n\x01\x7f" },
		{ "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa7 \xf4\x8f\xbf\xbf",
		  "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa7 \xf4\x8f\xbf\xbf" },
		{ "\xff" "a\x80", "?a?" },
		{ "Gr\xfc\xdf" "e", "Gr??e" },
		/* cut, or of too few bytes */
		{ "\xc3", "?" }, { "\xe2\x82", "??" }, { "\xf0\x9f\x90", "???" },
		{ "\xe2\x82\"", "??\"" }, { "\xc3\xc3\xa4", "?\xc3\xa4" },
		/* two forms of one character, surrogates, what is no character any more */
		{ "\xc0\xaf", "??" }, { "\xe0\x9f\xbf", "???" }, { "\xf0\x8f\xbf\xbf", "????" },
		{ "\xed\xa0\x80", "???" }, { "\xf4\x90\x80\x80", "????" },
		{ "\xf5\x80\x80\x80", "????" },
		{ "\xed\x9f\xbf \xee\x80\x80", "\xed\x9f\xbf \xee\x80\x80" },
	};
	unsigned int i;
	char *got;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		got = printed(cases[i].text);
		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

/* A message about a name that is too long for it ends somewhere in a character. */
static void cut(void **state)
{
	char name[400] = "", error[NAX_ERROR_TEXT];
	char *got;

	while (strlen(name) < 300)
		strcat(name, "\xe2\x82\xac");
	snprintf(error, sizeof(error), "%.151s: not there", name);
	got = printed(error);
	assert_int_equal(strlen(got), 151 + strlen(": not there"));
	assert_string_equal(got + 150, "?: not there");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(not_utf8), cmocka_unit_test(cut) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
