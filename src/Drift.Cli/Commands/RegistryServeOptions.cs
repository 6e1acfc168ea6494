// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Drift.Cli;

/// <summary>The options of <c>drift registry</c>, and how their values are written.</summary>
internal static class RegistryServeOptions
{
    public static Option<string?> Storage() => new("--storage") { Description = "The folder to store in [default: $XDG_DATA_HOME/drift/registry]", HelpName = "DIR" };

    /// <summary>The folder that is named, or the user's data folder (XDG Base Directory Specification).</summary>
    public static string StorageOf(string? named, CliHost host) => Path.GetFullPath(named ?? Path.Combine(
        host.Variable("XDG_DATA_HOME") ?? Path.Combine(host.Variable("HOME") ?? ".", ".local", "share"), "drift", "registry"));

    public static Option<TimeSpan?> Time(string name, string description)
    {
        var option = new Option<TimeSpan?>(name) { Description = description, HelpName = "TIME" };
        option.CustomParser = result => Read<TimeSpan>(result, name, "time", "a number with s, m, h or d, for example 30m", GcCommand.TryParse);
        return option;
    }

    public static Option<long?> Size(string name, string description)
    {
        var option = new Option<long?>(name) { Description = description, HelpName = "SIZE" };
        option.CustomParser = result => Read<long>(result, name, "size", "a number with KiB, MiB, GiB or TiB, for example 10GiB", ParseSize);
        return option;
    }

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

    private static T? Read<T>(ArgumentResult result, string name, string kind, string form, Func<string, T?> parse)
        where T : struct
    {
        var text = result.Tokens[0].Value;
        if (parse(text) is { } value) return value;
        result.AddError($"'{text}' is not a {kind}: {name} takes {form}.");
        return null;
    }

    private static long? ParseSize(string text)
    {
        var digits = text.AsSpan().TrimEnd("iBKMGT");
        var power = text[digits.Length..] switch { "" or "B" => 0, "K" or "KiB" => 1, "M" or "MiB" => 2, "G" or "GiB" => 3, "T" or "TiB" => 4, _ => -1 };
        return power >= 0 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1L << 22 ? number << (10 * power) : null;
    }
}
