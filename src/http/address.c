/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "crypto/token.h"

static str last_of(str list)
{
    str last = STR("");
    while (list.ptr) last = str_cut(&list, ',');
    return str_trim(last);
}

static str without_quotes(str s)
{
    return s.len >= 2 && str_starts(s, STR("\"")) && str_ends(s, STR("\"")) ? str_take(str_skip(s, 1), s.len - 2) : s;
}

/* "[2001:db8::7]:4711", "192.0.2.1:4711"; a bare IPv6 address has more than one colon and no port. */
static str without_port(str s)
{
    if (str_starts(s, STR("["))) return str_take(str_skip(s, 1), str_find(str_skip(s, 1), ']'));
    size_t colon = str_find(s, ':');
    bool one = colon < s.len && str_find(str_skip(s, colon + 1), ':') == s.len - colon - 1;
    return one ? str_take(s, colon) : s;
}

str address_of_x_forwarded(str line) { return without_port(last_of(line)); }

str address_of_forwarded(str line)
{
    str element = last_of(line);
    while (element.ptr) {
        str value = str_cut(&element, ';'), name = str_trim(str_cut(&value, '='));
        if (str_eq_any_case(name, STR("for"))) return without_port(without_quotes(str_trim(value)));
    }
    return STR("");
}

str address_key(arena *a, str address)
{
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    char text[INET6_ADDRSTRLEN];
    struct in_addr four;
    struct in6_addr six;
    if (address.len == 0 || address.len >= sizeof text) return STR("local");
    memcpy(text, address.ptr, address.len);
    text[address.len] = '\0';
    if (inet_pton(AF_INET, text, &four) == 1) return hex_encode(a, (str){(const char *)&four, sizeof four});
    if (inet_pton(AF_INET6, text, &six) != 1) return STR("local");
    bool is_four = memcmp(six.s6_addr, mapped, sizeof mapped) == 0;
    return hex_encode(a, is_four ? (str){(const char *)six.s6_addr + 12, 4} : (str){(const char *)six.s6_addr, 8});
}
