// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

public sealed class ImageReferenceTests
{
    private const string Hash = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("debian", "docker.io/library/debian:latest")]
    [InlineData("alpine:3.19", "docker.io/library/alpine:3.19")]
    [InlineData("docker.io/library/alpine:3.19", "docker.io/library/alpine:3.19")]
    [InlineData("docker.io/alpine", "docker.io/library/alpine:latest")]
    [InlineData("me/site", "docker.io/me/site:latest")]
    [InlineData("ghcr.io/myorg/myapp:v1", "ghcr.io/myorg/myapp:v1")]
    [InlineData("myregistry.com:5000/myapp:latest", "myregistry.com:5000/myapp:latest")]
    [InlineData("localhost/app", "localhost/app:latest")]
    [InlineData("localhost:5000/a/b_c/d__e/f-g/h.i:1", "localhost:5000/a/b_c/d__e/f-g/h.i:1")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app:latest")]
    [InlineData("ghcr.io/me/site@" + Hash, "ghcr.io/me/site@" + Hash)]
    [InlineData("ghcr.io/me/site:1@" + Hash, "ghcr.io/me/site:1@" + Hash)]
    public void Parses_what_Docker_writes(string text, string expected) => Assert.Equal(expected, ImageReference.Parse(text).ToString());

    [Theory]
    [InlineData("", 0)]
    [InlineData("ghcr.io/Me/site", 8)]
    [InlineData("ghcr.io/me/site:", 16)]
    [InlineData("ghcr.io/me/site:a b", 17)]
    [InlineData("ghcr.io/me//site", 11)]
    [InlineData("ghcr.io/me/site/", 15)]
    [InlineData("ghcr.io/me/../site", 11)]
    [InlineData("ghcr.io/me/a..b", 13)]
    [InlineData("ghcr.io/me/a___b", 14)]
    [InlineData("ghcr.io/me/site@sha256:12", 16)]
    [InlineData("localhost:99999/app", 10)]
    [InlineData("localhost:0/app", 10)]
    [InlineData("https://ghcr.io/me/site", 6)]
    [InlineData("ghcr.io/", 8)]
    [InlineData("me/sité", 6)]
    public void Shows_where_a_reference_is_wrong(string text, int position)
    {
        Assert.False(ImageReference.TryParse(text, out _));
        var error = Assert.Throws<ReferenceException>(() => ImageReference.Parse(text));
        Assert.Equal(position, error.Position);
        Assert.Contains("\n  " + new string(' ', position) + "^", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [Fact]
    public void Asks_for_the_digest_when_there_is_one_and_else_for_the_tag()
    {
        Assert.Equal(Hash, ImageReference.Parse("a:1@" + Hash).Target);
        Assert.Equal("1", ImageReference.Parse("a:1").Target);
        Assert.Equal("latest", ImageReference.Parse("a").Target);
    }

    [Fact]
    public void Hostile_text_is_shown_on_one_line_without_control_characters()
    {
        var error = Assert.Throws<ReferenceException>(() => ImageReference.Parse("a\u001b[2J\n" + new string('x', 10_000)));
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.True(error.Message.Length < 1000);
    }
}
