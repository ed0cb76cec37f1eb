#!/bin/sh
# floors.sh [BUILD] - the rules of the house that the compiler cannot see.
#
#   lint/includes  a floor includes only itself, the floors it stands on and
#                  the foreign headers it owns
#   lint/symbols   every exported symbol carries its floor's prefix; memory is
#                  taken in sim/alloc.c only; nobody calls what the house
#                  forbids; nobody but sim/alloc.c has writable data
#
# Prints the faults, then "ok lint/..." or "not ok lint/...: why" per check.
# Exit 1 if one failed.  lint/symbols reads the archives in BUILD, of the
# release variant (build/release).
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.." || exit 1
build=${1:-build/release}
failed=0

# verdict NAME FAULTS: FAULTS is empty or one fault a line
verdict() {
    if [ -z "$2" ]; then
        echo "ok $1"
        return
    fi
    echo "$2" | sed 's/^/    /'
    echo "not ok $1: $(echo "$2" | wc -l | tr -d ' ') faults"
    failed=1
}

includes() {
    find sim models scenarios reports plots cli tests -name '*.[ch]' \
        -exec grep -n '^[[:space:]]*#[[:space:]]*include' /dev/null {} + |
        sort -t: -k1,1 -k2,2n | awk '
    BEGIN {
        # floor -> floors it may include
        below["sim"] = "sim"
        below["models/results"] = "models/results sim"
        below["models"] = "models models/results sim"
        below["scenarios/loader"] = "scenarios/loader " below["models"]
        below["scenarios/studies"] = "scenarios/studies " below["scenarios/loader"]
        below["reports"] = "reports models/results sim"
        below["plots"] = "plots models/results sim"
        below["cli"] = "cli reports plots " below["scenarios/studies"]
        # tests/X is a test of the floor
        floor_of["sim"] = "sim"
        floor_of["results"] = "models/results"
        floor_of["models"] = "models"
        floor_of["loader"] = "scenarios/loader"
        floor_of["studies"] = "scenarios/studies"
        floor_of["reports"] = "reports"
        floor_of["plots"] = "plots"
        # the C and POSIX headers in use; locale.h, setjmp.h and threads.h
        # are missing on purpose
        n = split("assert complex ctype errno fenv float inttypes limits math" \
            " signal stdalign stdarg stdatomic stdbool stddef stdint stdio" \
            " stdlib stdnoreturn string tgmath time dirent fcntl fnmatch glob" \
            " sched strings unistd sys/ioctl sys/resource sys/stat sys/time" \
            " sys/types sys/utsname sys/wait", names, " ")
        for (i = 1; i <= n; i++)
            standard[names[i] ".h"] = 1
    }
    function fault(text) { print where ": " text }
    function has(list, word) { return index(" " list " ", " " word " ") > 0 }
    function dir_of(path) {
        return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : ""
    }
    # the floors that own a foreign header; "" when nobody does
    function owners(header) {
        # the program switches the error handler of GSL off
        if (header == "gsl/gsl_errno.h") return "sim models cli"
        if (header ~ /^gsl\//) return "sim models"
        if (header == "getopt.h") return "cli"
        if (header == "yaml.h") return "scenarios/loader"
        if (header == "sqlite3.h") return "scenarios/studies"
        if (header ~ /^(xlsxwriter(\/.*)?|jansson)\.h$/) return "reports"
        if (header ~ /^cairo[^.]*\.h$/ || header == "ft2build.h" ||
            header ~ /^freetype\// || header ~ /^FT_/) return "plots"
        return ""
    }
    {
        split($0, part, ":")
        file = part[1]
        where = file ":" part[2]
        text = substr($0, length(where) + 2)
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "", text)
        is_test = file ~ /^tests\//
        floor = dir_of(file)
        if (is_test) {
            split(file, step, "/")
            # tools and programs that span floors may include all of them
            floor = (step[2] in floor_of) ? floor_of[step[2]] : "cli"
        }
        header = text
        sub(/^["<]/, "", header)
        sub(/[">].*$/, "", header)
        if (text ~ /^"/) {
            target = dir_of(header)
            if (is_test && (target == "" || target ~ /^tests/ ||
                            target in floor_of))
                next
            if (target == "")
                fault("name \"" header "\" by its path from the top")
            else if (!(floor in below))
                fault("\"" floor "\" is not a floor")
            else if (!has(below[floor], target))
                fault("\"" floor "\" may not include \"" header "\"")
            next
        }
        if (text !~ /^</ && text !~ /^FT_/) {
            fault("cannot read \"" text "\"")
            next
        }
        if (header in standard)
            next
        if (header == "check.h") {
            if (!is_test)
                fault("<check.h> belongs in tests")
        } else if (header == "pthread.h" || header == "mpi.h") {
            if (!is_test && file !~ /^sim\/exec_[a-z]*\.c$/)
                fault("<" header "> belongs in sim/exec_*.c")
        } else if (owners(header) == "")
            fault("<" header "> is no header of the house")
        else if (!is_test && !has(owners(header), floor))
            fault("<" header "> belongs in " owners(header))
    }'
    # not a symbol, so not seen below
    find sim models scenarios reports plots cli -name '*.[ch]' \
        -exec grep -nE '(^|[^_[:alnum:]])alloca *\(' /dev/null {} + |
        sed 's/$/ - alloca is forbidden/'
}

symbols() {
    for row in sim:sim_ results:res_ models:mdl_ loader:scn_ studies:stu_ \
        reports:rep_ plots:plt_ cli:cli_; do
        archive=$build/lib${row%%:*}.a
        if [ ! -f "$archive" ]; then
            # studies is a floor the house may not have yet
            [ -d "scenarios/${row%%:*}" ] || [ "$row" != studies:stu_ ] &&
                echo "$archive: missing, run 'make' first"
            continue
        fi
        # sysv: the only format that names sections.  The type letter is not
        # enough: a constant table of pointers shows as data (.data.rel.ro).
        # Nor does it tell a local ifunc from an exported one, hence two lists.
        {
            nm -A -g --format=sysv "$archive" | sed 's/^/global|/'
            nm -A --format=sysv "$archive" | sed 's/^/all|/'
        } | awk -F'|' -v floor="${row%%:*}" -v prefix="${row##*:}" '
        BEGIN {
            memory = " malloc calloc realloc reallocarray aligned_alloc" \
                " posix_memalign free strdup strndup asprintf vasprintf" \
                " getline getdelim "
            never = " strcpy stpcpy strcat sprintf vsprintf strtok gets rand" \
                " srand time setlocale longjmp siglongjmp atexit "
            roof = " abort exit _exit _Exit quick_exit stderr stdout perror" \
                " printf vprintf puts putchar "
        }
        function has(list, word) { return index(list, " " word " ") > 0 }
        NF >= 8 {
            gsub(/ /, "", $4)
            sub(/ +$/, "", $2)
            n = split($2, part, ":")
            symbol = part[n]
            object = part[n - 1]
            where = floor "/" object ": "
            alloc = floor == "sim" && object == "alloc.o"
            bare = symbol # the fortified form of a function counts as itself
            if (bare ~ /^__.*_chk$/)
                bare = substr(bare, 3, length(bare) - 6)
            if ($1 == "global") {
                if ($4 !~ /^[Uw]$/ && index(symbol, prefix) != 1 &&
                    !(floor == "cli" && symbol == "main"))
                    print where "exports " symbol ", which lacks the prefix " prefix
                next
            }
            if ($4 == "U") {
                if (has(memory, bare) && !alloc)
                    print where "calls " symbol ", which only sim/alloc.c may"
                if (has(never, bare))
                    print where "calls " symbol ", which is forbidden"
                if (has(roof, bare) && floor != "cli" &&
                    !(floor == "sim" && object == "err.o"))
                    print where "uses " symbol ", which only cli and sim/err.c may"
            }
            if ($8 ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ &&
                $8 !~ /^\.data\.rel\.ro/ && !alloc)
                print where symbol " is writable data"
        }'
    done
}

verdict lint/includes "$(includes)"
verdict lint/symbols "$(symbols)"
exit "$failed"
