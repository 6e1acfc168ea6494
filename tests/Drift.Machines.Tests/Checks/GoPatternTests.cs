// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines.Tests;

/// <summary>Go's patterns, by another engine.</summary>
public sealed class GoPatternTests
{
    [Theory]
    [InlineData(@"^\d+$", "123", true)]
    [InlineData(@"^\d+$", "١٢٣", false)] // Go's \d is ASCII.
    [InlineData("a$", "a\n", false)] // .NET's $ would match here.
    [InlineData("(?m)^b$", "a\nb\nc", true)]
    [InlineData("(?i)ABC", "abc", true)]
    [InlineData("(?P<year>[0-9]{4})-(?:x|y)", "2026-y", true)]
    [InlineData("[[:alpha:]]+[^[:space:]]", "ab", true)]
    [InlineData("^[]a]+$", "]a]", true)]
    [InlineData("^[a[b]+$", "[", true)]
    [InlineData(@"^[\w.]+$", "a_b.c", true)]
    [InlineData(@"\pL\p{Lu}", "äÖ", true)]
    [InlineData(@"^a\.b\*\$$", "a.b*$", true)]
    [InlineData(@"\S\D\W", "ab-", true)]
    [InlineData("x{2,3}y", "xxy", true)]
    [InlineData("a{,2}", "a{,2}", true)]
    public void Pattern_matches_as_in_Go(string pattern, string text, bool isMatch) => Assert.Equal(isMatch, GoPattern.Compile(pattern).IsMatch(text));

    [Theory]
    [InlineData("(")]
    [InlineData("a**")]
    [InlineData("[a")]
    [InlineData(@"a\")]
    [InlineData("(?=a)")]
    [InlineData("(?<=a)b")]
    [InlineData("(?!a)")]
    [InlineData(@"(a)\1")]
    [InlineData("(?#x)")]
    [InlineData("(?U)a")]
    [InlineData("[[:nothing:]]")]
    [InlineData("a{2000}")]
    [InlineData("((a{100}){100}){100}")]
    [InlineData(@"\Qa\E")]
    public void Pattern_that_is_none_of_Go_is_refused(string pattern) => Assert.Throws<FormatException>(() => GoPattern.Compile(pattern));

    [Fact]
    public void Pattern_that_would_take_for_ever_does_not() => Assert.DoesNotMatch(GoPattern.Compile("^(a+)+$"), new string('a', 100_000) + "b");
}
