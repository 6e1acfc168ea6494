// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Machines;

/// <summary>Oracle's names of things: <c>ocid1.KIND.REALM.REGION.UNIQUE</c>.</summary>
internal static class OracleId
{
    private const int Longest = 255;

    /// <summary>Returns the text when it names a thing of one of these kinds.</summary>
    /// <exception cref="DriftException">It does not.</exception>
    public static string Check(string text, params string[] kinds) =>
        text.Length <= Longest && kinds.Any(kind => text.StartsWith($"ocid1.{kind}.", StringComparison.Ordinal)) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') ? text
            : throw new DriftException(ErrorCode.InvalidSetting, $"'{text}' is no OCID of {(kinds[0][0] is 'i' or 'a' ? "an" : "a")} {kinds[0]}.", $"It begins with ocid1.{kinds[0]}. in Oracle's console.");
}
