// SPDX-License-Identifier: Apache-2.0
// What is counted of an answer, and its line in the log: JSON, written together once for each pass of the loop.
#include "arch.inc"
#include "log_texts.inc"

// In: sock; W_WRITTEN, W_QUIET, W_LOGGED, W_LINE
// Out: flags kept. Uses: rax, rcx, rdx, rsi, rdi
func note_answer
// 1. Probes would drown everything else.
        mov     eax, [work + W_QUIET]
        test    eax, eax
        jnz     .Lnoted
        mov     rsi, [work + W_WRITTEN]
        movzx   eax, byte ptr [rsi + STATUS_DIGITS]
        sub     eax, ZERO
        inc     qword ptr [work + rax*8 + W_ANSWERS]
        mov     eax, [work + W_LOGGED]
        add     [work + W_SENT], rax
        mov     eax, [work + W_LOG]
        test    eax, eax
        jz      .Lnoted
// 2. Lines are whole: what does not fit is written first.
        mov     rdi, [work + W_LOG_END]
        lea     rax, [work + W_LOG_OUT + LOG_SIZE - LOG_RESERVE]
        cmp     rdi, rax
        jb      .Lroom
        call    write_log
        mov     rdi, [work + W_LOG_END]
.Lroom:
        addr    rsi, log_time
        lenof   ecx, log_time
        call    put
        lea     rsi, [work + W_TIME]
        imm     ecx, TIME_LEN
        call    put
        addr    rsi, log_client
        lenof   ecx, log_client
        call    put
        call    put_address
// 3. The request line as it came, up to its version.
        addr    rsi, log_method
        lenof   ecx, log_method
        call    put
        mov     rsi, [work + W_LINE]
        call    put_word
        push    rsi
        addr    rsi, log_target
        lenof   ecx, log_target
        call    put
        pop     rsi
        call    put_word
        addr    rsi, log_status
        lenof   ecx, log_status
        call    put
        mov     rsi, [work + W_WRITTEN]
        add     rsi, STATUS_DIGITS
        imm     ecx, 3
        call    put
        addr    rsi, log_bytes
        lenof   ecx, log_bytes
        call    put
        mov     eax, [work + W_LOGGED]
        call    put_number
        addr    rsi, log_end
        lenof   ecx, log_end
        call    put
        mov     [work + W_LOG_END], rdi
.Lnoted:
        ret
endfunc note_answer

// Writes the lines that there are. Whoever does not read them loses them, but makes nobody wait who asked for a page.
// Out: W_LOG_END. Uses: rax, rcx, rdx, rsi, rdi, mark
func write_log
        lea     arg1, [work + W_LOG_OUT]
        mov     arg2, [work + W_LOG_END]
        mov     [work + W_LOG_END], arg1
        sub     arg2, arg1
        jz      .Lwritten
        imm     arg0w, STDOUT
        sys     NR_WRITE                        // ignored: there is nowhere else to say it
.Lwritten:
        ret
endfunc write_log

// A word of the request line: up to a space. A quote is the only byte of it that JSON escapes.
// In: rsi = where it begins, or 0; rdi
// Out: rsi behind the space, rdi. Uses: rax
func put_word
        test    rsi, rsi
        jz      .Lword_end
.Lword_byte:
        movzx   eax, byte ptr [rsi]
        inc     rsi
        cmp     eax, SPACE
        je      .Lword_end
        cmp     eax, QUOTE
        jne     .Lput
        mov     byte ptr [rdi], BACKSLASH
        inc     rdi
.Lput:
        mov     [rdi], al
        inc     rdi
        jmp     .Lword_byte
.Lword_end:
        ret
endfunc put_word

// The client's address: four numbers, or eight groups of hexadecimal digits.
// In: sock; rdi
// Out: rdi. Uses: rax, rcx, rdx, rsi
func put_address
        mov     rsi, sock
        shl     rsi, 4
        lea     rsi, [work + rsi + W_ADDRESSES]
        mov     rax, [rsi]
        test    rax, rax
        jnz     .Lipv6
        imm32   eax, IPV4_IN_IPV6
        cmp     eax, [rsi + 8]
        jne     .Lipv6
        add     rsi, 12
        imm     edx, 4
.Lipv4_byte:
        movzx   eax, byte ptr [rsi]
        push    rsi
        push    rdx
        call    put_number
        pop     rdx
        pop     rsi
        inc     rsi
        mov     byte ptr [rdi], DOT
        inc     rdi
        dec     edx
        jnz     .Lipv4_byte
        jmp     .Laddress_end
.Lipv6:
        imm     edx, 8
.Lgroup:
        movzx   eax, byte ptr [rsi]
        shl     eax, 8
        mov     al, [rsi + 1]
        add     rsi, 2
        call    put_hex
        mov     byte ptr [rdi], COLON
        inc     rdi
        dec     edx
        jnz     .Lgroup
.Laddress_end:
        dec     rdi
        ret
endfunc put_address

// In: eax = number; rdi
// Out: rdi behind its hexadecimal digits. Uses: rax, rcx
func put_hex
        cmp     eax, 16
        jb      .Lhex_digit
        push    rax
        shr     eax, 4
        call    put_hex
        pop     rax
        and     eax, 15
.Lhex_digit:
        lea     ecx, [rax + ZERO]
        cmp     eax, 10
        jb      .Lhex_put
        add     ecx, 0x27
.Lhex_put:
        mov     [rdi], cl
        inc     rdi
        ret
endfunc put_hex
