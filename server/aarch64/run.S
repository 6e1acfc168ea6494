// SPDX-License-Identifier: Apache-2.0
// The machine of ../http.grammar, and what it does on the way. verdict.S decides at the end of a head.
#include "arch.inc"

// Runs from a state until an action ends it, or the input.
// In: state; class; scan..limit; the roles that the actions use
// Out: ret0 = what the action says; or RUN_MORE, with state where the input ended
// Uses: x9 to x12 and the roles that the actions set
func run
        str     x30, [sp, -16]!
// 1. An edge has led to a state: its action is first.
.Lenter:
        ldrb    w0, [state]
        cbnz    w0, .Lact
// 2. Bytes that change nothing are passed over.
.Ldo_none:
        ldrb    w0, [state, 1]
        add     x10, class, HTTP_SETS
        ldr     x9, [x10, x0, lsl 3]
.Lbyte:
        cmp     scan, limit
        b.hs    .Lmore
        ldrb    w0, [scan], 1
        ldrb    w0, [class, x0]
        lsr     x11, x9, x0
        tbnz    x11, 0, .Lbyte
// 3. The first edge for this byte leads on.
.Ledge:
        ldrb    w11, [state, 2]!
        and     w9, w11, 0x7f
        ldr     x9, [x10, x9, lsl 3]
        lsr     x9, x9, x0
        tbnz    x9, 0, .Ltake
        tbz     w11, 7, .Ledge
        b       .Ldo_bad
.Ltake:
        ldrb    w0, [state, 1]
        add     state, class, HTTP_STATES
        add     state, state, x0, lsl 2
        b       .Lenter
.Lmore:
        imm     w0, RUN_MORE
.Lrun_end:
        ldr     x30, [sp], 16
        ret
.Lact:
        addr    x9, actions
        ldrsh   x0, [x9, x0, lsl 1]
        adr     x9, .Ldo_none
        add     x0, x0, x9
        br      x0
.Ldo_bad:
        bl      parse_bad
        b       .Lrun_end
.Ldo_bad_version:
        bl      parse_bad_version
        b       .Lrun_end
.Ldo_head:
        bl      verdict
        b       .Lrun_end
// 4. The request line.
.Ldo_restart:
        mov     cursor, scan
        b       .Ldo_none
.Ldo_method:
        mov     path, scan
        mov     pathend, scan
// With its space every known method fits in eight bytes.
        sub     x9, scan, cursor
        cmp     x9, 8
        b.hi    .Lother
        lsl     w9, w9, 3
        neg     w9, w9
        ldr     x0, [cursor]
        lsl     x0, x0, x9
        addr    x10, http_methods
        imm     w9, 0
.Lknown:
        ldr     x11, [x10, x9, lsl 3]
        cmp     x0, x11
        b.eq    .Lmethod_known
        add     w9, w9, 1
        cmp     w9, METHODS
        b.lo    .Lknown
.Lother:
        orr     flags, flags, HTTP_OTHER
        b       .Lmethod_end
.Lmethod_known:
        cbz     w9, .Lmethod_end
        orr     flags, flags, HTTP_HEAD
        cmp     w9, 1
        b.eq    .Lmethod_end
        imm     flags, HTTP_OTHER | HTTP_KNOWN
.Lmethod_end:
        b       .Ldo_none
.Ldo_escaped:
        orr     flags, flags, HTTP_ESCAPED
        b       .Ldo_none
.Ldo_foreign:
        orr     flags, flags, HTTP_TARGET
        b       .Ldo_none
.Ldo_absolute:
        sub     path, scan, 1
        b       .Ldo_none
.Ldo_root:
        addr    path, http_slash
        add     pathend, path, 1
        b       .Ldo_none
.Ldo_path_end:
        sub     pathend, scan, 1
        b       .Ldo_none
.Ldo_old:
        orr     flags, flags, HTTP_OLD
        b       .Ldo_none
.Ldo_request:
        orr     flags, flags, HTTP_LINE
        str     cursor, [work, W_LINE]
        b       .Ldo_none
// 5. A field's name chooses the state for its value.
.Ldo_mark:
        sub     mark, scan, 1
        b       .Ldo_none
.Ldo_name:
        sub     length, scan, 1
        sub     length, length, mark
        addr    x0, http_fields
.Lfield:
        ldrb    w10, [x0]
        cbz     w10, .Lany_value
        cmp     w10, w9
        b.ne    .Lnext_field
        add     x0, x0, FIELD_HEAD
        bl      same_word
        sub     x0, x0, FIELD_HEAD
        b.eq    .Lfield_known
.Lnext_field:
        add     x0, x0, x10
        add     x0, x0, FIELD_HEAD
        b       .Lfield
.Lfield_known:
        ldrb    w10, [x0, 2]
        add     x11, work, x10, lsl 3
        str     scan, [x11, W_FIELDS]
        imm     w11, 1
        lsl     w11, w11, w10
        tst     flags, w11
        orr     flags, flags, w11
        b.eq    .Lfield_first
        cmp     w10, FIELD_EXPECT
        b.eq    .Lfield_first
        cmp     w10, FIELDS_ONCE
        b.ls    .Ldo_bad
.Lfield_first:
        ldrb    w0, [x0, 1]
        add     state, class, HTTP_STATES
        add     state, state, x0, lsl 2
        b       .Lenter
.Lany_value:
        add     state, class, AT_VALUE
        b       .Lenter
// 6. Values.
.Ldo_length:
        bl      number
        b.mi    .Ldo_bad
        str     x0, [work, W_LENGTH]
        cbz     x0, .Ldo_none
        orr     flags, flags, HTTP_BODY
        b       .Ldo_none
.Ldo_coding:
        addr    x0, http_chunked
        imm     w9, LEN_CHUNKED
        bl      marked_word
        b.eq    .Ldo_none
.Ldo_coding_other:
        orr     flags, flags, HTTP_CODING
        b       .Ldo_none
.Ldo_connection:
        addr    x0, http_close
        imm     w9, LEN_CLOSE
        bl      marked_word
        b.ne    .Lkeep_alive
        orr     flags, flags, HTTP_CLOSE
.Lkeep_alive:
        addr    x0, http_keep_alive
        imm     w9, LEN_KEEP_ALIVE
        bl      marked_word
        b.ne    .Ldo_none
        orr     flags, flags, HTTP_KEEP
        b       .Ldo_none
.Ldo_expect:
        addr    x0, http_continue
        imm     w9, LEN_CONTINUE
        bl      marked_word
        b.eq    .Ldo_none
.Ldo_expect_other:
        orr     flags, flags, HTTP_UNEXPECTED
        b       .Ldo_none
// 7. A chunk's size is counted digit by digit, for it may come in pieces.
.Ldo_chunk_digit:
        ldurb   w0, [scan, -1]
        bl      hex_digit
        ldr     w9, [conn, CONN_LEFT]
        add     x9, x0, x9, lsl 4
        cmp     x9, REQUEST_BODY_MAX
        b.hi    .Ldo_bad
        str     w9, [conn, CONN_LEFT]
        b       .Ldo_none
.Ldo_chunk_data:
        ldr     w0, [conn, CONN_LEFT]
        cbz     w0, .Llast_chunk
        imm     w0, RUN_DATA
        b       .Lrun_end
.Llast_chunk:
        add     state, class, AT_TRAILER
        b       .Lenter
.Ldo_chunk_last:
        imm     w0, RUN_END
        b       .Lrun_end
#include "run_values.inc"
endfunc run

// Goes on in a state, whose action is done.
// In, out: as run
func run_on
        str     x30, [sp, -16]!
        b       .Ldo_none
endfunc run_on

                .section .rodata.actions, "a"
                .balign 2
actions:
#include "http_actions.inc"
