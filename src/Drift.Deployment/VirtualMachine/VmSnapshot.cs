// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Deployment;

/// <summary>What a machine says about an application.</summary>
internal sealed record VmSnapshot
{
    public bool HasNft { get; private init; }

    /// <summary>Where nft sends new connections now; null for nowhere.</summary>
    public int? Active { get; private init; }

    /// <summary>Where it would after a reboot; null for nowhere.</summary>
    public int? Saved { get; private init; }

    /// <summary>Whether the machine reads the saved rules when it starts.</summary>
    public bool ReadsAtBoot { get; private init; }

    public VmState? State { get; private init; }

    /// <summary>The ports of other applications: the one in front, and the two behind it.</summary>
    public IReadOnlyList<(int Front, int Blue, int Green)> Others { get; private init; } = [];

    public Colour? ActiveColour => Active is not { } port || State is null ? null : port == State.Blue ? Colour.Blue : port == State.Green ? Colour.Green : null;

    public static async Task<VmSnapshot> ReadAsync(SwitchSession session, CancellationToken cancellationToken)
    {
        var lines = (await session.SendAsync("show", cancellationToken).ConfigureAwait(false)).Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new VmSnapshot
        {
            HasNft = lines["nft"].Contains("yes", StringComparer.Ordinal),
            Active = Port(lines["active"].FirstOrDefault()),
            Saved = Port(lines["saved"].FirstOrDefault()),
            ReadsAtBoot = lines["boot"].Contains("yes", StringComparer.Ordinal),
            State = lines["state"].FirstOrDefault() is { } text ? VmState.Parse(text) : null,
            Others = [.. lines["other"].Select(Ports).OfType<(int, int, int)>()],
        };
    }

    private static (int Front, int Blue, int Green)? Ports(string text) =>
        text.Split(' ').Select(Port).ToArray() is [{ } front, { } blue, { } green] ? (front, blue, green) : null;

    private static int? Port(string? text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;
}
