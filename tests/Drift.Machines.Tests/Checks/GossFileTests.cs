// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>What a goss file may hold, and what is said of one that is wrong.</summary>
public sealed class GossFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("package:\n  sshd: { instaled: true }", ":2:11: 'instaled' is not a key of package.", "Did you mean installed?")]
    [InlineData("pakage:\n  sshd: { installed: true }", ":1:1: 'pakage' is not a resource of goss.", "Did you mean package?")]
    [InlineData("file:\n  /a: { exists: true }\n  /b: { exists: true }\n  /a: { exists: false }", ":4:3: '/a' is here twice.", "Keep one of the two.")]
    [InlineData("file: { /a: { exists: true } }\nuser: { a: { exists: true } }\nfile: { /b: { exists: true } }", ":3:1: 'file' is here twice.", "Keep one of the two.")]
    [InlineData("file:\n  /a: { mode: '0644' }", ":2:3: The file '/a' does not say what 'exists' is to be.", "Write exists: … below it.")]
    [InlineData("file:\n  /a: { exists: true, mode: 0644 }", ":2:29: 0644 is a number that begins with 0, which some take for octal.", "Put it into quotes.")]
    [InlineData("file:\n  /a: { exists: { nott: true } }", ":2:19: 'nott' is not a matcher.", "Did you mean not?")]
    [InlineData("file:\n  /a: { exists: true, size: { gt: 1, lt: 3 } }", ":2:29: There are 2 matchers here.", "Write one; several go into a list under 'and'.")]
    [InlineData("file:\n  /a: { exists: true, contents: ['/a(/'] }", ":2:33: 'a(' is not a pattern of Go.", "Write it as Go does")]
    [InlineData("command:\n  a: { exit-status: 0, stdout: { gjson: { a: b } } }", ":2:34: The matcher gjson is not evaluated.", "Compare texts")]
    [InlineData("command:\n  a: { exit-status: 0, timeout: 5s }", ":2:33: This is not a whole number.", "Write a number")]
    [InlineData("command:\n  a: { exit-status: 0, timeout: 999999999 }", ":2:33: This is not a time.", "Write milliseconds")]
    [InlineData("interface:\n  eth0: { exists: true }", ":1:1: The resource interface is not evaluated.", "Let a command ask")]
    [InlineData("file:\n  - /a", ":2:3: This is a list, where a map of file is expected.", "Write KEY")]
    [InlineData("file:\n  /a: true", ":2:7: The file '/a' is a text, where a map is expected.", "Write exists")]
    [InlineData("file:\n  /a: &a { exists: true }\n  /b: *a", ":2:7: Anchors (&name) are not read.", "Leave the anchor out.")]
    [InlineData("file:\n  {{ .Vars.path }}: { exists: true }", ":2: Templates ({{ … }}) are not evaluated.", "Write what goss render prints of the file.")]
    [InlineData("file: [", "is not YAML", "Correct the line")]
    [InlineData("title: nothing\n", "'title' is not a resource of goss.", "Use one of: addr")]
    [InlineData("# nothing\n", " has no checks.", "Write what is to be checked")]
    public void Mistake_is_told_with_its_place(string goss, string message, string hint)
    {
        var error = Assert.Throws<DriftException>(() => GossFile.Read(_folder.Write("goss.yaml", goss)));
        Assert.Equal(ErrorCode.InvalidProject, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
        Assert.Contains("goss.yaml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_too_large_or_too_deep_is_refused()
    {
        var large = _folder.Write("large.yaml", new string('#', YamlDocument.MaximumSize + 1));
        Assert.Contains("is larger than", Assert.Throws<DriftException>(() => GossFile.Read(large)).Message, StringComparison.Ordinal);
        var deep = _folder.Write("deep.yaml", "file: { /a: { exists: " + string.Concat(Enumerable.Repeat("{ not: ", 100_000)));
        Assert.Contains("This is deeper than 16 levels", Assert.Throws<DriftException>(() => GossFile.Read(deep)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_included_in_their_order()
    {
        _folder.Write("parts/b.yaml", "file: { /b: { exists: true } }");
        _folder.Write("parts/a.yaml", "file: { /a: { exists: true } }\ngossfile: { more/deep.yaml: {} }");
        _folder.Write("parts/more/deep.yaml", "file: { /deep: { exists: true } }");
        _folder.Write("left-out.yaml", "nonsense: {}");
        var checks = GossFile.Read(_folder.Write("goss.yaml", """
            gossfile:
              parts/*.yaml: {}
              other: { file: left-out.yaml, skip: true }
            file: { /own: { exists: true } }
            """));
        Assert.Equal(["/a", "/deep", "/b", "/own"], checks.Select(check => check.Id));
    }

    [Theory]
    [InlineData("gossfile: { goss.yaml: {} }", "'goss.yaml' includes itself.")]
    [InlineData("gossfile: { loop.yaml: {} }", "'goss.yaml' includes itself.")]
    [InlineData("gossfile: { ../outside.yaml: {} }", "is outside of")]
    [InlineData("gossfile: { /etc/passwd: {} }", "is outside of")]
    [InlineData("gossfile: { link.yaml: {} }", "is outside of")]
    [InlineData("gossfile: { nothing.yaml: {} }", "There is no nothing.yaml.")]
    [InlineData("gossfile: { 'no*.yaml': {} }", "'no*.yaml' matches no file.")]
    [InlineData("gossfile: { twice.yaml: {} }\nfile: { /a: { exists: true } }", "The file '/a' is in")]
    [InlineData("gossfile: { twice.yaml: { skp: true } }", "'skp' is not a key of gossfile.")]
    public void Include_that_goes_wrong_is_an_error(string goss, string message)
    {
        _folder.Write("outside.yaml", "file: { /a: { exists: true } }");
        _folder.Write("in/loop.yaml", "gossfile: { goss.yaml: {} }");
        _folder.Write("in/twice.yaml", "file: { /a: { exists: true } }");
        File.CreateSymbolicLink(_folder.Combine("in/link.yaml"), "../outside.yaml");
        var error = Assert.Throws<DriftException>(() => GossFile.Read(_folder.Write("in/goss.yaml", goss)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_without_end_are_bounded()
    {
        for (var i = 0; i < 70; i++) _folder.Write($"f{i}.yaml", $"gossfile: {{ f{i + 1}.yaml: {{}} }}");
        var error = Assert.Throws<DriftException>(() => GossFile.Read(_folder.Combine("f0.yaml")));
        Assert.Contains("there are more than 64 files", error.Message, StringComparison.Ordinal);
    }
}
