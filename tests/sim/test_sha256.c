/* Truth: the example vectors of FIPS 180-4 (NIST, "SHA256.pdf": one block, two
 * blocks) and of the NIST long-message test, one million times 'a'. */
#include "check_main.h"

#include <string.h>

#include "sim/sha256.h"

static void is(const char *text, const char *expected)
{
    struct sim_sha256 sha;
    char hex[65];

    sim_sha256_init(&sha);
    sim_sha256_add(&sha, text, strlen(text));
    sim_sha256_hex(&sha, hex);
    ck_assert_str_eq(hex, expected);
}

START_TEST(vectors)
{
    is("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    is("abc",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

/* Also in pieces of every length up to two blocks. */
START_TEST(million)
{
    static const char *const expected =
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    char block[128], hex[65];
    struct sim_sha256 sha;
    size_t left = 1000000;

    memset(block, 'a', sizeof block);
    sim_sha256_init(&sha);
    for (size_t n = 0; left > 0; n = (n + 1) % sizeof block) {
        const size_t take = n < left ? n : left;
        sim_sha256_add(&sha, block, take);
        left -= take;
    }
    sim_sha256_hex(&sha, hex);
    ck_assert_str_eq(hex, expected);
}
END_TEST

TEST_MAIN("sim/sha256", vectors, million)
