// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary><c>drift schema</c></summary>
internal sealed class SchemaCommand : Command
{
    public SchemaCommand(CliHost host)
        : base("schema", "Print the JSON schema of drift.yaml, for editors")
    {
        SetAction(_ => host.Output.Write(ProjectSchema.Text));
    }
}
