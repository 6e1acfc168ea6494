// SPDX-License-Identifier: Apache-2.0
// The machine of ../http.grammar, and what it does on the way. verdict.S decides at the end of a head.
#include "arch.inc"

// Runs from a state until an action ends it, or the input.
// In: state; class; scan..limit; the roles that the actions use
// Out: ret0 = what the action says; or RUN_MORE, with state where the input ended
// Uses: rdx and the roles that the actions set
func run
// 1. An edge has led to a state: its action is first.
.Lenter:
        movzx   eax, byte ptr [state]
        test    eax, eax
        jnz     .Lact
// 2. Bytes that change nothing are passed over.
.Ldo_none:
        movzx   eax, byte ptr [state + 1]
        mov     rdx, [class + rax*8 + HTTP_SETS]
.Lbyte:
        cmp     scan, limit
        jae     .Lmore
        movzx   eax, byte ptr [scan]
        inc     scan
        movzx   eax, byte ptr [class + rax]
        bt      rdx, rax
        jc      .Lbyte
// 3. The first edge for this byte leads on.
.Ledge:
        add     state, 2
        movzx   edx, byte ptr [state]
        and     edx, 0x7f
        mov     rdx, [class + rdx*8 + HTTP_SETS]
        bt      rdx, rax
        jc      .Ltake
        test    byte ptr [state], 0x80
        jz      .Ledge
        jmp     parse_bad
.Ltake:
        movzx   eax, byte ptr [state + 1]
        lea     state, [class + rax*4 + HTTP_STATES]
        jmp     .Lenter
.Lmore:
        imm     eax, RUN_MORE
.Lrun_end:
        ret
.Lact:
        addr    rdx, actions
        movsx   rax, word ptr [rdx + rax*2]
        addr    rdx, .Ldo_none
        add     rax, rdx
        jmp     rax
.Ldo_bad:
        jmp     parse_bad
.Ldo_bad_version:
        jmp     parse_bad_version
.Ldo_head:
        jmp     verdict
// 4. The request line.
.Ldo_restart:
        mov     cursor, scan
        jmp     .Ldo_none
.Ldo_method:
        mov     path, scan
        mov     pathend, scan
        push    state
// With its space every known method fits in eight bytes.
        mov     rcx, scan
        sub     rcx, cursor
        cmp     rcx, 8
        ja      .Lother
        shl     ecx, 3
        neg     ecx
        mov     rax, [cursor]
        shl     rax, cl
        addr    rcx, http_methods
        imm     edx, 0
.Lknown:
        cmp     rax, [rcx + rdx*8]
        je      .Lmethod_known
        inc     edx
        cmp     edx, METHODS
        jb      .Lknown
.Lother:
        or      flags, HTTP_OTHER
        jmp     .Lmethod_end
.Lmethod_known:
        test    edx, edx
        jz      .Lmethod_end
        or      flags, HTTP_HEAD
        cmp     edx, 1
        je      .Lmethod_end
        imm     flags, HTTP_OTHER | HTTP_KNOWN
.Lmethod_end:
        pop     state
        jmp     .Ldo_none
.Ldo_escaped:
        or      flags, HTTP_ESCAPED
        jmp     .Ldo_none
.Ldo_foreign:
        or      flags, HTTP_TARGET
        jmp     .Ldo_none
.Ldo_absolute:
        lea     path, [scan - 1]
        jmp     .Ldo_none
.Ldo_root:
        addr    path, http_slash
        lea     pathend, [path + 1]
        jmp     .Ldo_none
.Ldo_path_end:
        lea     pathend, [scan - 1]
        jmp     .Ldo_none
.Ldo_old:
        or      flags, HTTP_OLD
        jmp     .Ldo_none
.Ldo_request:
        or      flags, HTTP_LINE
        mov     [work + W_LINE], cursor
        jmp     .Ldo_none
// 5. A field's name chooses the state for its value.
.Ldo_mark:
        lea     mark, [scan - 1]
        jmp     .Ldo_none
.Ldo_name:
        lea     length, [scan - 1]
        sub     length, mark
        addr    rax, http_fields
.Lfield:
        movzx   ecx, byte ptr [rax]
        test    ecx, ecx
        jz      .Lany_value
        cmp     ecx, edx
        jne     .Lnext_field
        add     rax, FIELD_HEAD
        call    same_word
        lea     rax, [rax - FIELD_HEAD]
        je      .Lfield_known
.Lnext_field:
        lea     rax, [rax + rcx + FIELD_HEAD]
        jmp     .Lfield
.Lfield_known:
        movzx   ecx, byte ptr [rax + 2]
        mov     [work + rcx*8 + W_FIELDS], scan
        bts     flags, ecx
        jnc     .Lfield_first
        cmp     ecx, FIELD_EXPECT
        je      .Lfield_first
        cmp     ecx, FIELDS_ONCE
        jbe     parse_bad
.Lfield_first:
        movzx   eax, byte ptr [rax + 1]
        lea     state, [class + rax*4 + HTTP_STATES]
        jmp     .Lenter
.Lany_value:
        lea     state, [class + AT_VALUE]
        jmp     .Lenter
// 6. Values.
.Ldo_length:
        call    number
        js      parse_bad
        mov     [work + W_LENGTH], rax
        test    rax, rax
        jz      .Ldo_none
        or      flags, HTTP_BODY
        jmp     .Ldo_none
.Ldo_coding:
        addr    rax, http_chunked
        imm     edx, LEN_CHUNKED
        call    marked_word
        je      .Ldo_none
.Ldo_coding_other:
        or      flags, HTTP_CODING
        jmp     .Ldo_none
.Ldo_connection:
        addr    rax, http_close
        imm     edx, LEN_CLOSE
        call    marked_word
        jne     .Lkeep_alive
        or      flags, HTTP_CLOSE
.Lkeep_alive:
        addr    rax, http_keep_alive
        imm     edx, LEN_KEEP_ALIVE
        call    marked_word
        jne     .Ldo_none
        or      flags, HTTP_KEEP
        jmp     .Ldo_none
.Ldo_expect:
        addr    rax, http_continue
        imm     edx, LEN_CONTINUE
        call    marked_word
        je      .Ldo_none
.Ldo_expect_other:
        or      flags, HTTP_UNEXPECTED
        jmp     .Ldo_none
// 7. A chunk's size is counted digit by digit, for it may come in pieces.
.Ldo_chunk_digit:
        movzx   eax, byte ptr [scan - 1]
        call    hex_digit
        mov     edx, [conn + CONN_LEFT]
        shl     rdx, 4
        add     rdx, rax
        cmp     rdx, REQUEST_BODY_MAX
        ja      parse_bad
        mov     [conn + CONN_LEFT], edx
        jmp     .Ldo_none
.Ldo_chunk_data:
        mov     eax, [conn + CONN_LEFT]
        test    eax, eax
        jz      .Llast_chunk
        imm     eax, RUN_DATA
        ret
.Llast_chunk:
        lea     state, [class + AT_TRAILER]
        jmp     .Lenter
.Ldo_chunk_last:
        imm     eax, RUN_END
        ret
#include "run_values.inc"
endfunc run

// Goes on in a state, whose action is done.
// In, out: as run
func run_on
        jmp     .Ldo_none
endfunc run_on

                .section .rodata.actions, "a"
                .balign 2
actions:
#include "http_actions.inc"
