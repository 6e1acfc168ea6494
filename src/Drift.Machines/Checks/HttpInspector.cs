// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>What a URL answers to the machine's own curl. What it asks with goes through curl's input, so that the machine's other users do not see a password.</summary>
internal sealed class HttpInspector(IInspectedMachine machine) : Inspector(machine)
{
    private const int MaximumRedirects = 10;
    private static readonly (string Setting, string Option)[] Options =
        [("request-body", "data-raw"), ("ca-file", "cacert"), ("cert-file", "cert"), ("key-file", "key"), ("proxy", "proxy"), ("method", "request")];

    private readonly ConcurrentDictionary<Check, Task<(int, string, string)>> _answers = [];

    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        NeedsMachine("what answers");
        var (status, headers, body) = await _answers.GetOrAdd(check, check => AskAsync(check, cancellationToken)).ConfigureAwait(false);
        return property switch { "status" => status, "headers" => headers, _ => body };
    }

    private async Task<(int Status, string Headers, string Body)> AskAsync(Check check, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(check.Target, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) throw new CheckException($"{check.Target} is no URL of http or https");
        var output = await Machine.RunAsync("curl --disable --config -", check.Timeout + TimeSpan.FromSeconds(1), cancellationToken, Configuration(check)).ConfigureAwait(false);
        if (output.ExitCode == 127) throw new NotCheckableException("the machine has no curl");
        if (output.ExitCode != 0) throw new CheckException(output.Error.Trim());
        // Of several answers, which redirects and 100 are, the last one counts.
        var (head, body) = ("", output.Text);
        while (body.StartsWith("HTTP/", StringComparison.Ordinal) && body.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var end) (head, body) = (body[..end], body[(end + 4)..]);
        var lines = head.Split("\r\n");
        return lines[0].Split(' ') is [_, var status, ..] && int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, string.Join('\n', lines[1..]) + "\n", body)
            : throw new CheckException("curl's answer cannot be understood");
    }

    private static string Configuration(Check check)
    {
        var lines = new StringBuilder("silent\nshow-error\ninclude\ngloboff\nproto = \"=http,https\"\n");
        Add("url", check.Target);
        lines.Append(CultureInfo.InvariantCulture, $"max-time = {check.Timeout.TotalSeconds:0.###}\n");
        if (check.Has("allow-insecure")) lines.Append("insecure\n");
        if (!check.Has("no-follow-redirects")) lines.Append(CultureInfo.InvariantCulture, $"location\nmax-redirs = {MaximumRedirects}\n");
        foreach (var header in check.Setting("request-headers")?.Split('\n') ?? []) Add("header", header);
        foreach (var (setting, option) in Options)
        {
            if (check.Setting(setting) is { } value) Add(option, value);
        }
        // With a body curl would send POST, where goss sends GET.
        if (check.Setting("method") is null) lines.Append("request = \"GET\"\n");
        if (check.Setting("username") is { } user) Add("user", $"{user}:{check.Setting("password")}");
        return lines.ToString();

        void Add(string option, string value) => lines.Append(option).Append(" = \"").Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)).Append("\"\n");
    }
}
