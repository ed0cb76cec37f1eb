/* What is refused as YAML, as a path or as a preset: exact place, caret, text
 * and hint.  Expected texts were recorded from the loader and read
 * against the layout of the manual; line 1 is the schema. */
#include "loader/fixture.h"

static const char tier_edge[] = "servers: 2\nrtt: 8 ms\nhardware: l4\n";
static const char hw_l4[] = "name: l4\nspeed: 0.5\nidle: 72 W\n";

const struct scn_preset_file scn_preset_files[] = {
    FX_PRESET("hw-l4", hw_l4),
    FX_PRESET("tier-edge", tier_edge),
    {NULL, NULL, 0},
};

/* clang-format off: texts are easier to compare as they are printed */

START_TEST(yaml)
{
    FX_BAD("a: [1, 2\n"
           "b: 3\n",
        "a.yaml:3:2: error: not valid YAML: did not find expected ',' or ']' "
        "[Y001]\n"
        "    3 | b: 3\n"
        "      |  ^\n"
        "      = note: the '[' still open is here (a.yaml:2:4)\n"
        "1 error; nothing was simulated\n");
    FX_BAD("title: \"x\n",
        "a.yaml:2:10: error: not valid YAML: found unexpected end of stream "
        "[Y001]\n"
        "    2 | title: \"x\n"
        "      |          ^\n"
        "      = note: while scanning a quoted scalar (a.yaml:2:8)\n"
        "1 error; nothing was simulated\n");
    FX_BAD("a: *x\n",
        "a.yaml:2:4: error: aliases (*name) are not accepted [Y003]\n"
        "    2 | a: *x\n"
        "      |    ^^\n"
        "      = help: share values with 'extends: [./common.yaml]'\n"
        "1 error; nothing was simulated\n");
    FX_BAD("a: &x 1\n",
        "a.yaml:2:4: error: anchors (&name) are not accepted [Y004]\n"
        "    2 | a: &x 1\n"
        "      |    ^^^^\n"
        "      = help: share values with 'extends: [./common.yaml]'\n"
        "1 error; nothing was simulated\n");
    FX_BAD("a: !!str 1\n",
        "a.yaml:2:4: error: tags (!name) are not accepted [Y005]\n"
        "    2 | a: !!str 1\n"
        "      |    ^^^^^^^\n"
        "      = help: remove the tag; types follow from the key\n"
        "1 error; nothing was simulated\n");
    FX_BAD("a: ! x\n",
        "a.yaml:2:4: error: tags (!name) are not accepted [Y005]\n"
        "    2 | a: ! x\n"
        "      |    ^^^\n"
        "      = help: remove the tag; types follow from the key\n"
        "1 error; nothing was simulated\n");
    FX_BAD("<<: {a: 1}\n",
        "a.yaml:2:1: error: merge keys (<<) are not accepted [Y006]\n"
        "    2 | <<: {a: 1}\n"
        "      | ^^\n"
        "      = help: share values with 'extends: [./common.yaml]'\n"
        "1 error; nothing was simulated\n");
    FX_BAD("a: 1\n"
           "---\n"
           "b: 2\n",
        "a.yaml:3:1: error: more than one document in the file [Y007]\n"
        "    3 | ---\n"
        "      | ^^^\n"
        "      = help: remove everything from this '---' on\n"
        "1 error; nothing was simulated\n");
    FX_BAD("? [a]\n"
           ": 1\n",
        "a.yaml:2:3: error: a key must be plain text, not a map or list "
        "[Y014]\n"
        "    2 | ? [a]\n"
        "      |   ^\n"
        "      = help: put quotes around a key that starts with '[' or '{'\n"
        "1 error; nothing was simulated\n");
    FX_BAD("title: \"a\\0b\"\n",
        "a.yaml:2:8: error: a text contains a control character [Y010]\n"
        "    2 | title: \"a\\0b\"\n"
        "      |        ^^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("title: \"\\e[31m\"\n",
        "a.yaml:2:8: error: a text contains a control character [Y010]\n"
        "    2 | title: \"\\e[31m\"\n"
        "      |        ^^^^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("title: \"tab\tbefore\", seed\n",
        "a.yaml:2:20: error: not valid YAML: did not find expected key [Y001]\n"
        "    2 | title: \"tab before\", seed\n"
        "      |                    ^\n"
        "      = note: while parsing a block mapping (a.yaml:1:1)\n"
        "1 error; nothing was simulated\n");
    FX_BAD("- 1\n"
           "- 2\n",
        "a.yaml:2:1: error: not valid YAML: did not find expected key [Y001]\n"
        "    2 | - 1\n"
        "      | ^\n"
        "      = note: while parsing a block mapping (a.yaml:1:1)\n"
        "1 error; nothing was simulated\n");
}
END_TEST

START_TEST(paths)
{
    FX_BAD("extends: [presets/nix]\n",
        "a.yaml:2:11: error: 'extends': unknown preset 'presets/nix' [P004]\n"
        "    2 | extends: [presets/nix]\n"
        "      |           ^^^^^^^^^^^\n"
        "      = help: there are: hw-l4, tier-edge\n"
        "1 error; nothing was simulated\n");
    FX_BAD("extends: presets/teir-edge\n",
        "a.yaml:2:10: error: 'extends': unknown preset 'presets/teir-edge' "
        "[P004]\n"
        "    2 | extends: presets/teir-edge\n"
        "      |          ^^^^^^^^^^^^^^^^^\n"
        "      = help: did you mean 'presets/tier-edge'?\n"
        "1 error; nothing was simulated\n");
    FX_BAD("extends: [./no.yaml]\n",
        "a.yaml:2:11: error: 'extends': cannot use file './no.yaml': no such "
        "file [P001]\n"
        "    2 | extends: [./no.yaml]\n"
        "      |           ^^^^^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("extends: [/etc/passwd, ../x.yaml, a/../../b]\n",
        "a.yaml:2:11: error: 'extends': cannot use file '/etc/passwd': the "
        "path is absolute [P002]\n"
        "    2 | extends: [/etc/passwd, ../x.yaml, a/../../b]\n"
        "      |           ^^^^^^^^^^^\n"
        "      = help: files stay below the scenario's folder unless "
        "--allow-outside is given\n"
        "a.yaml:2:24: error: 'extends': cannot use file '../x.yaml': the path "
        "contains '..' [P002]\n"
        "    2 | extends: [/etc/passwd, ../x.yaml, a/../../b]\n"
        "      |                        ^^^^^^^^^\n"
        "      = help: files stay below the scenario's folder unless "
        "--allow-outside is given\n"
        "a.yaml:2:35: error: 'extends': cannot use file 'a/../../b': the path "
        "contains '..' [P002]\n"
        "    2 | extends: [/etc/passwd, ../x.yaml, a/../../b]\n"
        "      |                                   ^^^^^^^^^\n"
        "      = help: files stay below the scenario's folder unless "
        "--allow-outside is given\n"
        "3 errors; nothing was simulated\n");
    FX_BAD("extends: {a: b}\n",
        "a.yaml:2:10: error: 'extends' takes file and preset names [P009]\n"
        "    2 | extends: {a: b}\n"
        "      |          ^\n"
        "      = help: for example 'extends: [presets/us-2026, "
        "./common.yaml]'\n"
        "1 error; nothing was simulated\n");
    FX_BAD("extends: [[a]]\n",
        "a.yaml:2:11: error: 'extends' takes file and preset names [P009]\n"
        "    2 | extends: [[a]]\n"
        "      |           ^\n"
        "      = help: for example 'extends: [presets/us-2026, "
        "./common.yaml]'\n"
        "1 error; nothing was simulated\n");
    FX_BAD("extends: ./a.yaml\n",
        "a.yaml:2:10: error: './a.yaml' extends itself [P005]\n"
        "    2 | extends: ./a.yaml\n"
        "      |          ^^^^^^^^\n"
        "1 error; nothing was simulated\n");
    FX_BAD("file: nope.csv\n", "a.yaml:2:7: error: 'file': cannot use file "
                               "'nope.csv': no such file [P001]\n"
                               "    2 | file: nope.csv\n"
                               "      |       ^^^^^^^^\n"
                               "1 error; nothing was simulated\n");
    FX_BAD("file: .\n", "a.yaml:2:7: error: 'file': cannot use file '.': not a "
                        "regular file [P003]\n"
                        "    2 | file: .\n"
                        "      |       ^\n"
                        "1 error; nothing was simulated\n");
    FX_BAD("file: \"\"\n", "a.yaml:2:7: error: 'file': cannot use file '': the "
                           "name is empty [P001]\n"
                           "    2 | file: \"\"\n"
                           "      |       ^^\n"
                           "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {tier: egde}}\n",
        "a.yaml:2:19: error: 'sites.q.tier': unknown preset 'egde' [P004]\n"
        "    2 | sites: {q: {tier: egde}}\n"
        "      |                   ^^^^\n"
        "      = help: did you mean 'edge'?\n"
        "1 error; nothing was simulated\n");
    FX_BAD("sites: {q: {tier: edge, hardware: h100}}\n",
        "a.yaml:2:35: error: 'sites.q.hardware': unknown preset 'h100' [P004]\n"
        "    2 | sites: {q: {tier: edge, hardware: h100}}\n"
        "      |                                   ^^^^\n"
        "      = help: there are: l4\n"
        "1 error; nothing was simulated\n");
}
END_TEST

/* clang-format on */

/* Places again, from the other side: the marked words are named here, and line
 * and columns must cut exactly them out of the file. */
START_TEST(places)
{
    static const struct {
        const char *body, *code, *marked;
    } cases[] = {
        {"title: [a, *x]", "Y003", "*x"},
        {"title: [a, &x b]", "Y004", "&x b"},
        {"a: {b: !t c}", "Y005", "!t c"},
        {"a:\n  <<: 1", "Y006", "<<"},
        {"a: 1\n---\nb: 1", "Y007", "---"},
        {"file: a/b", "P001", "a/b"},
        {"extends: [../a]", "P002", "../a"},
        {"extends: [presets/x]", "P004", "presets/x"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        fx_marks(cases[i].body, cases[i].code, cases[i].marked);
}
END_TEST

TEST_MAIN("loader/refused", yaml, paths, places)
