// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift completion</c>: what the shells make of its scripts, on a terminal where someone types.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bash", "bash --norc --noprofile -i", "true")]
    [InlineData("zsh", "zsh -f -i", "autoload -Uz compinit && compinit -D -u")]
    public async Task A_shell_completes_commands_options_their_words_and_files(string shell, string command, string start)
    {
        Need.Program("script");
        Need.Program(shell);
        _folder.Write("archive.tar", "");
        // What was typed while the shell did something else is read when it comes back.
        var typing = $"""
            printf 'cd {_folder.Path}; {start}; source <(drift completion {shell})\r'
            printf 'drift regis\tser\t--quo\t5 --progress js\t\r'
            until [ -s '{_folder.Combine("ran")}' ]; do sleep 0.05; done
            printf 'drift push arch\t\r'
            until grep -q archive.tar '{_folder.Combine("ran")}'; do sleep 0.05; done
            printf 'exit\r'
            """;
        await ProcessRun.RunAsync("bash", ["-c", $"( {typing} ) | script -qefc '{command}' '{_folder.Combine("seen")}'"], environment: Environment(), cancellationToken: Cancelled);
        Assert.Equal(["registry serve --quota 5 --progress json", "push archive.tar"], await File.ReadAllLinesAsync(_folder.Combine("ran"), Cancelled));
    }

    [Fact]
    public async Task Fish_completes_too()
    {
        Need.Program("fish");
        Assert.Equal("registry\n", await FishAsync("drift regis"));
        Assert.Equal("docker\noci\n", await FishAsync("/usr/bin/drift push --format "));
        _folder.Write("archive.tar", "");
        Assert.Equal("archive.tar\n", await FishAsync("drift push arch"));
        Assert.DoesNotContain("/?", await FishAsync("drift "), StringComparison.Ordinal);
    }

    private async Task<string> FishAsync(string line) =>
        (await ProcessRun.RunAsync("fish", ["--no-config", "-c", $"cd {_folder.Path}; drift completion fish | source; complete --do-complete '{line}'"], environment: Environment(), cancellationToken: Cancelled)).EnsureSuccess().Output;

    /// <summary>Where drift completes, and otherwise writes down what it was asked for.</summary>
    private Dictionary<string, string?> Environment()
    {
        _folder.WriteProgram("bin/drift", $"""
            #!/bin/sh
            case $1 in '['*|completion) exec dotnet '{ProjectRoot.Combine("artifacts", "tool", "drift.dll")}' "$@" ;; esac
            echo "$@" >> '{_folder.Combine("ran")}'

            """);
        return new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PATH"] = _folder.Combine("bin") + Path.PathSeparator + System.Environment.GetEnvironmentVariable("PATH"),
            ["TERM"] = "xterm",
            ["HOME"] = _folder.Path,
            ["XDG_CONFIG_HOME"] = _folder.Combine("config"),
            ["XDG_DATA_HOME"] = _folder.Combine("data"),
        };
    }
}
