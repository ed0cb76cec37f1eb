#!/bin/sh
# packages.sh KIND... - install the Debian packages that are missing.
#
# KIND is build (compile and run), test (the test suite as well) or ci (lint
# tools, and the programs that open our reports).  Silent when nothing is
# missing; otherwise says what it installs before it does.  Packages of kind
# ci that this release does not have are left out, with a line saying so: the
# checks that need them report themselves as skipped.
#
# Exit: 0 all there; 1 the installation failed; 2 usage; 4 packages are
# missing and this machine or user cannot install them.
set -u
LC_ALL=C
export LC_ALL

# a|b: either will do, the first is preferred.  libc6-dev is named because gcc
# only recommends it, and recommended packages are not installed.
build='gcc libc6-dev|libc-dev make pkg-config|pkgconf libyaml-dev libgsl-dev
       libxlsxwriter-dev libcairo2-dev libfreetype-dev|libfreetype6-dev
       libjansson-dev fonts-dejavu-core'
test='check unzip libxml2-utils'
ci='clang clang-format-14|clang-format clang-tidy cppcheck libreoffice-calc
    poppler-utils chromium|chromium-browser valgrind shellcheck python3'

needed=''
optional=''
for kind in "$@"; do
    case $kind in
    build) needed="$needed $build" ;;
    test) needed="$needed $test" ;;
    ci) optional="$optional $ci" ;;
    *)
        echo "packages.sh: unknown kind '$kind', expected build, test or ci" >&2
        exit 2
        ;;
    esac
done

# Of the wanted items, those of which no alternative is installed.
missing_of() {
    installed=" $(dpkg-query -W -f='${Package} ${db:Status-Status}\n' 2>/dev/null |
        awk '$2 == "installed" { printf "%s ", $1 }')"
    for item in "$@"; do
        for package in $(echo "$item" | tr '|' ' '); do
            case $installed in
            *" $package "*) continue 2 ;;
            esac
        done
        echo "$item"
    done
}

# The first alternative that apt can install; nothing when there is none.
pick() {
    for package in $(echo "$1" | tr '|' ' '); do
        if apt-cache policy "$package" 2>/dev/null |
            grep -q '^ *Candidate: *[^( ]'; then
            echo "$package"
            return
        fi
    done
}

# shellcheck disable=SC2086 # lists of words, here and below
needed=$(missing_of $needed)
# shellcheck disable=SC2086
optional=$(missing_of $optional)
[ -n "$needed$optional" ] || exit 0

# preferred names on one line, for messages
plain() {
    echo "$*" | tr ' ' '\n' | sed 's/|.*//' | tr '\n' ' ' | sed 's/ $//'
}

cannot() {
    # shellcheck disable=SC2086
    echo "packages.sh: cannot install packages: $1
These Debian packages are missing; please install them or what they are called
on this system, then try again ('make' and 'make run-tests' never install):
    $(plain $needed $optional)" >&2
    exit 4
}

command -v apt-get >/dev/null 2>&1 || cannot 'there is no apt-get here'
as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 ||
        cannot 'not root, and sudo is not installed'
    as_root=sudo
fi

apt() {
    # sudo drops the environment, so env goes inside; another apt may be at
    # work on a machine that has just started
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" </dev/null
}

update() {
    echo "packages.sh: refreshing the package lists (${as_root:+sudo }apt-get update)"
    apt update
    updated=yes
}

updated=no
lists=${APT_LISTS:-/var/lib/apt/lists}
# without lists apt knows no candidate
ls "$lists"/*_Packages* >/dev/null 2>&1 || update

install() {
    chosen=
    for item in $needed; do
        package=$(pick "$item")
        chosen="$chosen ${package:-${item%%|*}}"
    done
    for item in $optional; do
        package=$(pick "$item")
        if [ -n "$package" ]; then
            chosen="$chosen $package"
        else
            echo "packages.sh: not available here, left out: ${item%%|*}"
        fi
    done
    [ -n "$chosen" ] || return 0
    echo "packages.sh: installing missing packages${as_root:+ (with sudo)}:$chosen"
    # shellcheck disable=SC2086
    apt install --no-install-recommends $chosen
}

install && exit 0
# the usual reason: lists so old that the files they name are gone
if [ "$updated" = no ]; then
    update
    install && exit 0
fi
echo 'packages.sh: the installation failed, see the messages above' >&2
exit 1
