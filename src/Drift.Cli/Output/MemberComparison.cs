// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Compares two JSON documents member by member.</summary>
internal static class MemberComparison
{
    /// <param name="a">The first document, an object.</param>
    /// <param name="b">The second one.</param>
    /// <param name="prefix">What each member's path begins with.</param>
    /// <param name="ignored">Members of the documents themselves that are not compared.</param>
    public static IEnumerable<MemberDifference> Compare(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b, string prefix, params string[] ignored)
    {
        var first = Members(a, ignored);
        var second = Members(b, ignored);
        foreach (var member in first.Keys.Union(second.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (valueA, valueB) = (first.GetValueOrDefault(member), second.GetValueOrDefault(member));
            if (valueA != valueB) yield return new MemberDifference(prefix + member, valueA, valueB);
        }
    }

    private static SortedDictionary<string, string> Members(ReadOnlyMemory<byte> json, string[] ignored)
    {
        try
        {
            return Parse(json, ignored);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is what .NET throws for text with half of a surrogate pair.
            throw new DriftException(ErrorCode.InvalidContent, $"A config or manifest does not parse: {e.Message}", "Run drift validate to see what is wrong with the images.", e);
        }
    }

    private static SortedDictionary<string, string> Parse(ReadOnlyMemory<byte> json, string[] ignored)
    {
        using var document = JsonDocument.Parse(json);
        var members = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (!ignored.Contains(member.Name, StringComparer.Ordinal)) Add(members, member.Name, member.Value);
        }
        return members;
    }

    private static void Add(SortedDictionary<string, string> members, string path, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any())
        {
            foreach (var member in value.EnumerateObject()) Add(members, $"{path}.{member.Name}", member.Value);
        }
        else if (path == "config.Env" && value.ValueKind == JsonValueKind.Array)
        {
            // One variable that changes is one difference; of one that comes twice the last counts.
            foreach (var variable in value.EnumerateArray().Select(variable => variable.ToString()))
            {
                var equals = variable.IndexOf('=', StringComparison.Ordinal);
                members[$"{path}.{(equals < 0 ? variable : variable[..equals])}"] = equals < 0 ? "" : variable[(equals + 1)..];
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(element => element.ValueKind == JsonValueKind.Object))
        {
            var i = 0;
            foreach (var element in value.EnumerateArray()) Add(members, string.Create(CultureInfo.InvariantCulture, $"{path}[{i++}]"), element);
        }
        // Absent, null and empty mean the same in a config.
        else if (value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object))
        {
            members[path] = value.GetRawText();
        }
    }
}
