// SPDX-License-Identifier: Apache-2.0
// The time: for deadlines at each pass of the loop, for the line Date once a second.
#include "arch.inc"
#include "date_texts.inc"

// The date's text, in which only the numbers change.
// Out: W_NOW, W_DATE. Uses: all arguments
func start_date
        str     x30, [sp, -16]!
        addr    x1, text_date
        add     x13, work, W_DATE
        lenof   x10, text_date
        bl      put
        addr    x1, text_time
        add     x13, work, W_TIME
        lenof   x10, text_time
        bl      put
        ldr     x30, [sp], 16
        b       read_clock
endfunc start_date

// Out: W_NOW, W_DATE. Uses: all arguments
func read_clock
        str     x30, [sp, -16]!
// 1. Milliseconds that only go forwards.
        imm     arg0w, CLOCK_MONOTONIC
        add     arg1, work, W_CLOCK
        sys     NR_CLOCK_GETTIME                // ignored: it cannot fail
        ldp     x10, x0, [work, W_CLOCK]
        imm32   w9, 1000000
        udiv    w0, w0, w9
        imm     w9, 1000
        madd    w0, w10, w9, w0
        str     w0, [work, W_NOW]
        ldr     w9, [work, W_SECOND]
        cmp     w10, w9
        b.eq    .Lread
        str     w10, [work, W_SECOND]
        imm     arg0w, CLOCK_REALTIME
        add     arg1, work, W_CLOCK
        sys     NR_CLOCK_GETTIME                // ignored: it cannot fail
// 2. The time of day.
        ldr     x0, [work, W_CLOCK]
        imm32   w10, SECONDS_A_DAY
        udiv    x1, x0, x10
        msub    x0, x1, x10, x0
        imm     w10, 60
        udiv    w11, w0, w10
        msub    w9, w11, w10, w0
        add     x13, work, W_DATE + DATE_SECOND
        bl      two_digits
        udiv    w0, w11, w10
        msub    w9, w0, w10, w11
        add     x13, work, W_DATE + DATE_MINUTE
        bl      two_digits
        mov     w9, w0
        add     x13, work, W_DATE + DATE_HOUR
        bl      two_digits
// 3. The day of the week.
        imm     w10, 7
        udiv    w0, w1, w10
        msub    w0, w0, w10, w1
        addr    x10, date_days
        ldr     w0, [x10, x0, lsl 2]
        add     x9, work, W_DATE
        stur    w0, [x9, DATE_WEEKDAY]
// 4. The year, counted from 1970: a year in four is longer, and 2100 is not reached.
        imm     w11, 1970
.Lyear:
        imm     w10, 365
        tst     w11, 3
        b.ne    .Lyear_length
        add     w10, w10, 1
.Lyear_length:
        cmp     w1, w10
        b.lo    .Lmonth_first
        sub     w1, w1, w10
        add     w11, w11, 1
        b       .Lyear
// 5. The month.
.Lmonth_first:
        imm     w9, 0
        addr    x0, date_lengths
.Lmonth:
        ldrb    w10, [x0, x9]
        cmp     w9, FEBRUARY
        b.ne    .Lmonth_length
        tst     w11, 3
        b.ne    .Lmonth_length
        add     w10, w10, 1
.Lmonth_length:
        cmp     w1, w10
        b.lo    .Lday
        sub     w1, w1, w10
        add     w9, w9, 1
        b       .Lmonth
.Lday:
        addr    x10, date_months
        ldr     w0, [x10, x9, lsl 2]
        add     x10, work, W_DATE
        stur    w0, [x10, DATE_MONTH]
        add     w9, w9, 1
        add     x13, work, W_TIME
        add     x13, x13, TIME_MONTH
        bl      two_digits
        add     w9, w1, 1
        add     x13, work, W_DATE + DATE_DAY
        bl      two_digits
        imm     w10, 100
        udiv    w0, w11, w10
        msub    w9, w0, w10, w11
        add     x13, work, W_DATE + DATE_YEAR
        bl      two_digits
        mov     w9, w0
        add     x13, work, W_DATE + DATE_CENTURY
        bl      two_digits
// 6. The same for the log.
        add     x9, work, W_DATE
        add     x10, work, W_TIME
        ldur    w0, [x9, DATE_CENTURY]
        str     w0, [x10]
        ldurh   w0, [x9, DATE_DAY]
        strh    w0, [x10, TIME_DAY]
        ldur    x0, [x9, DATE_HOUR]
        stur    x0, [x10, TIME_HOUR]
.Lread:
        ldr     x30, [sp], 16
        ret
endfunc read_clock

// Writes a number below 100.
// In: w9 = number; x13 = where to. Uses: w9, w12, w14
func two_digits
        imm     w12, 10
        udiv    w14, w9, w12
        msub    w9, w14, w12, w9
        add     w14, w14, ZERO
        add     w9, w9, ZERO
        strb    w14, [x13]
        strb    w9, [x13, 1]
        ret
endfunc two_digits
