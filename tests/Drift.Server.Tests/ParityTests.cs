// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace Drift.Server.Tests;

/// <summary>Both architectures have the same files, and in each the same routines, labels, steps and macros in the same order.</summary>
public sealed partial class ParityTests
{
    private const int MaxLines = 250;

    [Fact]
    public void Both_have_the_same_files() => Assert.Equal(Files("x86_64"), Files("aarch64"));

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_file_has_the_same_shape_on_both(string file)
    {
        Assert.Equal(Shape("x86_64", file), Shape("aarch64", file));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_system_call_is_checked_or_says_why_not(string file)
    {
        foreach (var architecture in new[] { "x86_64", "aarch64" })
        {
            var lines = File.ReadAllLines(RepositoryRoot.Server(architecture, file));
            Assert.True(lines.Length <= MaxLines, $"{architecture}/{file} has {lines.Length} lines.");
            for (var i = 0; i < lines.Length - 1; i++)
            {
                if (!SystemCall().IsMatch(lines[i]) || lines[i].Contains("// ignored: ", StringComparison.Ordinal)) continue;
                Assert.True(Check().IsMatch(lines[i + 1]), $"{architecture}/{file}:{i + 1}: {lines[i].Trim()}");
            }
        }
    }

    public static TheoryData<string> Sources() => new(Files("x86_64"));

    private static IEnumerable<string> Files(string architecture) =>
        Directory.EnumerateFiles(RepositoryRoot.Server(architecture)).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    // Routines, labels, steps, macro signatures, included files and named numbers: what must not differ.
    private static List<string> Shape(string architecture, string file) =>
        [.. File.ReadLines(RepositoryRoot.Server(architecture, file)).Select(line => Landmark().Match(line)).Where(match => match.Success).Select(match => match.Value.TrimEnd())];

    [GeneratedRegex(@"^(func .*|endfunc .*|\.L\w+:|// \d+\. .*|\.macro [\w:, ]*|#include .*|\.set NR_\w+|\.set EVENT_\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Landmark();

    [GeneratedRegex(@"^ +sys +NR_", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SystemCall();

    // A conditional jump, or the end of a routine that hands the flags to its caller.
    [GeneratedRegex(@"^ +(j[a-z]+ |b\.|ret$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Check();
}
