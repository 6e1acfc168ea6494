// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Recipes.Tests;

/// <summary>Every mistake in a <c>drift.yaml</c> is told with its line and column, and no document is too hostile to be refused.</summary>
public sealed class ProjectErrorTests : IDisposable
{
    private readonly ProjectFolder _project = new();

    public void Dispose() => _project.Dispose();

    [Theory]
    [InlineData("name: a\nentrypiont: [/a]", "drift.yaml:2:1: 'entrypiont' is not a key here.", "Did you mean entrypoint?")]
    [InlineData("zzzzzzzz: 1", "drift.yaml:1:1: 'zzzzzzzz' is not a key here.", "Use one of: name, recipe,")]
    [InlineData("working_directory: /a", "drift.yaml:1:1: 'working_directory' is not a key here.", "Did you mean working-directory?")]
    [InlineData("layers:\n  - form: a\n    to: /a", "drift.yaml:2:5: 'form' is not a key here.", "Did you mean from?")]
    [InlineData("healthcheck:\n  tset: [NONE]", "drift.yaml:2:3: 'tset' is not a key here.", "Did you mean test?")]
    [InlineData("recipe: sites", "drift.yaml:1:9: 'sites' is not a recipe.", "Did you mean site?")]
    [InlineData("recipe: docker", "drift.yaml:1:9: 'docker' is not a recipe.", "Write one of: dotnet, assembly, site, executable, files.")]
    [InlineData("site: { fallbak: a }", "drift.yaml:1:9: 'fallbak' is not a key here.", "Did you mean fallback?")]
    [InlineData("site: { base: docs }", "drift.yaml:1:15: 'docs' is not a path that a site is below.", "Write it from /")]
    [InlineData("site: { base: /a/../b }", "drift.yaml:1:15: '/a/../b' is not a path that a site is below.", "Write it from /")]
    [InlineData("site: { headers: [a] }", "drift.yaml:1:18: This should be a map; it is a list.", "headers below it")]
    [InlineData("include: [passwd, tzdate]", "drift.yaml:1:19: 'tzdate' is not a layer to include.", "Did you mean tzdata?")]
    [InlineData("entrypoint: /server", "drift.yaml:1:13: This should be a list; it is a text.", "Write [ONE, TWO]")]
    [InlineData("environment: [A=1]", "drift.yaml:1:14: This should be a map; it is a list.", "NAME: VALUE")]
    [InlineData("environment: {'A=B': 1}", "drift.yaml:1:15: 'A=B' is not the name of a variable.", "NAME: VALUE")]
    [InlineData("labels: {a: [b]}", "drift.yaml:1:13: This should be a text; it is a list.", "\"\"")]
    [InlineData("user:\nname: a", "drift.yaml:1:6: This should be a user; it is empty.", "UID:GID")]
    [InlineData("git: yes", "drift.yaml:1:6: This should be true or false; it is 'yes'.", "without quotes")]
    [InlineData("git: 'true'", "drift.yaml:1:6: This should be true or false; it is 'true'.", "without quotes")]
    [InlineData("ports: [8080, 0]", "drift.yaml:1:15: '0' is not a port.", "from 1 to 65535")]
    [InlineData("ports: [70000]", "drift.yaml:1:9: '70000' is not a port.", "from 1 to 65535")]
    [InlineData("ports: [80/icmp]", "drift.yaml:1:9: '80/icmp' is not a port.", "/udp")]
    [InlineData("platforms: [arm64]", "drift.yaml:1:13: 'arm64' is not a platform.", "linux/arm64")]
    [InlineData("base: 'Debian:12 slim'", "drift.yaml:1:7: 'Debian:12 slim' is not the name of an image.", "scratch")]
    [InlineData("name: My_App", "drift.yaml:1:7: 'My_App' is not a repository name.", "lower-case")]
    [InlineData("compression: zstd:99", "drift.yaml:1:14: 'zstd:99' is not a compression.", "zstd:19")]
    [InlineData("stop-signal: TERM", "drift.yaml:1:14: 'TERM' is not a signal.", "SIGTERM")]
    [InlineData("working-directory: srv", "drift.yaml:1:20: 'srv' is not a path in the image.", "absolute")]
    [InlineData("healthcheck: {interval: 30, test: [NONE]}", "drift.yaml:1:25: '30' is not a duration.", "30s")]
    [InlineData("healthcheck: {interval: 1s1m, test: [NONE]}", "drift.yaml:1:25: '1s1m' is not a duration.", "30s")]
    [InlineData("healthcheck: {retries: -1, test: [NONE]}", "drift.yaml:1:24: This should be a number from 1 to 1000; it is '-1'.", "whole number")]
    [InlineData("healthcheck: {interval: 30s}", "drift.yaml:1:14: A health check has a test.", "CMD-SHELL")]
    [InlineData("assembly: {entry: 1st}", "drift.yaml:1:19: '1st' is not a symbol.", "digits")]
    [InlineData("assembly: {include: [../lib]}", "drift.yaml:1:22: '../lib' is not a path inside of the project.", "'..'")]
    [InlineData("assembly: {include: [lib]}", "drift.yaml:1:11: There is no folder lib to include from.", "make the folder")]
    [InlineData("assembly: {define: {-I: /etc}}", "drift.yaml:1:21: '-I' is not the name of a macro.", "NAME: VALUE")]
    [InlineData("assembly: {define: {A: \"a\\nb\"}}", "drift.yaml:1:24: 'a?b' is not the value of a macro.", "one line")]
    [InlineData("assembly: {defines: {}}", "drift.yaml:1:12: 'defines' is not a key here.", "Did you mean define?")]
    [InlineData("recipe: files\nassembly: {entry: main}", "drift.yaml:2:11: assembly means nothing for the files of drift.yaml.", "Leave it out")]
    [InlineData("recipe: files\nsource: a", "drift.yaml:1:1: The recipe files has no source.", "Leave source out")]
    [InlineData("- a", "drift.yaml:1:1: This should be a map; it is a list.", "KEY: VALUE")]
    [InlineData("? [a]\n: b", "drift.yaml:1:3: A key is a text; this is a list.", "KEY: VALUE")]
    public async Task A_mistake_is_told_with_its_place(string yaml, string message, string hint)
    {
        var error = await _project.FailAsync(yaml);
        Assert.Equal(message, error.Message);
        Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("to: /a", "drift.yaml:2:5: A layer has from and to, or archive")]
    [InlineData("from: a", "drift.yaml:2:5: from and to go together.")]
    [InlineData("{from: a, to: /a, archive: b}", "drift.yaml:2:5: A layer has from and to, or archive")]
    [InlineData("{from: ../a, to: /a}", "drift.yaml:2:12: '../a' is not a path inside of the project.")]
    [InlineData("{from: a/../../b, to: /a}", "drift.yaml:2:12: 'a/../../b' is not a path inside of the project.")]
    [InlineData("{from: /etc, to: /a}", "drift.yaml:2:12: '/etc' is not a path inside of the project.")]
    [InlineData("{from: a, to: /a/../b}", "drift.yaml:2:19: '/a/../b' is not a path in the image.")]
    [InlineData("{from: nothing, to: /a}", "drift.yaml:2:5: There is no nothing in ")]
    [InlineData("{archive: content}", "drift.yaml:2:5: There is no content in ")]
    [InlineData("{from: content, to: /a, mode: 9}", "drift.yaml:2:35: '9' is not a mode.")]
    [InlineData("{from: content, to: /a, mode: 77777}", "drift.yaml:2:35: '77777' is not a mode.")]
    [InlineData("{from: content, to: /a, mode: 644, keep-modes: true}", "drift.yaml:2:5: mode and keep-modes exclude each other.")]
    [InlineData("{from: content, to: /a, owner: root}", "drift.yaml:2:36: 'root' is not an owner.")]
    [InlineData("{from: content, to: /a, owner: '1:2:3'}", "drift.yaml:2:36: '1:2:3' is not an owner.")]
    [InlineData("{from: content, to: /a, split: 65}", "drift.yaml:2:36: This should be a number from 1 to 64; it is '65'.")]
    [InlineData("{from: content, to: /a, ignore: ['[a']}", "drift.yaml:2:38: '[a' is not a pattern.")]
    [InlineData("{from: content/file, to: /a, split: 2}", "drift.yaml:2:5: content/file is one file: split, ignore and keep-xattrs are for folders.")]
    [InlineData("{archive: content/file, keep-xattrs: true}", "drift.yaml:2:5: keep-xattrs means nothing for this kind of layer.")]
    [InlineData("{delete: [/a], mode: 755}", "drift.yaml:2:5: mode means nothing for this kind of layer.")]
    [InlineData("{delete: [/]}", "drift.yaml:2:15: '/' is not a path in the image.")]
    [InlineData("{delete: [/a], directories: [/a]}", "drift.yaml:2:5: /a is both hidden and added")]
    [InlineData("{directories: [/a, /a/]}", "drift.yaml:2:5: /a is added twice.")]
    [InlineData("{links: {/.wh.a: b}}", "drift.yaml:2:14: '/.wh.a' is not a path in the image.")]
    [InlineData("{from: outside, to: /a}", "drift.yaml:2:5: outside is a link that leaves the project, or leads in a circle.")]
    [InlineData("{from: circle, to: /a}", "drift.yaml:2:5: circle is a link that leaves the project, or leads in a circle.")]
    public async Task A_layer_that_cannot_be_is_told_with_its_place(string layer, string message)
    {
        _project.Write("content/file", "file");
        File.CreateSymbolicLink(_project.Combine("outside"), "/etc");
        File.CreateSymbolicLink(_project.Combine("circle"), "circle");
        Assert.StartsWith(message, (await _project.FailAsync("layers:\n  - " + layer)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: &a [x, x]\nb: [*a, *a]", "1:4: Anchors (&name) are not read.")]
    [InlineData("user: *a", "1:7: Aliases (*name) are not read.")]
    [InlineData("name: a\n<<: {user: b}", "2:1: Merge keys (<<) are not read.")]
    [InlineData("environment:\n  <<: {A: b}", "2:3: Merge keys (<<) are not read.")]
    [InlineData("name: !!str a", "1:7: Tags (!name) are not read.")]
    [InlineData("name: a\nuser: b\nname: c", "3:1: 'name' is here twice.")]
    [InlineData("labels:\n  a: b\n  'a': c", "3:3: 'a' is here twice.")]
    [InlineData("name: a\n---\nname: b", "2:1: There is a second document.")]
    [InlineData("name: \"\\0\"", "1:7: This text has a NUL, or half of a surrogate pair.")]
    [InlineData("environment:\n\tA: b", "This is not YAML")]
    [InlineData("name: [", "This is not YAML")]
    [InlineData("user: a\nname: \"\\U92337758\"", "2:5: What follows here is not YAML.")]
    [InlineData("name: \"\\ud83d\\ua\"", "1:5: What follows here is not YAML.")]
    [InlineData("name: \"\\ud800\"", "1:7: ")]
    public async Task What_hides_something_or_is_no_YAML_is_refused(string yaml, string message)
    {
        Assert.Contains(message, (await _project.FailAsync(yaml)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", 600_000, "deeper than 16 levels")]
    [InlineData("{a: ", 200_000, "deeper than 16 levels")]
    [InlineData("- ", 400_000, "deeper than 16 levels")]
    [InlineData("? ", 400_000, "deeper than 16 levels")]
    [InlineData("# comment\n", 1_000_000, "larger than 1048576 bytes")]
    [InlineData("a", 1_000_000, "")]
    [InlineData("- a\n", 20_000, "drift.yaml:10000:3: There are more than 10000 values before this one.")]
    public async Task A_deep_or_large_file_is_refused(string part, int count, string message)
    {
        Assert.Contains(message, (await _project.FailAsync(new StringBuilder().Insert(0, part, count).ToString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_UTF_8_is_told_with_its_place()
    {
        File.WriteAllBytes(_project.Combine("drift.yaml"), [.. "name: a\nuser: é"u8, 0xff]);
        var error = Assert.Throws<DriftException>(() => Recipe.Detect(_project.Path));
        Assert.EndsWith("drift.yaml:2:8: This is not UTF-8.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", ErrorCode.UnrecognisedSource, "nothing that Drift can turn into an image")]
    [InlineData("recipe: site", ErrorCode.UnrecognisedSource, "is not what the recipe site builds")]
    [InlineData("source: nowhere", ErrorCode.SourceNotFound, "which drift.yaml names as source")]
    [InlineData("source: outside", ErrorCode.InvalidProject, "leaves the project")]
    [InlineData("source: page\nbase: debian:12", ErrorCode.NotSupported, "takes no base")]
    public void A_source_that_does_not_fit_is_told(string yaml, ErrorCode code, string message)
    {
        _project.Write("page/index.html", "page");
        File.CreateSymbolicLink(_project.Combine("outside"), "/etc");
        var error = Assert.Throws<DriftException>(() => _project.Detect(yaml));
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
