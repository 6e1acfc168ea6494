// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

public sealed partial class SiteRecipeTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_project_page_states_the_true_sizes_of_its_binary_and_its_image()
    {
        foreach (var planned in await Recipe.Detect(ProjectRoot.Combine("site")).PlanAsync([], new PackOptions(), Cancelled))
        {
            var packed = await planned.Image.PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
            var page = Encoding.UTF8.GetString(planned.Page!.Value.Span);
            Assert.Equal(planned.BinarySize, Stated(page, "binary-size"));
            Assert.Equal(packed.Size, Stated(page, "image-size"));
            Assert.Contains($"<dd>{planned.Image.Platform}</dd>", page, StringComparison.Ordinal);
            Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        }
    }

    /// <summary>Sizes that go in a circle are rare: many pages of different lengths meet some.</summary>
    [Fact]
    public async Task Every_page_finds_its_sizes()
    {
        var random = new Random(7);
        for (var i = 0; i < 40; i++)
        {
            var filler = string.Concat(Enumerable.Range(0, random.Next(500)).Select(_ => (char)random.Next('a', 'z')));
            _folder.Write("index.html", $"<dd id=\"binary-size\">{{{{drift:binary-size}}}} bytes<dd id=\"image-size\">{{{{drift:image-size}}}} bytes{filler}");
            var planned = Assert.Single(await Recipe.Detect(_folder.Path).PlanAsync([Platform.LinuxArm64], new PackOptions(), Cancelled));
            var packed = await planned.Image.PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
            Assert.Equal(packed.Size, Stated(Encoding.UTF8.GetString(planned.Page!.Value.Span), "image-size"));
        }
    }

    [Fact]
    public async Task A_page_without_placeholders_is_served_as_it_is()
    {
        // Not valid UTF-8, and braces that belong to somebody else's template.
        byte[] page = [.. "<p>{{ name }} "u8, 0xff, 0xfe];
        await File.WriteAllBytesAsync(_folder.Combine("index.html"), page, Cancelled);
        var planned = await Recipe.Detect(_folder.Path).PlanAsync([], new PackOptions(), Cancelled);
        Assert.All(planned, image => Assert.Equal(page, image.Page!.Value.ToArray()));
    }

    [Fact]
    public async Task A_site_with_assembly_beside_it_is_assembly()
    {
        _folder.Write("index.html", "<p>");
        _folder.Write("hello.S", ".globl _start\n_start: ret\n");
        Assert.IsType<AssemblyRecipe>(Recipe.Detect(_folder.Path));
        var error = await Assert.ThrowsAsync<DriftException>(() => Recipe.Detect(_folder.Path).PlanAsync([Platform.Parse("linux/s390x")], new PackOptions(), Cancelled));
        Assert.Equal(ErrorCode.NotSupported, error.Code);
    }

    [Theory]
    [InlineData("My Site!", "my-site")]
    [InlineData("public", "public")]
    [InlineData("___", "image")]
    [InlineData("Ünïcode2", "n-code2")]
    public void The_folder_names_the_image(string folder, string name)
    {
        _folder.Write(folder + "/index.html", "<p>");
        Assert.Equal(name, Recipe.Detect(_folder.Combine(folder)).Name);
        Assert.True(RepositoryName.TryParse(name, out _));
    }

    [Fact]
    public async Task A_project_file_and_the_files_of_rules_reach_the_site()
    {
        _folder.Write("public/index.html", "page");
        _folder.Write("public/_headers", "/*\n  X-Test: of-the-file\n  X-Frame-Options: DENY\n");
        _folder.Write("drift.yaml", "source: public\nsite:\n  headers:\n    /*:\n      X-Test: of-the-project\n      Referrer-Policy: \"\"\n");
        var binary = await BinaryAsync();
        Assert.Contains("X-Test: of-the-project\r\n", binary, StringComparison.Ordinal);
        Assert.Contains("X-Frame-Options: DENY\r\n", binary, StringComparison.Ordinal);
        Assert.DoesNotContain("of-the-file", binary, StringComparison.Ordinal);
        Assert.DoesNotContain("Referrer-Policy", binary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("site: { base: /docs }", "")]
    [InlineData("", "/* https://example.com/:splat 302!")]
    public async Task What_the_root_answers_is_told_only_where_it_is_the_page(string project, string redirects)
    {
        _folder.Write("index.html", "page");
        _folder.Write("_redirects", redirects);
        _folder.Write("drift.yaml", "recipe: site\n" + project);
        Assert.Null(Assert.Single(await Recipe.Detect(_folder.Path).PlanAsync([Platform.LinuxAmd64], new PackOptions(), Cancelled)).Page);
    }

    [Theory]
    [InlineData("site: { headers: { /*: { ETag: x } } }", ErrorCode.InvalidProject, "drift.yaml:1:26: ")]
    [InlineData("site: { headers: { a: { X: x } } }", ErrorCode.InvalidSite, "drift.yaml:1:20: ")]
    [InlineData("site: { fallback: none.html }", ErrorCode.InvalidSite, "none.html")]
    [InlineData("{ recipe: files, layers: [{ from: ., to: / }], site: {} }", ErrorCode.InvalidProject, "how a site is served")]
    public async Task What_a_project_file_says_wrong_of_a_site_is_told(string text, ErrorCode code, string message)
    {
        _folder.Write("index.html", "page");
        _folder.Write("drift.yaml", text);
        var error = await Assert.ThrowsAsync<DriftException>(BinaryAsync);
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private async Task<string> BinaryAsync()
    {
        var planned = Assert.Single(await Recipe.Detect(_folder.Path).PlanAsync([Platform.LinuxAmd64], new PackOptions { Compression = LayerCompression.None }, Cancelled));
        var store = new Drift.Fuzz.MemoryImage();
        var packed = await planned.Image.PackAsync(store, new PackOptions { Compression = LayerCompression.None }, Cancelled);
        return Encoding.Latin1.GetString(store.Blob(packed.Manifest.Layers[0]));
    }

    private static long Stated(string page, string id)
    {
        var match = Size().Matches(page).Single(match => match.Groups["id"].Value == id);
        return long.Parse(match.Groups["size"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("""<dd id="(?<id>[a-z-]+)">(?<size>[\d,]+) bytes""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Size();
}
