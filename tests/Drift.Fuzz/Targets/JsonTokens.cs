// SPDX-License-Identifier: Apache-2.0

namespace Drift.Fuzz;

/// <summary>What the targets that read JSON share.</summary>
internal static class JsonTokens
{
    public static IReadOnlyList<string> All { get; } =
    [
        "{", "}", "[", "]", ",", ":", "null", "true", "false", "0", "-1", "1e400", "1.5", "9223372036854775808", "\"\"", "{}", "[]", "\"\\ud800\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\xed\xa0\x80",
        "\"a\":1,", "\"a\":{\"\\ud800\":1},", "[[[[[[[[", "{\"a\":{\"a\":", "\ufeff", "// x\n", "é",
    ];
}
