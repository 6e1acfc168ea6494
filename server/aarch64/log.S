// SPDX-License-Identifier: Apache-2.0
// What is counted of an answer, and its line in the log: JSON, written together once for each pass of the loop.
#include "arch.inc"
#include "log_texts.inc"

// In: sock; W_WRITTEN, W_QUIET, W_LOGGED, W_LINE
// Out: flags kept. Uses: x0, x1, x9 to x15
func note_answer
// 1. Probes would drown everything else.
        ldr     w0, [work, W_QUIET]
        cbnz    w0, .Lnoted
        ldr     x1, [work, W_WRITTEN]
        ldrb    w0, [x1, STATUS_DIGITS]
        sub     w0, w0, ZERO
        add     x9, work, x0, lsl 3
        ldr     x10, [x9, W_ANSWERS]
        add     x10, x10, 1
        str     x10, [x9, W_ANSWERS]
        ldr     w0, [work, W_LOGGED]
        ldr     x10, [work, W_SENT]
        add     x10, x10, x0
        str     x10, [work, W_SENT]
        ldr     w0, [work, W_LOG]
        cbz     w0, .Lnoted
        str     x30, [sp, -16]!
// 2. Lines are whole: what does not fit is written first.
        ldr     x13, [work, W_LOG_END]
        add     x0, work, W_LOG_OUT
        add     x0, x0, LOG_SIZE - LOG_RESERVE
        cmp     x13, x0
        b.lo    .Lroom
        bl      write_log
        ldr     x13, [work, W_LOG_END]
.Lroom:
        addr    x1, log_time
        lenof   x10, log_time
        bl      put
        add     x1, work, W_TIME
        imm     w10, TIME_LEN
        bl      put
        addr    x1, log_client
        lenof   x10, log_client
        bl      put
        bl      put_address
// 3. The request line as it came, up to its version.
        addr    x1, log_method
        lenof   x10, log_method
        bl      put
        ldr     x14, [work, W_LINE]
        bl      put_word
        addr    x1, log_target
        lenof   x10, log_target
        bl      put
        bl      put_word
        addr    x1, log_status
        lenof   x10, log_status
        bl      put
        ldr     x1, [work, W_WRITTEN]
        add     x1, x1, STATUS_DIGITS
        imm     w10, 3
        bl      put
        addr    x1, log_bytes
        lenof   x10, log_bytes
        bl      put
        ldr     w0, [work, W_LOGGED]
        bl      put_number
        addr    x1, log_end
        lenof   x10, log_end
        bl      put
        str     x13, [work, W_LOG_END]
        ldr     x30, [sp], 16
.Lnoted:
        ret
endfunc note_answer

// Writes the lines that there are. Whoever does not read them loses them, but makes nobody wait who asked for a page.
// Out: W_LOG_END. Uses: x0 to x2
func write_log
        add     arg1, work, W_LOG_OUT
        ldr     arg2, [work, W_LOG_END]
        str     arg1, [work, W_LOG_END]
        subs    arg2, arg2, arg1
        b.eq    .Lwritten
        imm     arg0w, STDOUT
        sys     NR_WRITE                        // ignored: there is nowhere else to say it
.Lwritten:
        ret
endfunc write_log

// A word of the request line: up to a space. A quote is the only byte of it that JSON escapes.
// In: x14 = where it begins, or 0; x13
// Out: x14 behind the space, x13. Uses: x0, x9
func put_word
        cbz     x14, .Lword_end
        imm     w9, BACKSLASH
.Lword_byte:
        ldrb    w0, [x14], 1
        cmp     w0, SPACE
        b.eq    .Lword_end
        cmp     w0, QUOTE
        b.ne    .Lput
        strb    w9, [x13], 1
.Lput:
        strb    w0, [x13], 1
        b       .Lword_byte
.Lword_end:
        ret
endfunc put_word

// The client's address: four numbers, or eight groups of hexadecimal digits.
// In: sock; x13
// Out: x13. Uses: x0, x1, x9 to x12, x14
func put_address
        str     x30, [sp, -16]!
        add     x1, work, W_ADDRESSES
        add     x1, x1, sock, lsl 4
        ldr     x0, [x1]
        cbnz    x0, .Lipv6
        imm32   w0, IPV4_IN_IPV6
        ldr     w9, [x1, 8]
        cmp     w0, w9
        b.ne    .Lipv6
        add     x1, x1, 12
        imm     w14, 4
.Lipv4_byte:
        ldrb    w0, [x1], 1
        bl      put_number
        imm     w0, DOT
        strb    w0, [x13], 1
        subs    w14, w14, 1
        b.ne    .Lipv4_byte
        b       .Laddress_end
.Lipv6:
        imm     w14, 8
.Lgroup:
        ldrh    w0, [x1], 2
        rev16   w0, w0
        bl      put_hex
        imm     w0, COLON
        strb    w0, [x13], 1
        subs    w14, w14, 1
        b.ne    .Lgroup
.Laddress_end:
        sub     x13, x13, 1
        ldr     x30, [sp], 16
        ret
endfunc put_address

// In: w0 = number; x13
// Out: x13 behind its hexadecimal digits. Uses: x0, x10
func put_hex
        cmp     w0, 16
        b.lo    .Lhex_digit
        stp     x30, x0, [sp, -16]!
        lsr     w0, w0, 4
        bl      put_hex
        ldp     x30, x0, [sp], 16
        and     w0, w0, 15
.Lhex_digit:
        add     w10, w0, ZERO
        cmp     w0, 10
        b.lo    .Lhex_put
        add     w10, w10, 0x27
.Lhex_put:
        strb    w10, [x13], 1
        ret
endfunc put_hex
