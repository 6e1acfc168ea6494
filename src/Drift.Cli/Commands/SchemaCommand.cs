// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary><c>drift schema [sync]</c></summary>
internal sealed class SchemaCommand : Command
{
    public SchemaCommand(CliHost host)
        : base("schema", "Print the JSON schema of drift.yaml, or of the file that drift sync reads, for editors")
    {
        var file = new Argument<string>("FILE") { Description = "project or sync", DefaultValueFactory = static _ => "project" };
        file.AcceptOnlyFromAmong("project", "sync");
        Arguments.Add(file);
        SetAction(result => host.Output.Write(result.GetRequiredValue(file) == "sync" ? SyncFile.Schema : ProjectSchema.Text));
    }
}
