// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary>The options of <c>drift registry</c>, and how their values are written.</summary>
internal static class RegistryServeOptions
{
    public static Option<string?> Storage() => new("--storage") { Description = "The folder to store in [default: $XDG_DATA_HOME/drift/registry]", HelpName = "DIR" };

    /// <summary>The folder that is named, or the user's data folder (XDG Base Directory Specification).</summary>
    public static string StorageOf(string? named, CliHost host) => Path.GetFullPath(named ?? Path.Combine(
        host.Variable("XDG_DATA_HOME") ?? Path.Combine(host.Variable("HOME") ?? ".", ".local", "share"), "drift", "registry"));

    public static Option<LogFormat> Log() => new ChoiceOption<LogFormat>("--log", ("text", LogFormat.Text), ("json", LogFormat.Json))
    {
        Description = "Write each request to standard error [default: only what goes wrong]",
    };

    public static Option<Uri?> Upstream()
    {
        var option = new Option<Uri?>("--upstream") { Description = "Mirror this registry, for example https://registry-1.docker.io: fetch from it what is missing, and keep it", HelpName = "URL" };
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            // As in a reference, this machine is asked without encryption.
            var isLocal = text.StartsWith("localhost", StringComparison.Ordinal) || text.StartsWith("127.", StringComparison.Ordinal);
            var url = text.Contains("://", StringComparison.Ordinal) ? text : $"{(isLocal ? "http" : "https")}://{text}";
            if (Uri.TryCreate(url, UriKind.Absolute, out var upstream) && upstream is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "" }) return upstream;
            result.AddError($"'{text}' is not a registry: --upstream takes an address such as https://registry-1.docker.io or localhost:5000.");
            return null;
        };
        return option;
    }
}
