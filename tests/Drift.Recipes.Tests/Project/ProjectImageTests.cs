// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;
using Tar = System.Formats.Tar;

namespace Drift.Recipes.Tests;

/// <summary>What each key of a <c>drift.yaml</c> does to the image.</summary>
public sealed class ProjectImageTests : IDisposable
{
    private readonly ProjectFolder _project = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _project.Dispose();

    [Fact]
    public async Task The_config_is_what_the_file_says()
    {
        var image = await _project.PackAsync("""
            recipe: files
            entrypoint: [/server, --level, 1.10]
            command: ["--verbose"]
            environment: { DEBUG: true, EMPTY: "", LINES: "a\nb" }
            working-directory: /srv
            ports: [8080, 53/udp]
            labels: { title: Hello }
            user: 65532:65532
            volumes: [/data]
            stop-signal: SIGINT
            shell: [/bin/sh, -c]
            healthcheck: { test: [CMD, /probe], interval: 1m30s, timeout: 500ms, start-period: 1h, start-interval: 2s, retries: 3 }
            author: Somebody
            """);
        var config = image.Config.Config!;
        Assert.Equal(["/server", "--level", "1.10"], config.Entrypoint);
        Assert.Equal(["--verbose"], config.Command);
        Assert.Equal(["DEBUG=true", "EMPTY=", "LINES=a\nb"], config.Environment);
        Assert.Equal("/srv", config.WorkingDirectory);
        Assert.Equal(["8080/tcp", "53/udp"], config.ExposedPorts);
        Assert.Equal("Hello", config.Labels!["title"]);
        Assert.Equal("65532:65532", config.User);
        Assert.Equal(["/data"], config.Volumes);
        Assert.Equal("SIGINT", config.StopSignal);
        Assert.Equal(["/bin/sh", "-c"], config.Shell);
        Assert.Equal(["CMD", "/probe"], config.HealthCheck!.Test);
        Assert.Equal(TimeSpan.FromSeconds(90), config.HealthCheck.Interval);
        Assert.Equal(TimeSpan.FromMilliseconds(500), config.HealthCheck.Timeout);
        Assert.Equal(TimeSpan.FromHours(1), config.HealthCheck.StartPeriod);
        Assert.Equal(TimeSpan.FromSeconds(2), config.HealthCheck.StartInterval);
        Assert.Equal(3, config.HealthCheck.Retries);
        Assert.Equal("Somebody", image.Config.Author);
        Assert.Equal(Platform.ThisMachine, image.Config.Platform);
        Assert.Empty(image.Manifest.Layers);
    }

    [Fact]
    public async Task What_the_base_sets_stays_where_the_file_says_nothing()
    {
        var below = Image.Scratch(Platform.LinuxArm64)
            .WithLayer(FileLayer.Create(files => files.Add("/base", ContentSource.FromBytes("base"u8.ToArray()))))
            .WithConfig(config => config with { Environment = ["PATH=/bin", "A=1"], Labels = new Dictionary<string, string> { ["old"] = "1" }, Entrypoint = ["/base"], Command = ["more"], ExposedPorts = ["80/tcp"], User = "7" })
            .WithAnnotations(new Dictionary<string, string> { ["below"] = "1", ["both"] = "base" });
        var image = await _project.PackAsync("base: oci:../base:1\nenvironment: { A: 2, B: 3 }\nlabels: { new: 2 }\nports: [81]\nannotations: { both: file }\nlayers: [{ directories: [/new] }]", below);
        Assert.Equal($"oci:{_project.Path}/../base:1", _project.Asked);
        var config = image.Config.Config!;
        Assert.Equal(["PATH=/bin", "A=2", "B=3"], config.Environment);
        Assert.Equal(["new", "old"], config.Labels!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["80/tcp", "81/tcp"], config.ExposedPorts);
        Assert.Equal("7", config.User);
        Assert.Equal(["more"], config.Command);
        Assert.Equal(["below=1", "both=file"], image.Manifest.Annotations!.Select(annotation => $"{annotation.Key}={annotation.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(Platform.LinuxArm64, image.Config.Platform);
        Assert.Equal(["base 644 0:0 base", "new/ 755 0:0"], image.Manifest.Layers.SelectMany(_project.Store.Entries));
        // Arguments of the base's program are none for another one.
        Assert.Null((await _project.PackAsync("base: debian:12\nentrypoint: [/own]", below)).Config.Config!.Command);
        Assert.Equal("debian:12", _project.Asked);
    }

    [Fact]
    public async Task Each_layer_is_what_its_entry_says()
    {
        _project.Write("content/a.txt", "a");
        _project.Write("content/b.log", "b");
        _project.Write("content/c.tmp", "c");
        _project.Write("content/.dockerignore", "*.log\n.dockerignore");
        File.SetUnixFileMode(_project.Write("run", "run"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var layers = await _project.LayersAsync("""
            layers:
              - { from: content, to: /srv, owner: 7:8, mode: 0600, ignore: ["*.tmp"] }
              - { from: run, to: /bin/ }
              - { from: run, to: /go, keep-modes: true, owner: 9 }
              - { from: run, to: /stop, mode: "4711" }
              - directories: [/tmp]
                mode: 1777
                links: { /usr/bin/run: ../../bin/run }
                delete: [/old/file]
            """);
        Assert.Equal(["srv/ 755 7:8", "srv/a.txt 600 7:8 a"], layers[0]);
        Assert.Equal(["bin/ 755 0:0", "bin/run 755 0:0 run"], layers[1]);
        Assert.Equal(["go 500 9:9 run"], layers[2]);
        Assert.Equal(["stop 4711 0:0 run"], layers[3]);
        Assert.Equal(["old/ 755 0:0", "old/.wh.file 0 0:0", "tmp/ 1777 0:0", "usr/ 755 0:0", "usr/bin/ 755 0:0", "usr/bin/run 777 0:0 → ../../bin/run"], layers[4].Select(entry => entry.TrimEnd()));
    }

    [Fact]
    public async Task A_folder_is_split_and_an_archive_taken_as_it_is()
    {
        for (var i = 0; i < 20; i++) _project.Write($"many/{i}", "x");
        await File.WriteAllBytesAsync(_project.Combine("own.tar"), await TarAsync(), Cancelled);
        var layers = await _project.LayersAsync("layers:\n- {from: many, to: /, split: 3}\n- archive: own.tar");
        Assert.Equal(4, layers.Count);
        Assert.Equal(20, layers.Take(3).SelectMany(layer => layer).Distinct().Count());
        Assert.Equal(["own 644 0:0 own"], layers[3]);

        static async Task<byte[]> TarAsync()
        {
            var bytes = new MemoryStream();
            await using (var writer = new Tar.TarWriter(bytes, leaveOpen: true))
            {
                await writer.WriteEntryAsync(new Tar.PaxTarEntry(Tar.TarEntryType.RegularFile, "own") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes("own")) }, Cancelled);
            }
            return bytes.ToArray();
        }
    }

    [Fact]
    public async Task The_project_file_itself_is_never_in_the_image()
    {
        _project.Write("index.html", "<p>page");
        var image = await _project.PackAsync("recipe: files\nlayers: [{ from: ., to: / }]");
        Assert.Equal(["index.html 644 0:0 <p>page"], _project.Store.Entries(image.Manifest.Layers[0]));
        Assert.DoesNotContain(SiteFolder.Read(_project.Path), file => file.UrlPath.Contains("drift", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_site_states_its_true_size_with_all_that_the_file_adds()
    {
        _project.Write("public/index.html", "{{drift:image-size}} and {{drift:binary-size}}");
        _project.Write("extra", "extra");
        var recipe = _project.Detect("""
            name: my/site
            source: public
            platforms: [linux/arm64]
            compression: none
            labels: { a: b }
            annotations: { note: "a long note that makes the manifest larger" }
            layers: [{ from: extra, to: /extra }]
            """);
        Assert.Equal("my/site", recipe.Name);
        Assert.Equal("none", Assert.IsType<ProjectRecipe>(recipe).File.Compression!.ToString());
        var planned = Assert.Single(await recipe.PlanAsync([], new PackOptions(), Cancelled));
        var packed = await planned.Image.PackAsync(DiscardSink.Instance, new PackOptions(), Cancelled);
        Assert.Equal($"{packed.Size:N0} and {planned.BinarySize:N0}", Encoding.UTF8.GetString(planned.Page!.Value.Span).Trim());
        Assert.Equal(2, packed.Manifest.Layers.Count);
        Assert.Equal("b", packed.Config.Config!.Labels!["a"]);
        Assert.Equal("65532:65532", packed.Config.Config.User);
        Assert.Equal(["note"], packed.Manifest.Annotations!.Keys);
        // What is asked for wins over the file.
        Assert.Equal([Platform.LinuxAmd64], (await recipe.PlanAsync([Platform.LinuxAmd64], new PackOptions(), Cancelled)).Select(image => image.Image.Platform));
    }

    [Fact]
    public async Task Platforms_are_those_of_the_file_or_of_the_base_and_share_the_layers()
    {
        _project.Write("a", "a");
        Image[] bases = [Image.Scratch(Platform.LinuxAmd64), Image.Scratch(Platform.LinuxArm64)];
        Assert.Equal(bases.Select(image => image.Platform), await PlatformsAsync("base: debian:12"));
        Assert.Equal([Platform.LinuxArm64], await PlatformsAsync("base: debian:12\nplatforms: [linux/arm64, linux/arm64]"));
        Assert.Equal([Platform.LinuxArm64, Platform.Parse("linux/riscv64")], await PlatformsAsync("platforms: [linux/arm64, linux/riscv64]"));
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<DriftException>(() => PlatformsAsync("base: debian:12\nplatforms: [linux/riscv64]"))).Code);

        async Task<IEnumerable<Platform>> PlatformsAsync(string yaml)
        {
            var recipe = _project.Detect(yaml + "\nlayers: [{ from: a, to: /a }]", new RecipeOptions { OpenBase = (_, _) => Task.FromResult<IReadOnlyList<Image>>(bases) });
            var planned = await recipe.PlanAsync([], new PackOptions(), Cancelled);
            Assert.Single(planned.Select(image => image.Image.Layers[^1]).Distinct());
            return planned.Select(image => image.Image.Platform);
        }
    }

    [Fact]
    public async Task Included_layers_make_an_image_from_scratch_usable()
    {
        var layers = await _project.LayersAsync("include: [tzdata, passwd, ca-certificates]\nuser: 1000:1001");
        Assert.Contains("etc/passwd 644 0:0 root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:1000:1001:nonroot:/home/nonroot:/sbin/nologin\n", layers[0]);
        Assert.Contains("home/nonroot/ 700 1000:1001", layers[0]);
        Assert.Contains(layers[1], entry => entry.StartsWith("usr/share/zoneinfo/Europe/Berlin ", StringComparison.Ordinal));
        Assert.StartsWith("etc/ssl/certs/ca-certificates.crt 644 0:0 -----BEGIN CERTIFICATE-----", layers[2][^1], StringComparison.Ordinal);
    }
}
