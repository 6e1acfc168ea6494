// SPDX-License-Identifier: Apache-2.0
// What becomes of a request: the last steps of parse, for a head that is whole, wrong or not whole yet.
#include "arch.inc"

// In: the roles of parse; w0 = the byte that ended the head
// Out: as parse
func parse_end
// 14. The head is whole: CR was there, now LF.
        cmp     w0, CR
        b.ne    parse_bad
        cmp     scan, limit
        b.hs    parse_more
        ldrb    w0, [scan], 1
        cmp     w0, LF
        b.ne    parse_bad
        mov     cursor, scan
// 15. Two lengths of one body, or a coding in HTTP/1.0, is how requests are smuggled (RFC 9112 6.1).
        tst     flags, HTTP_CODED
        b.eq    .Lframed
        tst     flags, HTTP_LENGTH | HTTP_OLD
        b.ne    parse_bad
.Lframed:
// 16. HTTP/1.1 without Host is an error (RFC 9112 3.2).
        tst     flags, HTTP_HOST | HTTP_OLD
        b.eq    parse_bad
        tst     flags, HTTP_OTHER
        b.ne    .Lno_method
        tst     flags, HTTP_TARGET
        b.ne    parse_bad
        tst     flags, HTTP_CODING
        b.ne    .Lno_coding
// 17. A body is not read: the answer is the last one.
        tst     flags, HTTP_CODED | HTTP_BODY
        b.eq    .Lroute
        orr     flags, flags, HTTP_CLOSE | HTTP_LINGER
.Lroute:
        ldr     x30, [sp], 16
        b       route
// 18. The answers to errors close the connection.
.Lno_method:
        add     x0, base, SITE_NOT_ALLOWED
        tst     flags, HTTP_KNOWN
        b.ne    parse_fail
.Lno_coding:
        add     x0, base, SITE_NOT_IMPLEMENTED
        b       parse_fail
endfunc parse_end

// In: flags. Out: as parse
func parse_bad_version
        add     x0, base, SITE_BAD_VERSION
        b       parse_fail
endfunc parse_bad_version

// In: flags. Out: as parse
func parse_bad
        add     x0, base, SITE_BAD_REQUEST
        b       parse_fail
endfunc parse_bad

// In: ret0 = answer; flags. Out: as parse
func parse_fail
        orr     flags, flags, HTTP_CLOSE | HTTP_LINGER
        ldr     x30, [sp], 16
        ret
endfunc parse_fail

// 19. The head goes on: more input is needed, unless the buffer is full of it.
func parse_more
        sub     x0, limit, cursor
        cmp     x0, HEAD_MAX
        b.hs    .Ltoo_long
        imm     w0, 0
        ldr     x30, [sp], 16
        ret
.Ltoo_long:
        add     x0, base, SITE_HEAD_TOO_LONG
        tst     flags, HTTP_LINE
        b.ne    parse_fail
        add     x0, base, SITE_TARGET_TOO_LONG
        b       parse_fail
endfunc parse_more
