// SPDX-License-Identifier: Apache-2.0
// Made from ../http.grammar by GrammarTable.cs: change that file instead.

                .section .rodata.http, "a"
                .globl  http_table

// The class of each byte value.
                .balign 8
http_table:
                .byte   0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 0, 0
                .byte   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                .byte   4, 5, 6, 7, 5, 8, 5, 5, 9, 9, 10, 5, 11, 12, 13, 14
                .byte   15, 16, 17, 17, 17, 17, 17, 17, 17, 17, 18, 19, 20, 21, 20, 22
                .byte   20, 23, 24, 23, 23, 25, 23, 5, 26, 5, 5, 5, 5, 5, 5, 5
                .byte   27, 28, 5, 29, 30, 5, 5, 31, 5, 32, 5, 9, 33, 9, 34, 5
                .byte   34, 23, 24, 23, 23, 25, 23, 5, 35, 5, 5, 5, 5, 5, 5, 5
                .byte   36, 28, 5, 29, 37, 5, 5, 5, 5, 32, 5, 20, 34, 20, 5, 38
                .byte   33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33
                .byte   33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33
                .byte   33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33
                .byte   33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33
                .byte   33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33
                .byte   33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33
                .byte   33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33
                .byte   33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33, 33

// Sets, a bit for each class.
                .quad   0x0
                .quad   0x3dff83b5a0
                .quad   0x8
                .quad   0x4
                .quad   0x10
                .quad   0x4000
                .quad   0x804000000
                .quad   0x3dffffff60
                .quad   0x3dffbffe60
                .quad   0x400000
                .quad   0x100
                .quad   0x8000
                .quad   0x3838000
                .quad   0x3830000
                .quad   0x4000000
                .quad   0x2040000000
                .quad   0x1008000000
                .quad   0x40000
                .quad   0x20000000
                .quad   0x39ffafbf20
                .quad   0x40000000
                .quad   0x8000000
                .quad   0x10000
                .quad   0x38000
                .quad   0x2000
                .quad   0x3ffffffff2
                .quad   0x12
                .quad   0x812
                .quad   0x80000
                .quad   0x800
                .quad   0x10000000
                .quad   0x200000
                .quad   0xa000
                .quad   0x40
                .quad   0x80000000
                .quad   0x400
                .quad   0x7fffffffff
                .quad   0x7fffffffa0
                .quad   0x1000000
                .quad   0x100000000
                .quad   0x2000000
                .quad   0x1000

// States: action, set that stays, then sets and the states that they lead to; the last set has 0x80 added.
                .byte   1, 0, 128, 0                            // bad
                .byte   0, 0, 1, 6, 130, 3, 0, 0                // start
                .byte   0, 0, 131, 4                            // blank
                .byte   2, 0, 1, 6, 130, 3, 0, 0                // restart
                .byte   0, 1, 132, 7                            // method
                .byte   3, 0, 5, 9, 6, 18, 135, 17              // target
                .byte   0, 8, 4, 16, 9, 15, 138, 11             // path
                .byte   4, 0, 11, 13, 140, 14, 0, 0             // escape
                .byte   0, 0, 141, 9                            // escape_zero
                .byte   0, 0, 140, 9                            // escape_end
                .byte   5, 7, 132, 39                           // query
                .byte   5, 0, 142, 40                           // path_end
                .byte   6, 7, 132, 39                           // foreign
                .byte   0, 0, 15, 20, 135, 17, 0, 0             // scheme_h
                .byte   0, 0, 15, 22, 135, 17, 0, 0             // scheme_t
                .byte   0, 0, 16, 24, 135, 17, 0, 0             // scheme_tt
                .byte   0, 0, 17, 28, 18, 26, 135, 17           // scheme_p
                .byte   0, 0, 17, 28, 135, 17, 0, 0             // scheme_s
                .byte   0, 0, 5, 30, 135, 17, 0, 0              // scheme_colon
                .byte   0, 0, 5, 32, 135, 17, 0, 0              // scheme_slash
                .byte   0, 0, 147, 33                           // authority_start
                .byte   0, 19, 5, 35, 9, 37, 132, 38            // authority
                .byte   7, 8, 4, 16, 9, 15, 138, 11             // absolute
                .byte   8, 7, 132, 39                           // absolute_query
                .byte   8, 0, 142, 40                           // absolute_end
                .byte   0, 0, 142, 40                           // version
                .byte   0, 0, 148, 41                           // version_h
                .byte   0, 0, 148, 42                           // version_t
                .byte   0, 0, 149, 43                           // version_tt
                .byte   0, 0, 133, 44                           // version_p
                .byte   0, 0, 22, 46, 151, 52, 0, 0             // version_slash
                .byte   0, 0, 152, 47                           // version_1
                .byte   0, 0, 11, 49, 151, 50, 0, 0             // version_dot
                .byte   9, 0, 130, 51                           // version_10
                .byte   0, 0, 130, 51                           // version_11
                .byte   0, 0, 131, 57                           // request_cr
                .byte   0, 0, 152, 53                           // other
                .byte   0, 0, 151, 54                           // other_dot
                .byte   0, 0, 130, 55                           // other_minor
                .byte   0, 0, 131, 56                           // other_cr
                .byte   10, 0, 128, 0                           // other_version
                .byte   11, 0, 1, 61, 130, 65, 0, 0             // request
                .byte   0, 0, 1, 61, 130, 65, 0, 0              // line
                .byte   12, 1, 145, 62                          // name
                .byte   13, 0, 128, 0                           // named
                .byte   0, 25, 130, 64                          // value
                .byte   0, 0, 131, 59                           // value_cr
                .byte   0, 0, 131, 66                           // head_cr
                .byte   14, 0, 128, 0                           // head
                .byte   0, 26, 147, 68                          // host
                .byte   0, 19, 2, 64, 154, 70, 0, 0             // host_name
                .byte   0, 26, 130, 64                          // host_end
                .byte   0, 26, 151, 72                          // length
                .byte   12, 23, 2, 75, 154, 74, 0, 0            // length_digits
                .byte   15, 26, 130, 64                         // length_end
                .byte   15, 0, 131, 59                          // length_cr
                .byte   0, 26, 1, 78, 153, 83, 0, 0             // coding
                .byte   12, 1, 2, 82, 26, 80, 153, 83           // coding_name
                .byte   16, 26, 2, 64, 153, 83, 0, 0            // coding_end
                .byte   16, 0, 131, 59                          // coding_cr
                .byte   17, 25, 130, 64                         // coding_other
                .byte   0, 27, 1, 86, 2, 64, 153, 63            // connection
                .byte   12, 1, 2, 90, 27, 88, 153, 63           // connection_option
                .byte   18, 27, 1, 86, 2, 64, 153, 63           // connection_next
                .byte   18, 0, 131, 59                          // connection_cr
                .byte   0, 26, 1, 93, 2, 64, 153, 98            // expect
                .byte   12, 1, 2, 97, 26, 95, 153, 98           // expect_name
                .byte   19, 26, 2, 64, 153, 98, 0, 0            // expect_end
                .byte   19, 0, 131, 59                          // expect_cr
                .byte   20, 25, 130, 64                         // expect_other
                .byte   0, 0, 140, 100                          // chunk
                .byte   21, 0, 12, 100, 2, 103, 156, 102        // chunk_size
                .byte   0, 25, 130, 103                         // chunk_extension
                .byte   0, 0, 131, 104                          // chunk_cr
                .byte   22, 0, 130, 105                         // chunk_data
                .byte   0, 0, 131, 99                           // chunk_end
                .byte   0, 0, 1, 108, 130, 111, 0, 0            // trailer
                .byte   0, 1, 145, 109                          // trailer_field
                .byte   0, 25, 130, 110                         // trailer_value
                .byte   0, 0, 131, 106                          // trailer_cr
                .byte   0, 0, 131, 112                          // trailer_end
                .byte   23, 0, 128, 0                           // chunk_last
                .byte   0, 27, 1, 115, 2, 64, 153, 63           // accept
                .byte   24, 1, 29, 146, 2, 148, 28, 121, 26, 118, 153, 63 // accept_name
                .byte   0, 26, 29, 146, 2, 148, 28, 121, 153, 63, 0, 0 // accept_gap
                .byte   0, 26, 30, 123, 25, 63, 130, 64         // accept_weight
                .byte   0, 0, 31, 125, 25, 63, 130, 64          // accept_q
                .byte   0, 0, 11, 131, 22, 128, 25, 63, 130, 64, 0, 0 // accept_is
                .byte   0, 32, 29, 146, 2, 148, 26, 118, 153, 63, 0, 0 // accept_1
                .byte   25, 0, 24, 134, 29, 146, 2, 148, 26, 118, 153, 63 // accept_0
                .byte   0, 0, 23, 137, 29, 146, 2, 148, 26, 118, 153, 63 // accept_point
                .byte   26, 0, 23, 140, 29, 146, 2, 148, 26, 118, 153, 63 // accept_tenths
                .byte   26, 0, 23, 143, 29, 146, 2, 148, 26, 118, 153, 63 // accept_hundredths
                .byte   26, 0, 29, 146, 2, 148, 26, 118, 153, 63, 0, 0 // accept_thousandths
                .byte   27, 27, 1, 115, 2, 64, 153, 63          // accept_next
                .byte   27, 0, 131, 59                          // accept_cr
                .byte   0, 27, 33, 156, 34, 152, 35, 160, 164, 161, 0, 0 // tags
                .byte   0, 0, 5, 154, 164, 161, 0, 0            // weak
                .byte   0, 0, 33, 156, 164, 161, 0, 0           // weak_slash
                .byte   12, 37, 33, 158, 164, 161, 0, 0         // tag
                .byte   28, 27, 33, 156, 34, 152, 164, 161      // tag_end
                .byte   29, 0, 128, 0                           // any
                .byte   30, 0, 128, 0                           // no_tag
                .byte   0, 26, 38, 164, 164, 191, 0, 0          // range
                .byte   0, 0, 39, 166, 164, 191, 0, 0           // range_b
                .byte   0, 0, 15, 168, 164, 191, 0, 0           // range_y
                .byte   0, 0, 40, 170, 164, 191, 0, 0           // range_t
                .byte   0, 0, 18, 172, 164, 191, 0, 0           // range_e
                .byte   0, 0, 31, 174, 164, 191, 0, 0           // range_s
                .byte   0, 27, 23, 176, 41, 181, 164, 191       // range_item
                .byte   12, 23, 41, 178, 164, 191, 0, 0         // range_first
                .byte   31, 0, 23, 183, 2, 188, 27, 185, 164, 191, 0, 0 // range_dash
                .byte   32, 0, 23, 183, 164, 191, 0, 0          // range_minus
                .byte   12, 23, 2, 188, 27, 185, 164, 191       // range_last
                .byte   33, 27, 23, 176, 41, 181, 2, 189, 164, 191, 0, 0 // range_next
                .byte   33, 0, 131, 190                         // range_cr
                .byte   0, 0, 131, 190                          // range_end
                .byte   29, 0, 128, 0                           // ranges
                .byte   30, 0, 128, 0                           // no_range

                .section .note.GNU-stack, "", %progbits
