// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Registry.Tests;

/// <summary>Content that was pushed to do harm to whoever looks at it.</summary>
public sealed class HostilePageTests : PageTest
{
    private const string Script = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;";

    [Fact]
    public async Task Text_of_others_is_never_markup()
    {
        var hostile = new Dictionary<string, string>(StringComparer.Ordinal) { [Script] = Script };
        var image = await PushAsync("demo/app", "1.0", Platform.LinuxAmd64, [100], config => config with
        {
            Architecture = Script,
            Created = Script,
            Author = Script,
            History = [new HistoryEntry { CreatedBy = Script }],
            Config = new ContainerConfig { Entrypoint = [Script], Command = [Script], User = Script, WorkingDirectory = Script, StopSignal = Script, Environment = [Script, $"{Script}={Script}"], ExposedPorts = [Script], Volumes = [Script], Labels = hostile },
        }, manifest => manifest with { Annotations = hostile, Layers = [manifest.Layers[0] with { MediaType = Script, Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["org.opencontainers.image.title"] = Script } }] });
        await PushArtifactAsync("demo/app", "", Script, image.Digest);
        await PushIndexAsync("demo/app", "multi", image with { Platform = new Platform { OperatingSystem = Script, Architecture = Script } }, image with { Platform = null, ArtifactType = Script });
        foreach (var path in new[] { "/r/demo/app:1.0", "/r/demo/app:multi", "/r/demo/app", $"/?q={Uri.EscapeDataString(Script)}&page={Uri.EscapeDataString(Script)}", $"/r/demo/app?q={Uri.EscapeDataString(Script)}", $"/r/{Uri.EscapeDataString(Script)}", $"/r/demo/app:{Uri.EscapeDataString(Script)}" })
        {
            using var response = await SendAsync(HttpMethod.Get, path);
            var html = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
            // The one script is the page's own.
            Assert.Equal(1, Count(html, "<script"));
            Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
            Assert.DoesNotContain(" onerror=alert(2)>", html, StringComparison.Ordinal);
        }
        // It is shown all the same, as it is.
        Assert.True(Count(await TextAsync("/r/demo/app:1.0"), Script) > 12);
    }

    [Fact]
    public async Task What_hides_or_turns_text_is_shown_by_its_number()
    {
        await PushAsync("demo/app", "1.0", Platform.LinuxAmd64, [100], config => config with
        {
            Config = new ContainerConfig { User = "a\u202Eb\u0000c\u2066d\u00ADe\u2028f\nג" },
        });
        var text = await TextAsync("/r/demo/app:1.0");
        Assert.Contains("a⟨U+202E⟩b⟨U+0000⟩c⟨U+2066⟩d⟨U+00AD⟩e⟨U+2028⟩f ג", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_stays_small_whatever_is_on_it()
    {
        var many = Enumerable.Range(0, 5000).ToDictionary(i => $"label-{i:0000}", i => new string('x', i == 0 ? 1_000_000 : 200), StringComparer.Ordinal);
        await PushAsync("demo/app", "1.0", Platform.LinuxAmd64, [100], config => config with { Config = new ContainerConfig { Labels = many } });
        var html = await Client.GetStringAsync("/r/demo/app:1.0", Cancelled);
        Assert.InRange(html.Length, 10_000, 200_000);
        Assert.Contains("label-0199", html, StringComparison.Ordinal);
        Assert.Contains("and 4,800 more", html, StringComparison.Ordinal);
        Assert.DoesNotContain("label-0200", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_layers_are_paged()
    {
        var layer = RandomBytes(100);
        var image = await PushAsync("demo/app", "1.0", Platform.LinuxAmd64, [100], alter: manifest => manifest with { Layers = [.. Enumerable.Range(0, 10_000).Select(i => manifest.Layers[0] with { MediaType = $"{MediaTypes.OciLayerGzip}+{new string('y', 200)}{i:00000}" })] });
        Assert.InRange(image.Size, 3_500_000, OciJson.MaximumSize);
        var first = await TextAsync("/r/demo/app:1.0");
        Assert.Contains("10,000 layers, 976.6 KiB, the lowest first", first, StringComparison.Ordinal);
        Assert.Contains("y00099", first, StringComparison.Ordinal);
        Assert.DoesNotContain("y00100", first, StringComparison.Ordinal);
        Assert.Contains("y09999", await TextAsync("/r/demo/app:1.0?page=100"), StringComparison.Ordinal);
        Assert.Equal(Digest.Of(layer), OciJson.ReadManifest(await Client.GetByteArrayAsync("/v2/demo/app/manifests/1.0", Cancelled), "it").Layers[9999].Digest);
    }

    [Fact]
    public async Task Large_indexes_are_paged_and_no_page_reads_all_that_they_name()
    {
        var large = new Dictionary<string, string>(StringComparer.Ordinal) { ["pad"] = new string('z', 4_000_000) };
        var images = new List<Descriptor>();
        for (var i = 0; i < 8; i++)
        {
            large["number"] = $"{i}";
            images.Add(await PushAsync("demo/app", $"1.{i}", Platform.LinuxAmd64, [1000], alter: manifest => manifest with { Annotations = large }));
        }
        await PushIndexAsync("demo/app", "9.0", [.. images, .. Enumerable.Range(0, 2000).Select(i => images[0] with { Digest = Digest.Of(BitConverter.GetBytes(i)) })]);
        // Four manifests of this size are what a page costs; the others are named and not looked into.
        var text = await TextAsync("/r/demo/app:9.0");
        Assert.Contains("Page 1 of 41", text, StringComparison.Ordinal);
        Assert.InRange(Count(text, "1.2 KiB"), 3, 5);
        text = await TextAsync("/r/demo/app");
        Assert.InRange(Count(text, "1.2 KiB"), 3, 5);
        Assert.Contains("and 2,000 more", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_that_the_specification_does_not_know_is_told_of()
    {
        var image = await PushAsync("demo/app", "1.0", Platform.LinuxAmd64, [100]);
        var manifest = OciJson.ReadManifest(await Client.GetByteArrayAsync("/v2/demo/app/manifests/1.0", Cancelled), "it");
        // Without media types in its descriptors.
        var odd = JsonSerializer.SerializeToUtf8Bytes(new { schemaVersion = 2, config = new { digest = manifest.Config.Digest.ToString(), size = manifest.Config.Size }, layers = Array.Empty<object>() });
        await PushManifestAsync("demo/app", "odd", odd, "application/x-odd");
        Assert.Contains("config.mediaType is missing", await TextAsync("/r/demo/app:odd"), StringComparison.Ordinal);
        Assert.Matches(@"odd\s+unknown", await TextAsync("/r/demo/app"));
        Assert.NotEqual(image.Digest, Digest.Of(odd));
    }

    [Fact]
    public async Task A_browser_takes_nothing_that_was_pushed_for_a_page()
    {
        var config = RandomBytes(10);
        await PushBlobAsync(config);
        var manifest = Encoding.UTF8.GetBytes($$$"""{"schemaVersion":2,"config":{"digest":"{{{Digest.Of(config)}}}","size":10},"layers":[],"annotations":{"a":"<script>alert(1)</script>"}}""");
        await PushManifestAsync("demo/app", "1.0", manifest, "text/html");
        foreach (var path in new[] { "/v2/demo/app/manifests/1.0", $"/v2/demo/app/blobs/{Digest.Of(config)}" })
        {
            using var response = await SendAsync(HttpMethod.Get, path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
            Assert.Equal("default-src 'none'; sandbox", Header(response, "Content-Security-Policy"));
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
