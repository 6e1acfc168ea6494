// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

/// <summary>Which tags are meant, by patterns, by ranges of versions and by number.</summary>
public sealed class TagSelectionTests
{
    private static readonly string[] Tags = ["latest", "2.0.0", "1.9", "v1.10.0", "1.10.0-rc1", "1.2.3", "1.2.10", "1.3.0", "0.9.5", "0.10.0", "1.2.3-alpine", "nightly-1"];

    [Theory]
    [InlineData("1.2", "1.2.3 1.2.10")]
    [InlineData("=1.2.3", "1.2.3")]
    [InlineData("~1.2.5", "1.2.10")]
    [InlineData("~1", "1.2.3 1.2.10 1.3.0 1.9 v1.10.0")]
    [InlineData("^1.3", "1.3.0 1.9 v1.10.0")]
    [InlineData("^0.9.1", "0.9.5")]
    [InlineData(">=1.3 <2", "1.3.0 1.9 v1.10.0")]
    [InlineData(">1.9", "v1.10.0 2.0.0")]
    [InlineData("<=1.2", "0.9.5 0.10.0 1.2.3 1.2.10")]
    [InlineData("<1, >=0.10", "0.10.0")]
    [InlineData("0.9 || >=2", "0.9.5 2.0.0")]
    public void Ranges_of_versions(string text, string expected)
    {
        Assert.True(VersionRange.TryParse(text, out var range));
        Assert.Equal(expected, string.Join(' ', new TagSelection { Versions = range }.Select(Tags)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("||")]
    [InlineData("1.2 ||")]
    [InlineData("latest")]
    [InlineData("1.2.3.4")]
    [InlineData("=>1")]
    [InlineData(">=1.x")]
    [InlineData("1.2.3-rc1")]
    [InlineData("99999999999")]
    [InlineData("2147483647")]
    [InlineData(null)]
    public void What_is_no_range(string? text) => Assert.False(VersionRange.TryParse(text, out _));

    [Fact]
    public void Patterns_and_the_newest_ones()
    {
        Assert.Equal(["1.2.3-alpine", "1.2.3", "1.2.10"], new TagSelection { Allow = ["1.2*"] }.Select(Tags));
        Assert.Equal(["latest", "nightly-1"], new TagSelection { Deny = ["*.*"] }.Select(Tags));
        Assert.Equal(["v1.10.0", "2.0.0"], new TagSelection { Deny = ["*-*"], Newest = 2 }.Select(Tags));
        Assert.Equal(Tags.Length, new TagSelection().Select(Tags).Count);
    }
}
