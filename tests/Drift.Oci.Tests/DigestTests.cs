// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

public sealed class DigestTests
{
    [Fact]
    public void The_digest_of_nothing_is_the_well_known_one() =>
        Assert.Equal("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Digest.Of([]).ToString());

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha256:")]
    [InlineData("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555")]
    [InlineData("sha256:../../../../etc/passwd/../../../../../../../../../../../../../etc/")]
    [InlineData("sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    public void What_is_not_a_digest_is_refused(string text)
    {
        Assert.False(Digest.TryParse(text, out _));
        Assert.Throws<ReferenceException>(() => Digest.Parse(text));
    }

    [Fact]
    public void Sha512_is_read()
    {
        var text = "sha512:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData("abc"u8));
        var digest = Digest.Parse(text);
        using var hash = digest.CreateHash();
        hash.AppendData("abc"u8);
        Assert.True(digest.Matches(hash.GetHashAndReset()));
    }
}
