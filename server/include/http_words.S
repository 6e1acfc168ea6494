// SPDX-License-Identifier: Apache-2.0
// The words of HTTP that both architectures look for. Data only.
#include "http.inc"
#include "http_states.inc"

                .section .rodata.words, "a"
                .globl  http_methods, http_fields, http_close, http_keep_alive, http_chunked, http_continue, http_slash

// Methods with the space behind them, at the end of eight bytes: what a load sees when shifted up by the rest.
// GET is first and HEAD second; METHODS counts them.
                .balign 8
http_methods:
                .ascii  "\0\0\0\0GET "
                .ascii  "\0\0\0HEAD "
                .ascii  "\0\0\0POST "
                .ascii  "\0\0\0\0PUT "
                .ascii  "\0DELETE "
                .ascii  "\0\0PATCH "
                .ascii  "OPTIONS "
                .ascii  "CONNECT "
                .ascii  "\0\0TRACE "

.macro field name, length, state, bit
                .byte   \length, \state, \bit
                .ascii  "\name"
.endm

// Field names, in small letters; a length of 0 ends them.
http_fields:
                field   "host", 4, STATE_HOST, FIELD_HOST
                field   "content-length", 14, STATE_LENGTH, FIELD_LENGTH
                field   "transfer-encoding", 17, STATE_CODING, FIELD_CODED
                field   "connection", 10, STATE_CONNECTION, FIELD_CONNECTION
                field   "expect", 6, STATE_EXPECT, FIELD_EXPECT
                field   "accept-encoding", 15, STATE_ACCEPT, FIELD_ACCEPT
                field   "if-none-match", 13, STATE_VALUE, FIELD_NONE_MATCH
                field   "range", 5, STATE_VALUE, FIELD_RANGE
                field   "if-range", 8, STATE_VALUE, FIELD_IF_RANGE
                .byte   0

                .globl  http_codings
http_codings:
                .byte   4, QUALITY_GZIP
                .ascii  "gzip"
                .byte   6, QUALITY_GZIP
                .ascii  "x-gzip"
                .byte   2, QUALITY_BR
                .ascii  "br"
                .byte   8, QUALITY_IDENTITY
                .ascii  "identity"
                .byte   1, QUALITY_ANY
                .ascii  "*"
                .byte   0

http_close:             .ascii "close"
http_keep_alive:        .ascii "keep-alive"
http_chunked:           .ascii "chunked"
http_continue:          .ascii "100-continue"
http_slash:             .ascii "/ "                     // the path of "http://name"

                .section .note.GNU-stack, "", %progbits
