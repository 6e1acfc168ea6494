// SPDX-License-Identifier: Apache-2.0
// A request line, by RFC 9112: method, target and version. headers.S reads on, verdict.S decides.
#include "arch.inc"

// In: cursor..limit = input that is not read yet, at least one byte; base
// Out: ret0 = answer, or 0 when the head is not whole; flags = HTTP_; cursor = behind the head when it was read
// Uses: all roles of parse and route
func parse
        str     x30, [sp, -16]!
        addr    class, http_classes
        imm     flags, 0
// 1. Empty lines before a request are skipped (RFC 9112 2.2).
.Lblank:
        cmp     cursor, limit
        b.hs    .Lmore
        ldrb    w0, [cursor]
        cmp     w0, CR
        b.ne    .Lmethod
        add     x10, cursor, 1
        cmp     x10, limit
        b.hs    .Lmore
        ldrb    w0, [x10]
        cmp     w0, LF
        b.ne    .Lbad
        add     cursor, cursor, 2
        b       .Lblank
// 2. The method is a token and ends with a space.
.Lmethod:
        mov     scan, cursor
.Lmethod_byte:
        cmp     scan, limit
        b.hs    .Lmore
        ldrb    w0, [scan], 1
        ldrb    w10, [class, x0]
        tst     w10, CLASS_TOKEN
        b.ne    .Lmethod_byte
        cmp     w0, SPACE
        b.ne    .Lbad
        sub     x11, scan, cursor
        cmp     x11, 1
        b.eq    .Lbad
// 3. With that space all known methods fit in eight bytes.
        imm     w12, 0
        cmp     x11, 8
        b.hi    .Lother
        lsl     x11, x11, 3
        neg     x11, x11
        ldr     x0, [cursor]
        lsl     x0, x0, x11
        addr    x11, http_methods
.Lknown:
        ldr     x10, [x11, x12, lsl 3]
        cmp     x0, x10
        b.eq    .Lmethod_known
        add     x12, x12, 1
        cmp     x12, METHODS
        b.lo    .Lknown
.Lother:
        orr     flags, flags, HTTP_OTHER
        b       .Ltarget
.Lmethod_known:
        cbz     x12, .Ltarget
        orr     flags, flags, HTTP_HEAD
        cmp     x12, 1
        b.eq    .Ltarget
        imm     flags, HTTP_OTHER | HTTP_KNOWN
// 4. The target: a path up to "?", and a query that plays no part.
.Ltarget:
        mov     path, scan
.Lpath_byte:
        cmp     scan, limit
        b.hs    .Lmore
        ldrb    w0, [scan], 1
        ldrb    w10, [class, x0]
        tst     w10, CLASS_PATH
        b.ne    .Lpath_byte
        sub     pathend, scan, 1
        cmp     w0, QUESTION
        b.ne    .Ltarget_end
.Lquery_byte:
        cmp     scan, limit
        b.hs    .Lmore
        ldrb    w0, [scan], 1
        ldrb    w10, [class, x0]
        tst     w10, CLASS_QUERY
        b.ne    .Lquery_byte
.Ltarget_end:
        cmp     w0, SPACE
        b.ne    .Lbad
        cmp     path, pathend
        b.eq    .Lbad
// 5. A target that is a whole URI counts from its path; the name in it plays no part (RFC 9112 3.2.2).
        ldrb    w0, [path]
        cmp     w0, SLASH
        b.eq    .Lversion
        ldr     x0, [path]
        imm64   x10, LOWER_8
        orr     x0, x0, x10
        imm     w12, 8
        imm64   x10, WORD_HTTPS
        cmp     x0, x10
        b.eq    .Lauthority
        imm     w12, 7
        imm64   x10, WORD_HTTP
        lsl     x0, x0, 8
        cmp     x0, x10
        b.eq    .Lauthority
        orr     flags, flags, HTTP_TARGET
        b       .Lversion
.Lauthority:
        add     path, path, x12
        cmp     path, pathend
        b.hs    .Lbad
        ldrb    w0, [path]
        cmp     w0, SLASH
        b.eq    .Lbad
.Lauthority_byte:
        add     path, path, 1
        cmp     path, pathend
        b.eq    .Lauthority_only
        ldrb    w0, [path]
        cmp     w0, SLASH
        b.ne    .Lauthority_byte
        b       .Lversion
.Lauthority_only:
        addr    path, http_slash
        add     pathend, path, 1
// 6. "HTTP/", a digit, ".", a digit and the end of the line.
.Lversion:
        add     x0, scan, VERSION_LINE
        cmp     x0, limit
        b.hi    .Lmore
        ldr     x0, [scan]
        imm64   x10, WORD_VERSION
        eor     x0, x0, x10
        imm64   x10, VERSION_FIXED
        tst     x0, x10
        b.ne    .Lbad
        ldrh    w10, [scan, 8]
        imm     w11, CR_LF
        cmp     w10, w11
        b.ne    .Lbad
        lsr     x11, x0, VERSION_MINOR_SHIFT
        cmp     w11, 9
        b.hi    .Lbad
        lsr     x0, x0, VERSION_MAJOR_SHIFT
        and     w0, w0, 0xff
        cmp     w0, 9
        b.hi    .Lbad
        cmp     w0, 1
        b.ne    parse_bad_version
        add     scan, scan, VERSION_LINE
        orr     flags, flags, HTTP_LINE
        cbnz    w11, .Lheaders
        orr     flags, flags, HTTP_OLD
        orr     flags, flags, HTTP_CLOSE
.Lheaders:
        b       parse_headers
.Lmore:
        b       parse_more
.Lbad:
        b       parse_bad
endfunc parse
