// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A name that the machine resolves, by its own resolver or, with <c>dig</c>, by a server's answer.</summary>
internal sealed class NameInspector(IInspectedMachine machine) : Inspector(machine)
{
    private static readonly string[] Types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SRV", "TXT"];
    private readonly ConcurrentDictionary<Check, Task<string[]>> _answers = [];

    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        NeedsMachine("what names lead to");
        var answers = await _answers.GetOrAdd(check, check => AskAsync(check, cancellationToken)).ConfigureAwait(false);
        return property == "resolvable" ? answers.Length > 0 : Texts(answers);
    }

    private async Task<string[]> AskAsync(Check check, CancellationToken cancellationToken)
    {
        var parts = check.Target.Split(':', 2);
        var (type, name) = parts.Length == 2 && Types.Contains(parts[0]) ? (parts[0], parts[1]) : ("", check.Target);
        var command = check.Setting("server") is { } server ? Dig(server, type, name)
            : type.Length == 0 ? $"getent ahosts -- {ShellMachine.Quote(name)}"
            : throw new CheckException("a record of a type needs the attribute server");
        var output = await Machine.RunAsync(command, check.Timeout, cancellationToken).ConfigureAwait(false);
        if (output.ExitCode == 127) throw new NotCheckableException($"the machine has no {command.Split(' ')[0]}");
        return [.. output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith(';'))
            .Select(line => command.StartsWith("getent", StringComparison.Ordinal) ? line.Split(' ')[0] : line).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static string Dig(string server, string type, string name)
    {
        var port = server.Count(c => c == ':') == 1 ? server.Split(':')[1] : "53";
        var host = server.Count(c => c == ':') == 1 ? server.Split(':')[0] : server;
        return $"dig +short +tries=1 -p {ShellMachine.Quote(port)} {ShellMachine.Quote("@" + host)} {(type == "PTR" ? "-x" : $"-t {(type.Length > 0 ? type : "A")} -q")} {ShellMachine.Quote(name)}";
    }
}
