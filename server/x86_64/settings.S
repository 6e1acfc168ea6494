// SPDX-License-Identifier: Apache-2.0
// Reads the settings from the environment.
#include "arch.inc"
#include "settings.inc"

// In: path = the environment, addresses of which the last is 0; work
// Out: the settings in the worker's memory. Ends the server when one is wrong.
// Uses: rax, rcx, rdx, rsi, rdi, path kept, mark, pathend
func read_settings
        addr    mark, settings
// 1. For each setting: its default, or the first variable of its name.
.Lsetting:
        movzx   eax, word ptr [mark]
        test    eax, eax
        jz      .Lread_all
        mov     ecx, [mark + SETTING_DEFAULT]
        mov     [work + rax], ecx
        mov     pathend, path
.Lvariable:
        mov     rsi, [pathend]
        add     pathend, 8
        test    rsi, rsi
        jz      .Lnext_setting
        lea     rdi, [mark + SETTING_TEXT]
// 2. The name is what comes before the text's first space.
.Lname:
        movzx   eax, byte ptr [rdi]
        movzx   ecx, byte ptr [rsi]
        inc     rdi
        inc     rsi
        cmp     eax, SPACE
        je      .Lname_end
        cmp     eax, ecx
        je      .Lname
        jmp     .Lvariable
.Lname_end:
        cmp     ecx, EQUALS
        jne     .Lvariable
        call    read_value
        js      bad_setting
        movzx   ecx, word ptr [mark]
        mov     [work + rcx], eax
.Lnext_setting:
        lea     mark, [mark + SETTING_TEXT]
.Ltext:
        movzx   eax, byte ptr [mark]
        inc     mark
        test    eax, eax
        jnz     .Ltext
        jmp     .Lsetting
.Lread_all:
        ret
endfunc read_settings

// In: rsi = a value, which a zero ends; mark = its setting
// Out: ret0 = what it means, or below 0; flags set for it
// Uses: rcx, rdx, rdi
func read_value
// 3. A word that this setting knows.
        addr    rdi, words
.Lword:
        movzx   eax, word ptr [rdi]
        test    eax, eax
        jz      .Lnumber
        movzx   ecx, word ptr [rdi + 2]
        add     rdi, 4
        test    [mark + SETTING_WORDS], ax
        mov     rdx, rsi
        jz      .Lskip
.Lword_byte:
        movzx   eax, byte ptr [rdx]
        cmp     al, [rdi]
        jne     .Lskip
        inc     rdx
        inc     rdi
        test    eax, eax
        jnz     .Lword_byte
        mov     eax, ecx
        jmp     .Lvalue_end
.Lskip:
        movzx   eax, byte ptr [rdi]
        inc     rdi
        test    eax, eax
        jnz     .Lskip
        jmp     .Lword
// 4. Or digits alone, not below the least and not above the most.
.Lnumber:
        mov     rdx, rsi
        imm     eax, 0
.Ldigit:
        movzx   ecx, byte ptr [rdx]
        test    ecx, ecx
        jz      .Lnumber_end
        sub     ecx, ZERO
        cmp     ecx, 9
        ja      .Lbad
        inc     rdx
        imul    eax, eax, 10
        add     eax, ecx
        cmp     eax, [mark + SETTING_MOST]
        ja      .Lbad
        jmp     .Ldigit
.Lnumber_end:
        cmp     rdx, rsi
        je      .Lbad
        cmp     eax, [mark + SETTING_LEAST]
        jb      .Lbad
        test    word ptr [mark + SETTING_WORDS], SECONDS
        jz      .Lvalue_end
        imul    eax, eax, SECOND
        jmp     .Lvalue_end
.Lbad:
        imm     eax, 0
        dec     rax
.Lvalue_end:
        test    rax, rax
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
        lea     arg1, [cursor + SETTING_TEXT]
        imm     arg2w, 0
.Llength:
        inc     arg2
        cmp     byte ptr [arg1 + arg2], 0
        jne     .Llength
        imm     arg3w, EXIT_USAGE
        jmp     die
endfunc bad_setting
