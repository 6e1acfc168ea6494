// SPDX-License-Identifier: Apache-2.0
// The time: for deadlines at each pass of the loop, for the line Date once a second.
#include "arch.inc"
#include "date_texts.inc"

// The date's text, in which only the numbers change.
// Out: W_NOW, W_DATE. Uses: all arguments
func start_date
        addr    rsi, text_date
        lea     rdi, [work + W_DATE]
        lenof   rcx, text_date
        call    put
        addr    rsi, text_time
        lea     rdi, [work + W_TIME]
        lenof   rcx, text_time
        call    put
        jmp     read_clock
endfunc start_date

// Out: W_NOW, W_DATE. Uses: all arguments
func read_clock
// 1. Milliseconds that only go forwards.
        imm     arg0w, CLOCK_MONOTONIC
        lea     arg1, [work + W_CLOCK]
        sys     NR_CLOCK_GETTIME                // ignored: it cannot fail
        mov     eax, [work + W_CLOCK + 8]
        imm     edx, 0
        imm     ecx, 1000000
        div     ecx
        mov     ecx, [work + W_CLOCK]
        imul    edx, ecx, 1000
        add     eax, edx
        mov     [work + W_NOW], eax
        cmp     ecx, [work + W_SECOND]
        je      .Lread
        mov     [work + W_SECOND], ecx
        imm     arg0w, CLOCK_REALTIME
        lea     arg1, [work + W_CLOCK]
        sys     NR_CLOCK_GETTIME                // ignored: it cannot fail
// 2. The time of day.
        mov     rax, [work + W_CLOCK]
        imm     edx, 0
        imm     ecx, SECONDS_A_DAY
        div     rcx
        mov     esi, eax
        mov     eax, edx
        imm     ecx, 60
        imm     edx, 0
        div     ecx
        lea     rdi, [work + W_DATE + DATE_SECOND]
        call    two_digits
        imm     edx, 0
        div     ecx
        lea     rdi, [work + W_DATE + DATE_MINUTE]
        call    two_digits
        mov     edx, eax
        lea     rdi, [work + W_DATE + DATE_HOUR]
        call    two_digits
// 3. The day of the week.
        mov     eax, esi
        imm     edx, 0
        imm     ecx, 7
        div     ecx
        addr    rcx, date_days
        mov     eax, [rcx + rdx*4]
        mov     [work + W_DATE + DATE_WEEKDAY], eax
// 4. The year, counted from 1970: a year in four is longer, and 2100 is not reached.
        imm     edi, 1970
.Lyear:
        imm     ecx, 365
        test    edi, 3
        jnz     .Lyear_length
        inc     ecx
.Lyear_length:
        cmp     esi, ecx
        jb      .Lmonth_first
        sub     esi, ecx
        inc     edi
        jmp     .Lyear
// 5. The month.
.Lmonth_first:
        imm     edx, 0
        addr    rax, date_lengths
.Lmonth:
        movzx   ecx, byte ptr [rax + rdx]
        cmp     edx, FEBRUARY
        jne     .Lmonth_length
        test    edi, 3
        jnz     .Lmonth_length
        inc     ecx
.Lmonth_length:
        cmp     esi, ecx
        jb      .Lday
        sub     esi, ecx
        inc     edx
        jmp     .Lmonth
.Lday:
        addr    rcx, date_months
        mov     eax, [rcx + rdx*4]
        mov     [work + W_DATE + DATE_MONTH], eax
        mov     eax, edi
        inc     edx
        lea     rdi, [work + W_TIME + TIME_MONTH]
        call    two_digits
        lea     edx, [esi + 1]
        lea     rdi, [work + W_DATE + DATE_DAY]
        call    two_digits
        imm     edx, 0
        imm     ecx, 100
        div     ecx
        lea     rdi, [work + W_DATE + DATE_YEAR]
        call    two_digits
        mov     edx, eax
        lea     rdi, [work + W_DATE + DATE_CENTURY]
        call    two_digits
// 6. The same for the log.
        mov     eax, [work + W_DATE + DATE_CENTURY]
        mov     [work + W_TIME], eax
        mov     ax, [work + W_DATE + DATE_DAY]
        mov     [work + W_TIME + TIME_DAY], ax
        mov     rax, [work + W_DATE + DATE_HOUR]
        mov     [work + W_TIME + TIME_HOUR], rax
.Lread:
        ret
endfunc read_clock

// Writes a number below 100.
// In: edx = number; rdi = where to. Keeps: all but rdx
func two_digits
        push    rax
        push    rcx
        mov     eax, edx
        imm     ecx, 10
        imm     edx, 0
        div     ecx
        add     eax, ZERO
        add     edx, ZERO
        mov     [rdi], al
        mov     [rdi + 1], dl
        pop     rcx
        pop     rax
        ret
endfunc two_digits
