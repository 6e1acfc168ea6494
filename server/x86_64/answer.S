// SPDX-License-Identifier: Apache-2.0
// Puts an answer behind the batch: its head from the site, what the server adds, and its body where that is short.
#include "arch.inc"
#include "answer_texts.inc"

// In: ret0 = answer; flags; W_RAW_END
// Out: W_BODY_LEN not 0 when a long body follows the batch, which then ends here; flags, with HTTP_CLOSE while the server drains
// Uses: rax, rcx, rdx, rsi, rdi, path, pathend, mark
func append
// 1. A server that is about to end is not well, and every answer is its connection's last.
        movzx   ecx, word ptr [rax + ANSWER_FLAGS]
        and     ecx, ANSWER_HEALTH
        mov     [work + W_QUIET], ecx
        mov     ecx, [work + W_DRAIN]
        test    ecx, ecx
        jz      .Lrunning
        or      flags, HTTP_CLOSE
        test    byte ptr [rax + ANSWER_FLAGS], ANSWER_HEALTH
        jz      .Lrunning
        imm     eax, SITE_UNAVAILABLE
        call    answer_at
.Lrunning:
        mov     rdi, [work + W_OUT_END]
        mov     [work + W_WRITTEN], rdi
// 2. The variant, and how much of it; heads other than the whole one are made in parts.S and metrics.S.
        mov     ecx, [work + W_ASKED]
        test    ecx, ecx
        jnz     .Lmetrics
        call    choose
        mov     ecx, [work + W_MODE]
        test    ecx, ecx
        jz      .Lwhole
        mov     path, rax
        call    append_special
        jmp     .Lheads
.Lmetrics:
        imm     eax, 0
        mov     [work + W_ASKED], eax
        mov     [work + W_BODY_LEN], eax
        imm     eax, MODE_METRICS
        mov     [work + W_MODE], eax
        call    metrics_head
        jmp     .Lheads
.Lwhole:
        mov     path, rax
        mov     esi, [path + ANSWER_HEAD]
        add     rsi, base
        movzx   ecx, word ptr [path + ANSWER_HEAD_LEN]
        call    put
        mov     eax, [path + ANSWER_BODY]
        mov     [work + W_BODY], eax
        mov     ecx, [path + ANSWER_BODY_LEN]
        mov     [work + W_BODY_LEN], ecx
// 3. A redirect goes on with the rule's target and the request's query.
        test    byte ptr [path + ANSWER_FLAGS], ANSWER_LOCATION
        jz      .Lheads
        call    append_location
.Lheads:
// 4. Connection, where the version does not say it, Date and the empty line.
        addr    rsi, text_close
        lenof   ecx, text_close
        test    flags, HTTP_CLOSE
        jnz     .Lconnection
        addr    rsi, text_keep
        lenof   ecx, text_keep
        test    flags, HTTP_OLD
        jz      .Ldate
.Lconnection:
        call    put
.Ldate:
        lea     rsi, [work + W_DATE]
        imm     ecx, DATE_LEN
        call    put
// 5. The body: none for HEAD; a short one is copied; a long one goes from where it is.
        mov     ecx, [work + W_BODY_LEN]
        test    flags, HTTP_HEAD
        jz      .Lbody
        imm     ecx, 0
        mov     [work + W_BODY_LEN], ecx
.Lbody:
        mov     [work + W_LOGGED], ecx
        mov     eax, [work + W_MODE]
        cmp     eax, MODE_METRICS
        je      .Lnumbers
        cmp     eax, MODE_PARTS
        je      .Lparts
        cmp     ecx, BODY_COPY
        ja      .Lended
        mov     esi, [work + W_BODY]
        add     rsi, base
        call    put
        imm     ecx, 0
        mov     [work + W_BODY_LEN], ecx
        jmp     .Lended
.Lnumbers:
        call    append_metrics
        test    flags, HTTP_HEAD
        jz      .Lended
        mov     rdi, mark
        imm     eax, 0
        mov     [work + W_LOGGED], eax
        jmp     .Lended
.Lparts:
        call    append_parts
// 6. Where its bytes end, in case the send stops here.
.Lended:
        mov     [work + W_OUT_END], rdi
        mov     eax, [work + W_COUNT]
        mov     ecx, eax
        shl     ecx, ENDS_SIZE_SHIFT
        lea     rcx, [work + rcx + W_ENDS]
        mov     [rcx + ENDS_OUT], rdi
        inc     eax
        mov     [work + W_COUNT], eax
        jmp     note_answer
endfunc append

// Ends the line Location.
// In, out: rdi = end of the batch. Uses: rax, rcx, rdx, rsi
func append_location
// 1. A rule's target, in which a byte stands for what the pattern has captured.
        mov     rdx, [work + W_TARGET]
        test    rdx, rdx
        jz      .Lquery
        imm     eax, 0
        mov     [work + W_TARGET], rax
        mov     esi, [rdx + RULE_TARGET]
        add     rsi, base
        movzx   ecx, word ptr [rdx + RULE_TARGET_LEN]
.Ltarget:
        dec     ecx
        js      .Lquery
        movzx   eax, byte ptr [rsi]
        inc     rsi
        cmp     eax, TARGET_CAPTURE
        jb      .Ltarget_byte
        cmp     eax, TARGET_CAPTURE + CAPTURES
        jae     .Ltarget_byte
        push    rsi
        push    rcx
        sub     eax, TARGET_CAPTURE
        shl     eax, 4
        mov     rsi, [work + rax + W_CAPTURES]
        mov     rcx, [work + rax + W_CAPTURES + 8]
        sub     rcx, rsi
        call    put_bounded
        pop     rcx
        pop     rsi
        jmp     .Ltarget
.Ltarget_byte:
        mov     [rdi], al
        inc     rdi
        jmp     .Ltarget
// 2. The query, up to the space behind the request's target.
.Lquery:
        mov     rsi, [work + W_RAW_END]
        mov     rcx, rsi
.Lquery_byte:
        cmp     byte ptr [rcx], SPACE
        je      .Lquery_end
        inc     rcx
        jmp     .Lquery_byte
.Lquery_end:
        sub     rcx, rsi
        call    put_bounded
        addr    rsi, text_end
        lenof   ecx, text_end
        jmp     put
endfunc append_location

// Copies, but nothing when it is so long that the answer would not fit.
// In, out: as put
func put_bounded
        cmp     rcx, LOCATION_MAX
        ja      .Lput_nothing
        jmp     put
.Lput_nothing:
        ret
endfunc put_bounded

// Copies in words: reads and writes up to 15 bytes past the end.
// In: rsi..rsi + rcx; rdi = where to
// Out: rdi = end of the copy. Uses: rdx, rsi, xmm0
func put
        lea     rdx, [rdi + rcx]
.Lput_word:
        movups  xmm0, [rsi]
        movups  [rdi], xmm0
        add     rsi, 16
        add     rdi, 16
        cmp     rdi, rdx
        jb      .Lput_word
        mov     rdi, rdx
        ret
endfunc put
