// SPDX-License-Identifier: Apache-2.0
// The header lines of a request, by RFC 9112, and the four of them that matter.
#include "arch.inc"

// Continues parse behind the request line.
// In: scan, limit, class, flags
// Out: goes on in verdict.S, with all roles but mark, value and length kept
func parse_headers
// 7. A header's name is a token and ends with a colon. The empty line ends the head.
.Lline:
        mov     mark, scan
.Lname_byte:
        cmp     scan, limit
        b.hs    .Lmore
        ldrb    w0, [scan], 1
        ldrb    w10, [class, x0]
        tst     w10, CLASS_TOKEN
        b.ne    .Lname_byte
        sub     length, scan, 1
        subs    length, length, mark
        b.eq    .Lempty
        cmp     w0, COLON
        b.ne    .Lbad
// 8. Its value: blanks, bytes that are no controls, CR LF.
.Lblanks:
        cmp     scan, limit
        b.hs    .Lmore
        ldrb    w0, [scan], 1
        cmp     w0, SPACE
        b.eq    .Lblanks
        cmp     w0, TAB
        b.eq    .Lblanks
        sub     scan, scan, 1
        mov     value, scan
.Lvalue_byte:
        cmp     scan, limit
        b.hs    .Lmore
        ldrb    w0, [scan], 1
        ldrb    w10, [class, x0]
        tst     w10, CLASS_VALUE
        b.ne    .Lvalue_byte
        cmp     w0, CR
        b.ne    .Lbad
        cmp     scan, limit
        b.hs    .Lmore
        ldrb    w0, [scan], 1
        cmp     w0, LF
        b.ne    .Lbad
// 9. Four names matter, and no two have the same length.
        cmp     length, LEN_HOST
        b.eq    .Lhost
        cmp     length, LEN_CONNECTION
        b.eq    .Lconnection
        cmp     length, LEN_CONTENT_LENGTH
        b.eq    .Llength
        cmp     length, LEN_TRANSFER_ENCODING
        b.eq    .Lencoding
        b       .Lline
// 10. Host: one, not empty, of the bytes that a name or address has.
.Lhost:
        ldr     w0, [mark]
        imm32   w10, LOWER_4
        orr     w0, w0, w10
        imm32   w10, WORD_HOST
        cmp     w0, w10
        b.ne    .Lline
        tst     flags, HTTP_HOST
        b.ne    .Lbad
        orr     flags, flags, HTTP_HOST
        bl      trim
        b.eq    .Lbad
.Lhost_byte:
        ldrb    w0, [mark], 1
        ldrb    w10, [class, x0]
        tst     w10, CLASS_HOST
        b.eq    .Lbad
        subs    length, length, 1
        b.ne    .Lhost_byte
        b       .Lline
// 11. Connection: a list, of which only "close" matters.
.Lconnection:
        addr    x0, http_connection
        bl      same_word
        b.ne    .Lline
.Lbetween:
        sub     x0, scan, 2
        cmp     value, x0
        b.hs    .Lline
        mov     mark, value
        ldrb    w0, [value], 1
        ldrb    w10, [class, x0]
        tst     w10, CLASS_TOKEN
        b.eq    .Lbetween
.Ltoken_byte:
        ldrb    w0, [value], 1
        ldrb    w10, [class, x0]
        tst     w10, CLASS_TOKEN
        b.ne    .Ltoken_byte
        sub     length, value, 1
        sub     length, length, mark
        cmp     length, LEN_CLOSE
        b.ne    .Lbetween
        addr    x0, http_close
        bl      same_word
        b.ne    .Lbetween
        orr     flags, flags, HTTP_CLOSE
        b       .Lline
// 12. Content-Length: one, digits alone.
.Llength:
        addr    x0, http_content_length
        bl      same_word
        b.ne    .Lline
        tst     flags, HTTP_LENGTH
        b.ne    .Lbad
        orr     flags, flags, HTTP_LENGTH
        bl      trim
        b.eq    .Lbad
        cmp     length, LENGTH_DIGITS
        b.hi    .Lbad
.Llength_byte:
        ldrb    w0, [mark], 1
        subs    w0, w0, ZERO
        b.eq    .Llength_next
        cmp     w0, 9
        b.hi    .Lbad
        orr     flags, flags, HTTP_BODY
.Llength_next:
        subs    length, length, 1
        b.ne    .Llength_byte
        b       .Lline
// 13. Transfer-Encoding: one, and only "chunked" is known.
.Lencoding:
        addr    x0, http_transfer_encoding
        bl      same_word
        b.ne    .Lline
        tst     flags, HTTP_CODED
        b.ne    .Lbad
        orr     flags, flags, HTTP_CODED
        bl      trim
        cmp     length, LEN_CHUNKED
        b.ne    .Lcoding_unknown
        addr    x0, http_chunked
        bl      same_word
        b.eq    .Lline
.Lcoding_unknown:
        orr     flags, flags, HTTP_CODING
        b       .Lline
.Lempty:
        b       parse_end
.Lmore:
        b       parse_more
.Lbad:
        b       parse_bad
endfunc parse_headers

// A value without the blanks at its end.
// In: value, scan behind its line
// Out: mark, length; flags of the processor as a comparison of length with 0 sets them
func trim
        mov     mark, value
        sub     length, scan, 2
        subs    length, length, mark
.Ltrim:
        b.eq    .Ltrimmed
        add     x0, mark, length
        ldurb   w0, [x0, -1]
        cmp     w0, SPACE
        b.eq    .Ltrim_one
        cmp     w0, TAB
        b.ne    .Ltrimmed
.Ltrim_one:
        subs    length, length, 1
        b       .Ltrim
.Ltrimmed:
        cmp     length, 0
        ret
endfunc trim

// Compares a word of letters and "-" in any case.
// In: ret0 = it in small letters; mark, length
// Out: flags of the processor: equal or not. Uses length
func same_word
.Lsame_byte:
        subs    length, length, 1
        b.lt    .Lsame_end
        ldrb    w10, [mark, length]
        orr     w10, w10, 0x20
        ldrb    w11, [x0, length]
        cmp     w10, w11
        b.eq    .Lsame_byte
        ret
.Lsame_end:
        cmp     x0, x0
        ret
endfunc same_word
