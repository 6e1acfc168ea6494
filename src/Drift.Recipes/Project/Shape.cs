// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Recipes;

/// <summary>What a value of the project file looks like: how it is read, and how a JSON schema says the same.</summary>
internal abstract class Shape<T>
{
    /// <summary>Reads a value.</summary>
    /// <exception cref="Drift.Oci.DriftException">It does not look like this; the message says where it is.</exception>
    public abstract T Read(YamlNode node);

    /// <summary>The JSON schema (draft 2020-12) of the value.</summary>
    public abstract JsonObject Schema();
}
