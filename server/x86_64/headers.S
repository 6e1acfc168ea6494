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
        jae     .Lmore
        movzx   eax, byte ptr [scan]
        inc     scan
        test    byte ptr [class + rax], CLASS_TOKEN
        jnz     .Lname_byte
        lea     length, [scan - 1]
        sub     length, mark
        jz      .Lempty
        cmp     eax, COLON
        jne     .Lbad
// 8. Its value: blanks, bytes that are no controls, CR LF.
.Lblanks:
        cmp     scan, limit
        jae     .Lmore
        movzx   eax, byte ptr [scan]
        inc     scan
        cmp     eax, SPACE
        je      .Lblanks
        cmp     eax, TAB
        je      .Lblanks
        dec     scan
        mov     value, scan
.Lvalue_byte:
        cmp     scan, limit
        jae     .Lmore
        movzx   eax, byte ptr [scan]
        inc     scan
        test    byte ptr [class + rax], CLASS_VALUE
        jnz     .Lvalue_byte
        cmp     eax, CR
        jne     .Lbad
        cmp     scan, limit
        jae     .Lmore
        cmp     byte ptr [scan], LF
        jne     .Lbad
        inc     scan
// 9. Four names matter, and no two have the same length.
        cmp     length, LEN_HOST
        je      .Lhost
        cmp     length, LEN_CONNECTION
        je      .Lconnection
        cmp     length, LEN_CONTENT_LENGTH
        je      .Llength
        cmp     length, LEN_TRANSFER_ENCODING
        je      .Lencoding
        jmp     .Lline
// 10. Host: one, not empty, of the bytes that a name or address has.
.Lhost:
        mov     eax, [mark]
        or      eax, LOWER_4
        cmp     eax, WORD_HOST
        jne     .Lline
        test    flags, HTTP_HOST
        jnz     .Lbad
        or      flags, HTTP_HOST
        call    trim
        jz      .Lbad
.Lhost_byte:
        movzx   eax, byte ptr [mark]
        inc     mark
        test    byte ptr [class + rax], CLASS_HOST
        jz      .Lbad
        dec     length
        jnz     .Lhost_byte
        jmp     .Lline
// 11. Connection: a list, of which only "close" matters.
.Lconnection:
        addr    rax, http_connection
        call    same_word
        jne     .Lline
.Lbetween:
        lea     rax, [scan - 2]
        cmp     value, rax
        jae     .Lline
        mov     mark, value
        movzx   eax, byte ptr [value]
        inc     value
        test    byte ptr [class + rax], CLASS_TOKEN
        jz      .Lbetween
.Ltoken_byte:
        movzx   eax, byte ptr [value]
        inc     value
        test    byte ptr [class + rax], CLASS_TOKEN
        jnz     .Ltoken_byte
        lea     length, [value - 1]
        sub     length, mark
        cmp     length, LEN_CLOSE
        jne     .Lbetween
        addr    rax, http_close
        call    same_word
        jne     .Lbetween
        or      flags, HTTP_CLOSE
        jmp     .Lline
// 12. Content-Length: one, digits alone.
.Llength:
        addr    rax, http_content_length
        call    same_word
        jne     .Lline
        test    flags, HTTP_LENGTH
        jnz     .Lbad
        or      flags, HTTP_LENGTH
        call    trim
        jz      .Lbad
        cmp     length, LENGTH_DIGITS
        ja      .Lbad
.Llength_byte:
        movzx   eax, byte ptr [mark]
        inc     mark
        sub     eax, ZERO
        jz      .Llength_next
        cmp     eax, 9
        ja      .Lbad
        or      flags, HTTP_BODY
.Llength_next:
        dec     length
        jnz     .Llength_byte
        jmp     .Lline
// 13. Transfer-Encoding: one, and only "chunked" is known.
.Lencoding:
        addr    rax, http_transfer_encoding
        call    same_word
        jne     .Lline
        test    flags, HTTP_CODED
        jnz     .Lbad
        or      flags, HTTP_CODED
        call    trim
        cmp     length, LEN_CHUNKED
        jne     .Lcoding_unknown
        addr    rax, http_chunked
        call    same_word
        je      .Lline
.Lcoding_unknown:
        or      flags, HTTP_CODING
        jmp     .Lline
.Lempty:
        jmp     parse_end
.Lmore:
        jmp     parse_more
.Lbad:
        jmp     parse_bad
endfunc parse_headers

// A value without the blanks at its end.
// In: value, scan behind its line
// Out: mark, length; flags of the processor as a comparison of length with 0 sets them
func trim
        mov     mark, value
        lea     length, [scan - 2]
        sub     length, mark
.Ltrim:
        jz      .Ltrimmed
        movzx   eax, byte ptr [mark + length - 1]
        cmp     eax, SPACE
        je      .Ltrim_one
        cmp     eax, TAB
        jne     .Ltrimmed
.Ltrim_one:
        dec     length
        jmp     .Ltrim
.Ltrimmed:
        test    length, length
        ret
endfunc trim

// Compares a word of letters and "-" in any case.
// In: ret0 = it in small letters; mark, length
// Out: flags of the processor: equal or not. Uses length
func same_word
        push    rbx
.Lsame_byte:
        dec     length
        js      .Lsame_end
        movzx   ebx, byte ptr [mark + length]
        or      ebx, 0x20
        cmp     bl, [rax + length]
        je      .Lsame_byte
        pop     rbx
        ret
.Lsame_end:
        pop     rbx
        cmp     eax, eax
        ret
endfunc same_word
