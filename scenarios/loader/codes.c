#include "scenarios/loader/codes.h"

#include <stddef.h>

/* clang-format off */
static const struct scn_code codes[] = {
    { "C001", "values contradict each other",
      "Each value is fine by itself, but together they make no sense, for example a least "
      "number above the largest. The message says which rule is broken; change one of the "
      "values it names." },
    { "D001", "unknown distribution",
      "A distribution is a map of one key, its kind: {lognormal: {median: 12 ms, p95: 40 ms}}. "
      "The message lists the kinds. A bare quantity stands for a constant." },
    { "D002", "parameters of a distribution",
      "The parameters given do not determine the distribution, or are outside what it allows. "
      "Give exactly one of the sets named in the message, for example mean and cv, or median "
      "and p95." },
    { "D003", "not a distribution",
      "Here a quantity (a constant) or a map of exactly one kind is due, such as {exponential: "
      "{mean: 8 ms}}." },
    { "D004", "fault in a CSV file",
      "The file must have a header line, commas between cells, as many cells in each line as in"
      " the header, and plain numbers in the column that is read. Lines starting with '#' may "
      "stand before the header." },
    { "D005", "infinite variance (warning)",
      "The tail of this distribution is so heavy that its variance is infinite. Means then "
      "converge slowly, and intervals are too narrow. Cut it with 'max', or use a lighter tail." },
    { "K001", "unknown key",
      "No parameter of this name exists at this place. Keys carry no unit: write 'rtt: 15 ms', "
      "not 'rtt_ms: 15'. Keys that start with 'x-' are notes and are accepted anywhere. "
      "`sitesim schema --reference` lists all keys." },
    { "K002", "duplicate key",
      "The same key stands twice in one map. YAML readers silently take one of them; here it is"
      " an error. 'key' and '+key' count as the same." },
    { "K003", "missing key",
      "This key has no default and must be given." },
    { "K004", "too many alternatives",
      "The keys of this map are alternatives: exactly one of them may be given." },
    { "K005", "no alternative chosen",
      "The keys of this map are alternatives: one of them must be given." },
    { "K006", "bad name",
      "Names of sites, classes, users and so on consist of lower-case letters, digits and '-', "
      "start with a letter or digit and have at most 64 characters, so that they can be used in"
      " metric names and file names." },
    { "N001", "not a number",
      "A number is decimal or scientific: 12, 0.5, -3, 2.5e9. A unit follows after a space: 15 "
      "ms." },
    { "N002", "leading zero",
      "Numbers with a leading zero are octal in some YAML readers (010 is 8) and decimal in "
      "others. Leave it out." },
    { "N003", "hexadecimal, octal or binary",
      "Only decimal numbers are accepted." },
    { "N004", "underscore in a number",
      "Write 1000000 or 1e6, not 1_000_000." },
    { "N005", "not finite",
      "Infinity and not-a-number are no values. Where no limit is meant and the manual allows "
      "it, write 'unlimited'." },
    { "N006", "exponent out of range",
      "The number is malformed after its exponent or does not fit a double-precision number." },
    { "N007", "sexagesimal number",
      "12:30 is 750 in YAML 1.1. Write a quantity with a unit: 12.5 h." },
    { "N008", "not a whole number",
      "This is a count. Give a whole number; 3e9 is one." },
    { "N009", "separator in a number",
      "Write 1000.5, with a point for decimals and nothing between thousands." },
    { "N010", "integer too large",
      "The value does not fit a 64-bit integer, or was written in a way that is exact up to "
      "2^53 only." },
    { "P001", "file not found",
      "The file cannot be opened. Paths are relative to the folder of the file they are written"
      " in." },
    { "P002", "file outside the scenario's folder",
      "A scenario reads only files below its own folder: no absolute path, no '..', no symbolic"
      " link that leads out. --allow-outside lifts this rule for scenarios you trust." },
    { "P003", "not a regular file",
      "Folders, pipes and devices are not read." },
    { "P004", "unknown preset",
      "No preset of this name is compiled in. `sitesim presets list` prints them all." },
    { "P005", "circular extends",
      "A file extends itself, directly or through other files." },
    { "P006", "extends too deep",
      "Files may extend files that extend files, down to 8 levels." },
    { "P007", "too many files",
      "A scenario may draw on 64 files and presets in all." },
    { "P008", "nothing to append to",
      "'+key: [...]' appends to the list given by a lower layer; both must be lists." },
    { "P009", "form of extends",
      "'extends' takes a list of names: built-in presets as presets/NAME, files as paths. "
      "Presets extend presets only." },
    { "R001", "range does not enclose the value",
      "low, value and high must be in this order and have the same kind of unit; only numbers "
      "have a range." },
    { "R002", "out of range",
      "The value is outside the range that the parameter allows. The range is given in its "
      "canonical unit." },
    { "S001", "schema missing",
      "The first key of a scenario must be 'schema: sitesim/1', so that later versions know how"
      " to read it." },
    { "S002", "unknown schema",
      "The file was written for another version of the scenario format." },
    { "T001", "map expected",
      "Here a map of keys is due. Check the indentation: nested keys stand deeper than the key "
      "that holds them." },
    { "T002", "list expected",
      "Here a list is due: [a, b, c], or one item a line after '-'." },
    { "T003", "single value expected",
      "Here one value is due, or an annotated one: {value: 3 ms, low: 2 ms, high: 5 ms, source:"
      " ...}." },
    { "T004", "true or false expected",
      "Only true and false are accepted. YAML 1.1 also takes yes, no, on and off, which turns "
      "the country code NO into a boolean; here they are errors." },
    { "T005", "unknown choice",
      "The value must be one of the words listed." },
    { "T006", "date expected",
      "Dates are written year-month-day: 2027-01-31." },
    { "T007", "empty value",
      "The key has no value. Write one, or remove the key to get its default." },
    { "T008", "annotated value",
      "An annotated value has the keys value, low, high, source, year, confidence, note and "
      "dist, and no others." },
    { "T009", "no form fits",
      "This key accepts several short forms; the value is none of them." },
    { "T010", "wrong number of values",
      "The list must have exactly as many values as the message says." },
    { "U001", "unit missing",
      "A quantity carries its unit: 15 ms, 0.12 USD/kWh, 3 years. Only ratios and counts may "
      "stand alone." },
    { "U002", "unknown unit",
      "Units are case-sensitive (MB, Mb and MiB differ). `sitesim units` lists them; any "
      "product and quotient of them is a unit: USD/kW-month." },
    { "U003", "wrong kind of unit",
      "The unit measures something else than the parameter needs, for example money where money"
      " per energy is due." },
    { "U004", "currency",
      "All amounts of a scenario are in its 'currency'; nothing is converted silently." },
    { "U005", "unit not expected",
      "This is a plain number or count without a unit." },
    { "Y001", "not valid YAML",
      "The text cannot be read as YAML. The fault often lies before the place named: look for "
      "an unclosed bracket or quote, a tab used as indentation, or ': ' inside an unquoted "
      "text." },
    { "Y002", "nested too deep",
      "Maps and lists may be nested 64 levels deep." },
    { "Y003", "alias",
      "Aliases (*name) are refused: they allow cyclic documents and documents that grow without"
      " limit. Use 'extends'." },
    { "Y004", "anchor",
      "Anchors (&name) are refused, since nothing can refer to them. Use 'extends' to share "
      "values." },
    { "Y005", "tag",
      "Tags (!name) are refused. The type of a value follows from its key." },
    { "Y006", "merge key",
      "'<<' is refused, as readers disagree about it. Use 'extends' to share values." },
    { "Y007", "several documents",
      "A file holds one scenario; '---' may stand at its start only." },
    { "Y008", "file too large",
      "Scenario files may have 4 MiB, CSV files 64 MiB." },
    { "Y009", "not UTF-8",
      "The text is not valid UTF-8. Save it in that encoding." },
    { "Y010", "control character",
      "Control characters, NUL bytes, lone carriage returns, byte order marks inside the text "
      "and the separators U+2028 and U+2029 are refused." },
    { "Y011", "value too long",
      "A single value may have 64 KiB." },
    { "Y012", "key too long",
      "A key may have 256 bytes." },
    { "Y013", "too many values",
      "The files of a scenario may hold 200,000 values and lists in all. Put large tables into "
      "CSV files." },
    { "Y014", "key is not text",
      "Keys are plain texts; maps and lists as keys are refused." },
    { "Y015", "empty file",
      "The file holds no scenario." },
};
/* clang-format on */

const struct scn_code *scn_code_at(int i)
{
    const int n = (int)(sizeof codes / sizeof codes[0]);

    return i >= 0 && i < n ? &codes[i] : NULL;
}
