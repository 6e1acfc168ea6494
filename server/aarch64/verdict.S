// SPDX-License-Identifier: Apache-2.0
// One request: runs the machine over its head, and decides what becomes of it.
#include "arch.inc"

// In: cursor..limit = input that is not read yet; base, work
// Out: ret0 = answer, or 0 when the head is not whole; flags; cursor = behind the head when it was read
// Uses: all roles of run and route
func parse
        str     x30, [sp, -16]!
        addr    class, http_table
        mov     scan, cursor
        imm     flags, 0
        mov     x0, -1
        str     x0, [work, W_QUALITY]
        str     xzr, [work, W_LINE]
        add     state, class, AT_START
        bl      run
        ldr     x30, [sp], 16
        cbz     ret0, .Lmore
        ret
// 1. The head goes on: more input is needed, unless the buffer is full of it.
.Lmore:
        sub     x9, limit, cursor
        cmp     x9, HEAD_MAX
        b.hs    .Ltoo_long
        ret
.Ltoo_long:
        imm     w0, SITE_HEAD_TOO_LONG
        tst     flags, HTTP_LINE
        b.ne    parse_fail
        imm     w0, SITE_TARGET_TOO_LONG
        b       parse_fail
endfunc parse

// The head is whole.
// In, out: as parse
func verdict
        mov     cursor, scan
        str     path, [work, W_RAW]
        str     pathend, [work, W_RAW_END]
// 2. Two lengths of one body, or a coding in HTTP/1.0, is how requests are smuggled (RFC 9112 6.1).
        tst     flags, HTTP_CODED
        b.eq    .Lframed
        tst     flags, HTTP_LENGTH | HTTP_OLD
        b.ne    parse_bad
.Lframed:
// 3. HTTP/1.1 without Host is an error (RFC 9112 3.2).
        tst     flags, HTTP_HOST | HTTP_OLD
        b.eq    parse_bad
// 4. HTTP/1.0 closes unless it is asked not to (RFC 9112 9.3).
        tst     flags, HTTP_OLD
        b.eq    .Lpersistent
        tst     flags, HTTP_KEEP
        b.ne    .Lpersistent
        orr     flags, flags, HTTP_CLOSE
.Lpersistent:
// 5. A body is thrown away when its end is near and sure; else the answer is the last one.
        tst     flags, HTTP_BODY | HTTP_CODED
        b.eq    .Lmethod
        tst     flags, HTTP_CLOSE | HTTP_EXPECT | HTTP_CODING
        b.ne    .Llast
        tst     flags, HTTP_CODED
        b.ne    .Lmethod
        ldr     x0, [work, W_LENGTH]
        cmp     x0, REQUEST_BODY_MAX
        b.ls    .Lmethod
        imm     w0, SITE_BODY_TOO_LARGE
        b       parse_fail
.Llast:
        orr     flags, flags, HTTP_CLOSE | HTTP_LINGER
.Lmethod:
        imm     w0, SITE_NOT_IMPLEMENTED
        tst     flags, HTTP_CODING
        b.ne    parse_fail
        tst     flags, HTTP_OTHER
        b.eq    .Lknown
        tst     flags, HTTP_KNOWN
        b.eq    parse_fail
        imm     w0, SITE_NOT_ALLOWED
        b       answer_at
.Lknown:
        tst     flags, HTTP_TARGET
        b.ne    parse_bad
        imm     w0, SITE_EXPECTATION
        tst     flags, HTTP_UNEXPECTED
        b.ne    answer_at
        b       route
endfunc verdict

// In: flags. Out: as parse
func parse_bad_version
        imm     w0, SITE_BAD_VERSION
        b       parse_fail
endfunc parse_bad_version

// In: flags. Out: as parse
func parse_bad
        imm     w0, SITE_BAD_REQUEST
        b       parse_fail
endfunc parse_bad

// In: w0 = place of the answer in the site's header; flags. Out: as parse
func parse_fail
        orr     flags, flags, HTTP_CLOSE | HTTP_LINGER
        b       answer_at
endfunc parse_fail

// In: w0 = place of an answer in the site's header. Out: ret0 = the answer
func answer_at
        ldr     w0, [base, x0]
        add     x0, x0, base
        ret
endfunc answer_at
