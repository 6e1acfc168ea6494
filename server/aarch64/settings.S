// SPDX-License-Identifier: Apache-2.0
// Reads the settings from the environment.
#include "arch.inc"
#include "settings.inc"

// In: path = the environment, addresses of which the last is 0; work
// Out: the settings in the worker's memory. Ends the server when one is wrong.
// Uses: x0, x1, x9 to x13, path kept, mark, pathend
func read_settings
        str     x30, [sp, -16]!
        addr    mark, settings
// 1. For each setting: its default, or the first variable of its name.
.Lsetting:
        ldrh    w0, [mark]
        cbz     w0, .Lread_all
        ldr     w10, [mark, SETTING_DEFAULT]
        str     w10, [work, x0]
        mov     pathend, path
.Lvariable:
        ldr     x1, [pathend], 8
        cbz     x1, .Lnext_setting
        add     x13, mark, SETTING_TEXT
// 2. The name is what comes before the text's first space.
.Lname:
        ldrb    w0, [x13], 1
        ldrb    w10, [x1], 1
        cmp     w0, SPACE
        b.eq    .Lname_end
        cmp     w0, w10
        b.eq    .Lname
        b       .Lvariable
.Lname_end:
        cmp     w10, EQUALS
        b.ne    .Lvariable
        bl      read_value
        b.lt    bad_setting
        ldrh    w10, [mark]
        str     w0, [work, x10]
.Lnext_setting:
        add     mark, mark, SETTING_TEXT
.Ltext:
        ldrb    w0, [mark], 1
        cbnz    w0, .Ltext
        b       .Lsetting
.Lread_all:
        ldr     x30, [sp], 16
        ret
endfunc read_settings

// In: x1 = a value, which a zero ends; mark = its setting
// Out: ret0 = what it means, or below 0; flags set for it
// Uses: x9 to x14
func read_value
// 3. A word that this setting knows.
        ldrh    w14, [mark, SETTING_WORDS]
        addr    x13, words
.Lword:
        ldrh    w0, [x13]
        cbz     w0, .Lnumber
        ldrh    w10, [x13, 2]
        add     x13, x13, 4
        mov     x9, x1
        tst     w14, w0
        b.eq    .Lskip
.Lword_byte:
        ldrb    w0, [x9], 1
        ldrb    w11, [x13]
        cmp     w0, w11
        b.ne    .Lskip
        add     x13, x13, 1
        cbnz    w0, .Lword_byte
        mov     w0, w10
        b       .Lvalue_end
.Lskip:
        ldrb    w0, [x13], 1
        cbnz    w0, .Lskip
        b       .Lword
// 4. Or digits alone, not below the least and not above the most.
.Lnumber:
        mov     x9, x1
        imm     w0, 0
        imm     w11, 10
        ldp     w12, w13, [mark, SETTING_LEAST]
.Ldigit:
        ldrb    w10, [x9]
        cbz     w10, .Lnumber_end
        sub     w10, w10, ZERO
        cmp     w10, 9
        b.hi    .Lbad
        add     x9, x9, 1
        madd    w0, w0, w11, w10
        cmp     w0, w13
        b.hi    .Lbad
        b       .Ldigit
.Lnumber_end:
        cmp     x9, x1
        b.eq    .Lbad
        cmp     w0, w12
        b.lo    .Lbad
        tst     w14, SECONDS
        b.eq    .Lvalue_end
        imm     w11, SECOND
        mul     w0, w0, w11
        b       .Lvalue_end
.Lbad:
        mov     x0, -1
.Lvalue_end:
        cmp     x0, 0
        ret
endfunc read_value

// Says what a setting must be, and ends.
// In: mark = setting
func bad_setting
        mov     cursor, mark
        imm     arg0w, STDERR
        addr    arg1, text_drift
        lenof   arg2, text_drift
        sys     NR_WRITE                        // ignored: there is nowhere else to say it
        add     arg1, cursor, SETTING_TEXT
        imm     arg2w, 0
.Llength:
        add     arg2, arg2, 1
        ldrb    w10, [arg1, arg2]
        cbnz    w10, .Llength
        imm     arg3w, EXIT_USAGE
        b       die
endfunc bad_setting
