// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>Finds out what a property of a resource is.</summary>
/// <param name="machine">Where.</param>
internal abstract class Inspector(IInspectedMachine machine)
{
    /// <summary>Where it looks.</summary>
    protected IInspectedMachine Machine { get; } = machine;

    /// <summary>The property's value.</summary>
    /// <exception cref="CheckException">It cannot be found out.</exception>
    /// <exception cref="NotCheckableException">There is nothing to ask on this machine.</exception>
    public abstract Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken);

    /// <summary>Refuses a folder.</summary>
    protected void NeedsMachine(string what)
    {
        if (!Machine.IsUp) throw new NotCheckableException($"{what} cannot be told from a folder");
    }

    protected static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
