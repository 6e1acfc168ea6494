// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

/// <summary>The rules as docs.docker.com/build/concepts/context/#dockerignore-files and the tests of github.com/moby/patternmatcher state them.</summary>
public sealed class DockerIgnoreTests
{
    [Theory]
    // The documentation's own examples.
    [InlineData("# comment", "# comment", false)]
    [InlineData("*/temp*", "somedir/temporary.txt", true)]
    [InlineData("*/temp*", "somedir/temp", true)]
    [InlineData("*/temp*", "temporary.txt", false)]
    [InlineData("*/temp*", "a/b/temporary.txt", false)]
    [InlineData("*/*/temp*", "somedir/subdir/temporary.txt", true)]
    [InlineData("temp?", "tempa", true)]
    [InlineData("temp?", "temp", false)]
    [InlineData("temp?", "tempab", false)]
    [InlineData("/foo/bar", "foo/bar", true)]
    [InlineData("foo/bar", "foo/bar", true)]
    [InlineData("foo/bar/", "foo/bar", true)]
    [InlineData("/foo/bar", "x/foo/bar", false)]
    [InlineData("**/*.go", "main.go", true)]
    [InlineData("**/*.go", "a/b/c/main.go", true)]
    [InlineData("*.md\n!README.md", "README.md", false)]
    [InlineData("*.md\n!README.md", "CHANGES.md", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README.md", false)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true)]
    [InlineData("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false)]
    // A match of a folder is a match of all below it, and an exception brings a part back.
    [InlineData("bin", "bin/a/b", true)]
    [InlineData("bin/\n!bin/keep", "bin/keep", false)]
    [InlineData("bin/\n!bin/keep", "bin/keep/deep", false)]
    [InlineData("bin/\n!bin/keep", "bin/other", true)]
    [InlineData("bin", "src/bin", false)]
    [InlineData("*\n!src", "src/a.c", false)]
    [InlineData("*\n!src\nsrc/*.o", "src/a.o", true)]
    // Two stars.
    [InlineData("**", "a/b", true)]
    [InlineData("**/", "file", true)]
    [InlineData("**/**", "dir/file", true)]
    [InlineData("dir/**", "dir/file", true)]
    [InlineData("dir/**", "dir", false)]
    [InlineData("**/dir", "a/dir/file", true)]
    [InlineData("**/dir2/*", "dir/dir2/file", true)]
    [InlineData("**/dir2/**", "dir/dir2/dir2/file", true)]
    [InlineData("**file", "dir/file", true)]
    [InlineData("**/file", "file", true)]
    [InlineData("a**/c", "a/b/c", true)]
    [InlineData("abc.def", "abcZdef", false)]
    [InlineData("abc?def", "abc/def", false)]
    [InlineData("**/foo/bar", "foo/bar", true)]
    [InlineData("a(b)c/def", "a(b)c/def", true)]
    [InlineData("a(b)c/def", "a(b)c/xyz", false)]
    [InlineData("**/foo.bar", "x/fooabar", false)]
    // Classes and escapes.
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("[^a-c]x", "dx", true)]
    [InlineData("\\*x", "*x", true)]
    [InlineData("\\*x", "ax", false)]
    [InlineData("a\\[x", "a[x", true)]
    // White space, byte order mark, dots and repeated slashes.
    [InlineData("  foo \t", "foo", true)]
    [InlineData("\uFEFFfoo", "foo", true)]
    [InlineData("foo\r\nbar\r\n", "bar", true)]
    [InlineData("  # not a comment", "# not a comment", true)]
    [InlineData("! foo\nfoo\n! foo/a", "foo/a", false)]
    [InlineData("./foo//bar/../baz", "foo/baz", true)]
    [InlineData("/../foo", "foo", true)]
    [InlineData("../foo", "foo", false)]
    [InlineData(".", "foo", false)]
    [InlineData("\n\n", "foo", false)]
    [InlineData(".*", ".git", true)]
    [InlineData("名前*", "名前が", true)]
    public void Leaves_out_what_Docker_leaves_out(string rules, string path, bool isExcluded) => Assert.Equal(isExcluded, DockerIgnore.Parse(rules).IsExcluded(path));

    [Theory]
    [InlineData("foo\n!", "Line 2 of .dockerignore has an exception without a pattern.")]
    [InlineData("[a", "Line 1 of .dockerignore has the pattern [a, whose bracket is not closed.")]
    [InlineData("\n\n[b-a]", "Line 3 of .dockerignore has the pattern [b-a], whose brackets do not fit.")]
    public void Names_the_line_that_is_no_pattern(string rules, string message)
    {
        var error = Assert.Throws<DriftException>(() => DockerIgnore.Parse(rules));
        Assert.Equal(ErrorCode.InvalidSetting, error.Code);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_pattern_that_would_make_others_slow_does_not()
    {
        var rules = DockerIgnore.Parse(string.Concat(Enumerable.Repeat("**/a*", 30)) + "b");
        Assert.False(rules.IsExcluded(string.Concat(Enumerable.Repeat("a/", 100)) + "c"));
    }
}
