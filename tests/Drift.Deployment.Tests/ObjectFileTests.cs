// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using Drift.Oci;

namespace Drift.Deployment.Tests;

/// <summary>Images are found wherever YAML can have them, and nothing else in the file changes.</summary>
public sealed class ObjectFileTests
{
    private const string Image = "registry.example:5000/app:1", Pinned = Image + "@sha256:0123456789012345678901234567890123456789012345678901234567890123";

    private static readonly Dictionary<string, string> Pins = new(StringComparer.Ordinal) { [Image] = Pinned };

    /// <summary>Each has the image as IMAGE where it is replaced, and as KEPT where it is not.</summary>
    public static TheoryData<string> Files { get; } = new(
        "image: IMAGE",
        "image: IMAGE\n",
        "image:    IMAGE   # the image KEPT\n",
        "image: 'IMAGE'\n",
        "image: \"IMAGE\"   \n",
        "\"image\": IMAGE\n'x': KEPT\n",
        "image:\n  IMAGE\n",
        "? image\n: IMAGE\n",
        "a: {image: IMAGE, other: KEPT}\nb: [{image: 'IMAGE'},{\"image\":\"IMAGE\"}]\n",
        "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"IMAGE\"}]}}",
        "spec:\n  initContainers:\n  - image: IMAGE # one\n  containers:\n  -   name: b\n      image: IMAGE\n      args: [KEPT, 'image: KEPT']\n",
        "# image: KEPT\n---\nimage: IMAGE\n...\n# between\n---\n- image: IMAGE\n- - - image: IMAGE\n",
        "%YAML 1.2\n---\nimage: IMAGE\n",
        "data:\n  file: |\n    image: KEPT\n  other: >-\n    image: KEPT\nspec:\n  image: IMAGE\n",
        "text: \"image: KEPT\\n\\\n  more\"\nimage: IMAGE\n",
        "image: &app IMAGE\nother:\n  image: *app\n",
        "x: &app KEPT\nimage: ALIAS\nlabel: *app\n",
        "base: &base\n  image: IMAGE\nmore:\n  <<: *base\n  name: KEPT\n",
        "image: !!str IMAGE\n",
        "image: &a !!str \"IMAGE\"\n",
        "image: !custom 'IMAGE'\n",
        "image:\nname: KEPT\n",
        "image: ''\nx: {image: ~}\ny: {image: null}\nz: {image: {name: KEPT}}\nimages: [KEPT]\nimageName: KEPT\nIMAGES: KEPT\n",
        "ключ: \"\U0001F680 é\"\nimage: IMAGE # \U0001F680\nafter: ü\n",
        "a: 'x\u0085y'\nimage: IMAGE\n",
        "a: 'x\u2028y'\nimage: IMAGE\n",
        "a: 1\n\n\n  \nimage: IMAGE\n  \n",
        "key with spaces: [a, b,\n  c]\nlist:\n- image: IMAGE\n-\n  image: IMAGE\n- ? {image: IMAGE}\n  : image\n- ? [image, KEPT]\n  : KEPT\n");

    [Theory]
    [MemberData(nameof(Files))]
    public void Images_get_digests_and_every_other_byte_stays(string file)
    {
        foreach (var end in (string[])["\n", "\r\n"])
        {
            foreach (var mark in (string[])["", "\ufeff"])
            {
                var text = mark + file.Replace("\n", end, StringComparison.Ordinal);
                var before = Encoding.UTF8.GetBytes(text.Replace("KEPT", Image, StringComparison.Ordinal).Replace("ALIAS", "*app", StringComparison.Ordinal).Replace("IMAGES:", "imageS:", StringComparison.Ordinal).Replace("IMAGE", Image, StringComparison.Ordinal));
                var after = Encoding.UTF8.GetBytes(text.Replace("KEPT", Image, StringComparison.Ordinal).Replace("ALIAS", Pinned, StringComparison.Ordinal).Replace("IMAGES:", "imageS:", StringComparison.Ordinal).Replace("IMAGE", Pinned, StringComparison.Ordinal));
                var read = ObjectFile.Parse(before, "a.yaml");
                Assert.Equal(before, read.ToBytes());
                Assert.Equal(Encoding.UTF8.GetString(after), Encoding.UTF8.GetString(read.WithImages(Pins).ToBytes()));
                // What has digests once is left alone.
                Assert.Equal(after, read.WithImages(Pins).WithImages(Pins).ToBytes());
            }
        }
    }

    [Fact]
    public void Whatever_is_put_together_stays_but_for_its_images()
    {
        string[] pieces = [.. Files.Select(row => row.Data).Where(piece => piece.EndsWith('\n') && !piece.StartsWith('%') && !piece.Contains("ALIAS", StringComparison.Ordinal) && !piece.Contains("IMAGES", StringComparison.Ordinal))];
        var random = new Random(20261122);
        for (var round = 0; round < 300; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 8); i > 0; i--)
            {
                // As a document of its own, or below keys and lists.
                var piece = pieces[random.Next(pieces.Length)];
                text.Append("---").Append(random.Next(3) == 0 ? " # " + new string('é', random.Next(40)) : "").Append('\n').Append(piece);
                text.Append(new string('\n', random.Next(3))).Append(random.Next(4) == 0 ? "...\n" : "");
            }
            var kept = text.Replace("KEPT", Image).Replace("\n", random.Next(2) == 0 ? "\n" : "\r\n").ToString();
            var read = ObjectFile.Parse(Encoding.UTF8.GetBytes(kept.Replace("IMAGE", Image, StringComparison.Ordinal)), "a.yaml");
            Assert.Equal(kept.Replace("IMAGE", Pinned, StringComparison.Ordinal), Encoding.UTF8.GetString(read.WithImages(Pins).ToBytes()));
        }
    }

    [Theory]
    [InlineData("image: |\n  app:1\n", "a.yaml:1:8: This text is not written as it is read.")]
    [InlineData("image: \"app\\x3a1\"\n", "a.yaml:1:8: This text is not written as it is read.")]
    [InlineData("image: app\n  and more\n", "a.yaml:1:8: This text is not written as it is read.")]
    [InlineData("a: b\n\tc: d\n", "a.yaml:1:4:")]
    [InlineData("a: 'b\n", "a.yaml:")]
    [InlineData("a: [b\n", "a.yaml:")]
    [InlineData("a: *b\0\n", "a.yaml has a NUL in it.")]
    public void What_cannot_be_kept_is_an_error_with_its_place(string file, string message)
    {
        var error = Assert.Throws<DriftException>(() => ObjectFile.Parse(Encoding.UTF8.GetBytes(file), "a.yaml"));
        Assert.Equal(ErrorCode.InvalidObjects, error.Code);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [Fact]
    public void What_is_no_text_is_refused() =>
        Assert.Equal("a.yaml is not UTF-8.", Assert.Throws<DriftException>(() => ObjectFile.Parse([0x61, 0x3a, 0x20, 0xff], "a.yaml")).Message);

    [Fact]
    public void Depth_is_bounded()
    {
        foreach (var file in (string[])[new string('[', 100_000), string.Concat(Enumerable.Range(0, 300).Select(depth => new string(' ', depth) + "a:\n")), string.Concat(Enumerable.Repeat("- ", 300))])
        {
            Assert.Equal(ErrorCode.InvalidObjects, Assert.Throws<DriftException>(() => ObjectFile.Parse(Encoding.UTF8.GetBytes(file), "a.yaml")).Code);
        }
    }

    [Fact]
    public void Aliases_stand_for_nothing_more_than_themselves()
    {
        var file = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 30; i++) file.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        file.Append($"image: {Image}\n");
        Assert.EndsWith($"image: {Pinned}\n", Encoding.UTF8.GetString(ObjectFile.Parse(Encoding.UTF8.GetBytes(file.ToString()), "a.yaml").WithImages(Pins).ToBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_end_is_given_up()
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => ObjectFile.ReadAsync("/dev/zero", TestContext.Current.CancellationToken));
        Assert.Equal($"/dev/zero is larger than {ObjectFile.MaximumSize} bytes.", error.Message);
    }
}
