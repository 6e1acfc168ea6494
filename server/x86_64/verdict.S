// SPDX-License-Identifier: Apache-2.0
// One request: runs the machine over its head, and decides what becomes of it.
#include "arch.inc"

// In: cursor..limit = input that is not read yet; base, work
// Out: ret0 = answer, or 0 when the head is not whole; flags; cursor = behind the head when it was read
// Uses: all roles of run and route
func parse
        addr    class, http_table
        mov     scan, cursor
        imm     flags, 0
        imm     eax, 0
        dec     rax
        mov     [work + W_QUALITY], rax
        inc     rax
        mov     [work + W_LINE], rax
        lea     state, [class + AT_START]
        call    run
        test    ret0, ret0
        jz      .Lmore
        ret
// 1. The head goes on: more input is needed, unless the buffer is full of it.
.Lmore:
        mov     rdx, limit
        sub     rdx, cursor
        cmp     rdx, HEAD_MAX
        jae     .Ltoo_long
        ret
.Ltoo_long:
        imm     eax, SITE_HEAD_TOO_LONG
        test    flags, HTTP_LINE
        jnz     parse_fail
        imm     eax, SITE_TARGET_TOO_LONG
        jmp     parse_fail
endfunc parse

// The head is whole.
// In, out: as parse
func verdict
        mov     cursor, scan
        mov     [work + W_RAW], path
        mov     [work + W_RAW_END], pathend
// 2. Two lengths of one body, or a coding in HTTP/1.0, is how requests are smuggled (RFC 9112 6.1).
        test    flags, HTTP_CODED
        jz      .Lframed
        test    flags, HTTP_LENGTH | HTTP_OLD
        jnz     parse_bad
.Lframed:
// 3. HTTP/1.1 without Host is an error (RFC 9112 3.2).
        test    flags, HTTP_HOST | HTTP_OLD
        jz      parse_bad
// 4. HTTP/1.0 closes unless it is asked not to (RFC 9112 9.3).
        test    flags, HTTP_OLD
        jz      .Lpersistent
        test    flags, HTTP_KEEP
        jnz     .Lpersistent
        or      flags, HTTP_CLOSE
.Lpersistent:
// 5. A body is thrown away when its end is near and sure; else the answer is the last one.
        test    flags, HTTP_BODY | HTTP_CODED
        jz      .Lmethod
        test    flags, HTTP_CLOSE | HTTP_EXPECT | HTTP_CODING
        jnz     .Llast
        test    flags, HTTP_CODED
        jnz     .Lmethod
        mov     rax, [work + W_LENGTH]
        cmp     rax, REQUEST_BODY_MAX
        jbe     .Lmethod
        imm     eax, SITE_BODY_TOO_LARGE
        jmp     parse_fail
.Llast:
        or      flags, HTTP_CLOSE | HTTP_LINGER
.Lmethod:
        imm     eax, SITE_NOT_IMPLEMENTED
        test    flags, HTTP_CODING
        jnz     parse_fail
        test    flags, HTTP_OTHER
        jz      .Lknown
        test    flags, HTTP_KNOWN
        jz      parse_fail
        imm     eax, SITE_NOT_ALLOWED
        jmp     answer_at
.Lknown:
        test    flags, HTTP_TARGET
        jnz     parse_bad
        imm     eax, SITE_EXPECTATION
        test    flags, HTTP_UNEXPECTED
        jnz     answer_at
        jmp     route
endfunc verdict

// In: flags. Out: as parse
func parse_bad_version
        imm     eax, SITE_BAD_VERSION
        jmp     parse_fail
endfunc parse_bad_version

// In: flags. Out: as parse
func parse_bad
        imm     eax, SITE_BAD_REQUEST
        jmp     parse_fail
endfunc parse_bad

// In: eax = place of the answer in the site's header; flags. Out: as parse
func parse_fail
        or      flags, HTTP_CLOSE | HTTP_LINGER
        jmp     answer_at
endfunc parse_fail

// In: eax = place of an answer in the site's header. Out: ret0 = the answer
func answer_at
        mov     eax, [base + rax]
        add     rax, base
        ret
endfunc answer_at
