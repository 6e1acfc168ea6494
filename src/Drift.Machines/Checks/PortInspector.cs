// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>Sockets that listen, as proc(5) lists them: <c>tcp:22</c>, <c>tcp6:22</c>, <c>udp:53</c>, <c>udp6:53</c>; a number alone is of tcp.</summary>
internal sealed class PortInspector(IInspectedMachine machine, MachineFiles files) : Inspector(machine)
{
    private const string Listens = "0A";

    public override async Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken)
    {
        NeedsMachine("what listens");
        var parts = check.Target.Split(':');
        var (network, text) = parts.Length == 1 ? ("tcp", parts[0]) : (parts[0], parts[1]);
        if (parts.Length > 2 || network is not ("tcp" or "tcp6" or "udp" or "udp6") || !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            throw new CheckException($"{check.Target} is no port: write tcp:22, tcp6:22, udp:53 or udp6:53");
        }
        var addresses = Addresses(await files.FindLinesAsync($"/proc/net/{network}", cancellationToken).ConfigureAwait(false) ?? [], port, network.StartsWith("tcp", StringComparison.Ordinal));
        return property == "listening" ? addresses.Count > 0 : Texts(addresses);
    }

    private static List<string> Addresses(string[] lines, int port, bool isTcp)
    {
        var end = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return [.. lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 3 && fields[1].EndsWith(end, StringComparison.Ordinal) && (!isTcp || fields[3] == Listens))
            .Select(fields => Address(fields[1][..^end.Length]))];
    }

    // Words of four bytes, each in the order of the processor; both that Drift knows begin with the low byte.
    private static string Address(string hexadecimal)
    {
        try
        {
            var bytes = Convert.FromHexString(hexadecimal);
            for (var i = 0; i + 4 <= bytes.Length; i += 4) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i), BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(i)));
            return new IPAddress(bytes).ToString();
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new CheckException($"'{YamlDocument.Shown(hexadecimal)}' is no address");
        }
    }
}
