// SPDX-License-Identifier: Apache-2.0
// What becomes of a request: the last steps of parse, for a head that is whole, wrong or not whole yet.
#include "arch.inc"

// In: the roles of parse; eax = the byte that ended the head
// Out: as parse
func parse_end
// 14. The head is whole: CR was there, now LF.
        cmp     eax, CR
        jne     parse_bad
        cmp     scan, limit
        jae     parse_more
        cmp     byte ptr [scan], LF
        jne     parse_bad
        inc     scan
        mov     cursor, scan
// 15. Two lengths of one body, or a coding in HTTP/1.0, is how requests are smuggled (RFC 9112 6.1).
        test    flags, HTTP_CODED
        jz      .Lframed
        test    flags, HTTP_LENGTH | HTTP_OLD
        jnz     parse_bad
.Lframed:
// 16. HTTP/1.1 without Host is an error (RFC 9112 3.2).
        test    flags, HTTP_HOST | HTTP_OLD
        jz      parse_bad
        test    flags, HTTP_OTHER
        jnz     .Lno_method
        test    flags, HTTP_TARGET
        jnz     parse_bad
        test    flags, HTTP_CODING
        jnz     .Lno_coding
// 17. A body is not read: the answer is the last one.
        test    flags, HTTP_CODED | HTTP_BODY
        jz      .Lroute
        or      flags, HTTP_CLOSE | HTTP_LINGER
.Lroute:
        jmp     route
// 18. The answers to errors close the connection.
.Lno_method:
        lea     rax, [base + SITE_NOT_ALLOWED]
        test    flags, HTTP_KNOWN
        jnz     parse_fail
.Lno_coding:
        lea     rax, [base + SITE_NOT_IMPLEMENTED]
        jmp     parse_fail
endfunc parse_end

// In: flags. Out: as parse
func parse_bad_version
        lea     rax, [base + SITE_BAD_VERSION]
        jmp     parse_fail
endfunc parse_bad_version

// In: flags. Out: as parse
func parse_bad
        lea     rax, [base + SITE_BAD_REQUEST]
        jmp     parse_fail
endfunc parse_bad

// In: ret0 = answer; flags. Out: as parse
func parse_fail
        or      flags, HTTP_CLOSE | HTTP_LINGER
        ret
endfunc parse_fail

// 19. The head goes on: more input is needed, unless the buffer is full of it.
func parse_more
        mov     rax, limit
        sub     rax, cursor
        cmp     rax, HEAD_MAX
        jae     .Ltoo_long
        imm     eax, 0
        ret
.Ltoo_long:
        lea     rax, [base + SITE_HEAD_TOO_LONG]
        test    flags, HTTP_LINE
        jnz     parse_fail
        lea     rax, [base + SITE_TARGET_TOO_LONG]
        jmp     parse_fail
endfunc parse_more
