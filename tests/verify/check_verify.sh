#!/bin/sh
# check_verify.sh - the fast cases of `make verify`, as part of the tests.
#
# Environment: BUILD (build/release).
set -u
cd "$(dirname "$0")/../.." || exit 1
program=${BUILD:-build/release}/tests/verify/verify
if [ ! -x "$program" ]; then
    echo "not ok verify: no program '$program', run 'make run-tests'"
    exit 1
fi
# long samples say nothing about memory
case $program in
*/build/release/* | build/release/*) exec "$program" --fast --jobs 1 ;;
*) echo 'skip verify: too long but in the release variant' ;;
esac
