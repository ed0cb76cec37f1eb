/* Truth: RFC 8259 for JSON (a reader of 40 lines below); the rows themselves
 * for the keys that must be mentioned. */
#include "loader/fixture.h"
#include "scenarios/loader/emit.h"

static const char hw_l4[] = "name: l4\n";

const struct scn_preset_file scn_preset_files[] = {
    FX_PRESET("hw-l4", hw_l4),
    {NULL, NULL, 0},
};

/* A JSON reader that only says where the value ends; NULL when malformed. */
static const char *json(const char *s);

static const char *space(const char *s)
{
    return s + strspn(s, " \n");
}

static const char *string(const char *s)
{
    for (s++; *s != '"'; s++) {
        if (*s == '\0' || (unsigned char)*s < 0x20)
            return NULL;
        if (*s == '\\' && strchr("\"\\/bfnrtu", *++s) == NULL)
            return NULL;
    }
    return s + 1;
}

static const char *list(const char *s, char end)
{
    s = space(s + 1);
    if (*s == end)
        return s + 1;
    for (;;) {
        if (end == '}') {
            if (*s != '"' || (s = string(s)) == NULL || *(s = space(s)) != ':')
                return NULL;
            s++;
        }
        s = json(s);
        if (s == NULL)
            return NULL;
        if (*s == end)
            return s + 1;
        if (*s != ',')
            return NULL;
        s = space(s + 1);
    }
}

static const char *json(const char *s)
{
    char *end;

    s = space(s);
    if (*s == '{' || *s == '[')
        s = list(s, *s == '{' ? '}' : ']');
    else if (*s == '"')
        s = string(s);
    else if (strncmp(s, "true", 4) == 0 || strncmp(s, "null", 4) == 0)
        s += 4;
    else if (strncmp(s, "false", 5) == 0)
        s += 5;
    else
        s = (strtod(s, &end), end > s ? end : NULL);
    return s != NULL ? space(s) : NULL;
}

static const struct sim_table *const tables[] = {&fx_root_table, &fx_site_table,
    &fx_hardware_table, &fx_queue_table, &fx_warmup_table, &fx_process_table,
    &fx_phase_table, &fx_class_table, &fx_spot_table};

/* Is every key of every table in the text, written as in `form`? */
static void mentions_all(const char *text, const char *form)
{
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (int i = 0; i < tables[t]->n_rows; i++) {
            char key[64], wanted[80];
            sim_param_key(&tables[t]->rows[i], key, sizeof key);
            snprintf(wanted, sizeof wanted, form, key);
            ck_assert_msg(strstr(text, wanted) != NULL, "no %s", wanted);
        }
    }
}

START_TEST(schema)
{
    struct sim_text out = {0};
    const char *text, *end;

    ck_assert_int_eq(scn_emit_schema(&fx_root_table, &out, NULL), SIM_OK);
    text = sim_text_str(&out);
    end = json(text);
    ck_assert_ptr_nonnull(end);
    ck_assert_int_eq(*end, '\0');
    mentions_all(text, "\"%s\": {\"description\"");
    ck_assert_ptr_nonnull(strstr(text, "draft-07"));
    ck_assert_ptr_nonnull(strstr(text, "\"default\": \"0.13 USD/kWh\""));
    ck_assert_ptr_nonnull(strstr(text, "\"x-unit\": \"USD/kWh\""));
    ck_assert_ptr_nonnull(strstr(text, "\"minimum\": 0, \"maximum\": 10"));
    ck_assert_ptr_nonnull(strstr(text, "\"exclusiveMinimum\": 0"));
    ck_assert_ptr_nonnull(
        strstr(text, "{\"enum\": [\"fcfs\", \"ps\", \"priority\"]}"));
    ck_assert_ptr_nonnull(strstr(text, "{\"enum\": [\"l4\"]}"));
    ck_assert_ptr_nonnull(strstr(text, "\"required\": [\"share\"]"));
    ck_assert_ptr_nonnull(strstr(text, "\"additionalProperties\": false"));
    ck_assert_ptr_nonnull(strstr(text, "\"lognormal\": {\"description\""));
    /* the preset of a group, and a range over a value of the preset */
    ck_assert_ptr_nonnull(strstr(text, "\"from\": {\"description\""));
    ck_assert_ptr_null(strstr(text, "\"required\": [\"value\"]"));
    /* a reference is a URI: no blanks */
    for (const char *s = text; (s = strstr(s, "\"$ref\": \"")) != NULL; s++)
        ck_assert(s[9 + strcspn(s + 9, " \"")] == '"');
    sim_text_release(&out);
}
END_TEST

START_TEST(reference)
{
    struct sim_text out = {0};
    const char *text;

    ck_assert_int_eq(scn_emit_reference(&fx_root_table, &out, NULL), SIM_OK);
    text = sim_text_str(&out);
    mentions_all(text, "| `%s` | ");
    ck_assert_ptr_nonnull(strstr(text,
        "| `rtt` | quantity | ms | 5 ms | 0 .. 100000 | run | Round trip. "
        "[RTT] |\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n## lognormal\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n## mixture\n"));
    sim_text_release(&out);
}
END_TEST

/* The template is comments only, so any scenario may stand before it. */
START_TEST(commented_template)
{
    struct sim_text out = {0};

    ck_assert_int_eq(scn_emit_template(&fx_root_table, &out, NULL), SIM_OK);
    mentions_all(sim_text_str(&out), " %s:");
    FX_GOOD(fx, sim_text_str(&out));
    fx_end(&fx);
    sim_text_release(&out);
}
END_TEST

START_TEST(out_of_memory)
{
    int (*const emit[])(
        const struct sim_table *, struct sim_text *, struct sim_err *) = {
        scn_emit_schema, scn_emit_reference, scn_emit_template};

    for (int i = 0; i < 3; i++) {
        struct sim_text out = {0};
        sim_alloc_fail_at(2, 1);
        ck_assert_int_eq(emit[i](&fx_root_table, &out, NULL), SIM_E_NOMEM);
        sim_alloc_fail_at(0, 0);
        sim_text_release(&out);
    }
}
END_TEST

TEST_MAIN("loader/emit", schema, reference, commented_template, out_of_memory)
