// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>An address that the machine can connect to by TCP, which its bash tries.</summary>
internal sealed class AddressInspector(IInspectedMachine machine) : Inspector(machine)
{
    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        NeedsMachine("what can be reached");
        if (check.Setting("local-address") is not null) throw new NotCheckableException("a local address cannot be chosen");
        if (!Uri.TryCreate(check.Target, UriKind.Absolute, out var address) || address.Scheme != "tcp" || address.Port <= 0) throw new CheckException($"{check.Target} is no address: write tcp://HOST:PORT");
        var target = string.Create(CultureInfo.InvariantCulture, $"/dev/tcp/{address.IdnHost.Trim('[', ']')}/{address.Port}");
        try
        {
            var output = await Machine.RunAsync($"bash -c {ShellMachine.Quote($"exec 3<>{ShellMachine.Quote(target)}")}", check.Timeout, cancellationToken).ConfigureAwait(false);
            return output.ExitCode != 127 ? output.ExitCode == 0 : throw new NotCheckableException("the machine has no bash");
        }
        catch (CheckException)
        {
            // It took too long, and is not reached.
            return false;
        }
    }
}
