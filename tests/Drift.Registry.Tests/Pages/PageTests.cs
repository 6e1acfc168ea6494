// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.RegularExpressions;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>What the pages say of what is in the registry.</summary>
public sealed partial class PageTests : PageTest
{
    private static readonly int[] Sizes = [3000, 1000];

    [Fact]
    public async Task An_empty_registry_tells_how_to_push()
    {
        var text = await TextAsync("/");
        Assert.Contains($"docker push localhost:{Server.Port}/NAME:TAG", text.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("drift push", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_repositories_are_listed_searched_and_paged()
    {
        for (var i = 0; i < 51; i++) await PushImageAsync("v1", $"team/app-{i:00}");
        await PushImageAsync("v2", "team/app-07", seed: 2);
        var first = await TextAsync("/");
        Assert.Contains("51 repositories", first, StringComparison.Ordinal);
        Assert.Matches(@"stored, each blob once", first);
        Assert.Contains("team/app-49", first, StringComparison.Ordinal);
        Assert.DoesNotContain("team/app-50", first, StringComparison.Ordinal);
        Assert.Contains("Page 1 of 2", first, StringComparison.Ordinal);
        Assert.Matches(@"team/app-07\s+2\s+2\.\d KiB\s+20\d\d-\d\d-\d\d \d\d:\d\d UTC", first);
        Assert.Contains("team/app-50", await TextAsync("/?page=2"), StringComparison.Ordinal);
        // Any number is one of a page.
        foreach (var (asked, shown) in new[] { ("99", 2), ("0", 1), ("-1", 1), ("x", 1), ("99999999999999999999", 1) }) Assert.Contains($"Page {shown} of 2", await TextAsync($"/?page={asked}"), StringComparison.Ordinal);
        var found = await TextAsync("/?q=APP-07");
        Assert.Contains("team/app-07", found, StringComparison.Ordinal);
        Assert.DoesNotContain("team/app-08", found, StringComparison.Ordinal);
        Assert.Contains("No repository has app-99 in its name.", await TextAsync("/?q=app-99"), StringComparison.Ordinal);
        Assert.Contains("href=\"/?q=app-&amp;page=2\"", await Client.GetStringAsync("/?q=app-", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_are_sorted_as_versions_and_tell_platforms_sizes_and_dates()
    {
        var amd64 = await PushAsync("demo/app", "1.9", Platform.LinuxAmd64, Sizes, config => config with { Created = "2026-03-04T05:06:07.123456789Z" });
        var arm64 = await PushAsync("demo/app", "", Platform.LinuxArm64, [200_000]);
        await PushIndexAsync("demo/app", "1.10", amd64, arm64, arm64 with { Digest = Digest.Of("gone"u8), Platform = Platform.Parse("linux/riscv64") });
        await PushAsync("demo/app", "1.2", Platform.LinuxArm64, [200_000]);
        await PushAsync("demo/app", "latest", Platform.LinuxArm64, [200_000]);
        var text = await TextAsync("/r/demo/app");
        Assert.Matches(@"(?s)4 tags.*1\.10\s+linux/amd64\s+4\.\d KiB\s+linux/arm64\s+195\.\d KiB\s+linux/riscv64\s+2026-03-04 05:06 UTC.*1\.9\s+linux/amd64.*1\.2\s+linux/arm64.*latest\s+linux/arm64\s+195\.\d KiB\s+reproducible", text);
        Assert.DoesNotContain("1.10", await TextAsync("/r/demo/app?q=1.9"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_tells_layers_config_and_how_to_pull_it()
    {
        var image = await PushAsync("demo/app", "1.0", Platform.LinuxAmd64, Sizes, config => config with
        {
            History = [new HistoryEntry { CreatedBy = "COPY app /app" }, new HistoryEntry { CreatedBy = "ENV A=b", EmptyLayer = true }, new HistoryEntry { CreatedBy = "RUN make" }],
            Config = new ContainerConfig { Entrypoint = ["/app", "--name", "a b"], User = "65532:65532", Environment = ["PATH=/bin", "EMPTY"], ExposedPorts = ["8080/tcp"], Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["maker"] = "me" } },
        }, manifest => manifest with { Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["org.opencontainers.image.source"] = "https://example.org" } });
        var html = await Client.GetStringAsync("/r/demo/app:1.0", Cancelled);
        var text = TextOf(html);
        Assert.Contains("An image for linux/amd64, 4.", text, StringComparison.Ordinal);
        Assert.Matches(@"(?s)2\.9 KiB\s+75\.0% · 3,000 bytes\s+COPY app /app\s.*1000 bytes\s+25\.0% · 1,000 bytes\s+RUN make", text);
        Assert.Contains("width=\"75.00%\"", html, StringComparison.Ordinal);
        Assert.Contains("""["/app", "--name", "a b"]""", text, StringComparison.Ordinal);
        foreach (var fact in new[] { "65532:65532", "PATH", "/bin", "EMPTY", "8080/tcp", "maker", "org.opencontainers.image.source", "https://example.org", image.Digest.ToString(), "reproducible" })
            Assert.Contains(fact, text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/v2/demo/app/manifests/{image.Digest}\"", html, StringComparison.Ordinal);
        var byDigest = await TextAsync($"/r/demo/app@{image.Digest}");
        Assert.Contains("COPY app /app", byDigest, StringComparison.Ordinal);
        Assert.Contains($"docker pull 127.0.0.1:{Server.Port}/demo/app@{image.Digest}", byDigest, StringComparison.Ordinal);
        Assert.DoesNotContain("docker pull 127.0.0.1:{Server.Port}/demo/app:1.0", byDigest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("registry.example.org", null, "docker pull registry.example.org/demo/app:1.0", "drift pull --insecure registry.example.org registry.example.org/demo/app:1.0 oci:app")]
    [InlineData("registry.example.org", "https", "podman pull registry.example.org/demo/app:1.0", "crane pull registry.example.org/demo/app:1.0 app.tar")]
    [InlineData("registry", null, "docker pull registry:80/demo/app:1.0", "podman pull --tls-verify=false registry:80/demo/app:1.0")]
    [InlineData("registry", "https", "docker pull registry:443/demo/app:1.0", "skopeo copy docker://registry:443/demo/app:1.0 oci:app")]
    [InlineData("[::1]:5000", null, "docker pull [::1]:5000/demo/app:1.0", "drift pull [::1]:5000/demo/app:1.0 oci:app")]
    [InlineData("a;reboot", null, "docker pull localhost:PORT/demo/app:1.0", "drift pull localhost:PORT/demo/app:1.0 oci:app")]
    [InlineData("a$(reboot).example", null, "docker pull localhost:PORT/demo/app:1.0", "drift pull localhost:PORT/demo/app:1.0 oci:app")]
    [InlineData("a&b.example", null, "docker pull localhost:PORT/demo/app:1.0", "drift pull localhost:PORT/demo/app:1.0 oci:app")]
    public async Task Commands_name_the_registry_as_its_visitor_does(string host, string? forwarded, params string[] commands)
    {
        await PushAsync("demo/app", "1.0", Platform.LinuxAmd64, Sizes);
        var proxy = forwarded is null ? "" : $"X-Forwarded-Proto: {forwarded}\r\n";
        var answer = System.Text.Encoding.UTF8.GetString(await RawHttp.ExchangeAsync(Server.Port, $"GET /r/demo/app:1.0 HTTP/1.1\r\nHost: {host}\r\n{proxy}Connection: close\r\n\r\n", Cancelled, endSending: false));
        // Kestrel refuses some of them before.
        if (answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal)) return;
        foreach (var command in commands) Assert.Contains($" {command.Replace("PORT", $"{Server.Port}", StringComparison.Ordinal)} ", TextOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_on_the_page_work()
    {
        var skopeo = Need.Program("skopeo");
        await PushAsync("demo/app", "1.0", Platform.LinuxAmd64, Sizes);
        var command = Command().Matches(await Client.GetStringAsync("/r/demo/app:1.0", Cancelled)).Select(match => match.Groups["command"].Value).Single(text => text.StartsWith("skopeo ", StringComparison.Ordinal) && text.Contains(":1.0", StringComparison.Ordinal));
        (await ProcessRun.RunAsync(skopeo, ["--insecure-policy", .. command.Split(' ')[1..]], workingDirectory: Folder.Path, cancellationToken: Cancelled)).EnsureSuccess();
        Assert.True(File.Exists(Folder.Combine("app", "index.json")));
    }

    [Fact]
    public async Task An_index_leads_to_its_images_and_tells_what_is_not_here()
    {
        var amd64 = await PushAsync("demo/app", "", Platform.LinuxAmd64, Sizes);
        var missing = amd64 with { Digest = Digest.Of("gone"u8), Platform = Platform.LinuxArm64 };
        var attestation = (await PushArtifactAsync("demo/app", "", "application/vnd.in-toto+json", null)) with
        {
            Platform = Platform.Parse("unknown/unknown"),
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["vnd.docker.reference.type"] = "attestation-manifest" },
        };
        var inner = await PushIndexAsync("demo/app", "", amd64);
        await PushIndexAsync("demo/app", "multi", amd64, missing, attestation, inner);
        var html = await Client.GetStringAsync("/r/demo/app:multi", Cancelled);
        Assert.Contains($"<a href=\"/r/demo/app@{amd64.Digest}\">linux/amd64</a>", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"href=\"/r/demo/app@{missing.Digest}\"", html, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"/r/demo/app@{attestation.Digest}\">attestation-manifest</a>", html, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"/r/demo/app@{inner.Digest}\">an index</a>", html, StringComparison.Ordinal);
        Assert.Matches(@"linux/arm64\s+not kept here", TextOf(html));
        Assert.DoesNotContain("unknown/unknown", await TextAsync("/r/demo/app"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_refers_to_what_is_linked_both_ways()
    {
        var image = await PushAsync("demo/app", "1.0", Platform.LinuxAmd64, Sizes);
        var bill = await PushArtifactAsync("demo/app", "", "application/spdx+json", image.Digest);
        Assert.Matches($"(?s)Referrers.*<a href=\"/r/demo/app@{bill.Digest}\">application/spdx\\+json</a>", WebUtility.HtmlDecode(await Client.GetStringAsync("/r/demo/app:1.0", Cancelled)));
        var html = await Client.GetStringAsync($"/r/demo/app@{bill.Digest}", Cancelled);
        var text = TextOf(html);
        Assert.Contains($"href=\"/r/demo/app@{image.Digest}\"", html, StringComparison.Ordinal);
        Assert.Matches(@"(?s)An artifact, \d+ bytes .*Artifact type\s+application/spdx\+json.*Refers to\s+sha256:.*oras pull.*Content.*notes\.txt", text);
        Assert.DoesNotContain("docker pull", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/r/demo/none")]
    [InlineData("/r/demo/app:none")]
    [InlineData("/r/demo/app@sha256:00")]
    [InlineData("/r/demo/app@")]
    [InlineData("/r/demo/app:")]
    public async Task What_is_not_here_is_told_in_words(string path)
    {
        await PushImageAsync("1.0");
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("There is nothing here", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_sent_once_until_it_changes_and_only_read()
    {
        await PushImageAsync("1.0");
        foreach (var path in new[] { "/", "/r/demo/app", "/r/demo/app:latest", "/page.css", "/page.js" })
        {
            if (path == "/r/demo/app:latest") await PushImageAsync("latest");
            using var get = await SendAsync(HttpMethod.Get, path);
            var body = await get.Content.ReadAsByteArrayAsync(Cancelled);
            Assert.True(get.Headers.CacheControl is { Private: true, NoCache: true, MaxAge: null });
            Assert.Equal("nosniff", Header(get, "X-Content-Type-Options"));
            Assert.Equal("no-referrer", Header(get, "Referrer-Policy"));
            Assert.Equal("DENY", Header(get, "X-Frame-Options"));
            Assert.StartsWith("default-src 'none'; style-src 'self'; script-src 'self'; img-src data:;", Header(get, "Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", Header(get, "Content-Security-Policy"), StringComparison.Ordinal);
            using var head = await SendAsync(HttpMethod.Head, path);
            Assert.Equal((HttpStatusCode.OK, body.Length), (head.StatusCode, head.Content.Headers.ContentLength));
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(get.Headers.ETag!);
            using var unchanged = await Client.SendAsync(again, Cancelled);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            foreach (var method in new[] { "POST", "PUT", "DELETE", "PATCH" })
            {
                using var refused = await SendAsync(new HttpMethod(method), path);
                Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET, HEAD"), (refused.StatusCode, Header(refused, "Allow")));
            }
        }
        Assert.InRange((await Client.GetByteArrayAsync("/page.css", Cancelled)).Length, 1000, 8 * 1024);
    }

    [GeneratedRegex("<li><code>(?<command>[^<]*)</code>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Command();
}
