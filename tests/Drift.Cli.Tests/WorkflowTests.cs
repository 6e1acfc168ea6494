// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using Drift.TestKit;
using YamlDotNet.RepresentationModel;

namespace Drift.Cli.Tests;

/// <summary>The project's own workflows: nothing that another may change, no right that is not needed, and no command that is not there.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(ProjectRoot.Combine(".github", "workflows")).Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Actions_are_pinned_rights_are_least_and_inputs_are_no_code(string file)
    {
        var workflow = Read(file);
        Assert.Empty(((YamlMappingNode)workflow["permissions"]).Children);
        Assert.NotEmpty(workflow["concurrency"]["group"].ToString());
        foreach (var (name, job) in ((YamlMappingNode)workflow["jobs"]).Children)
        {
            Assert.True(int.Parse(job["timeout-minutes"].ToString(), System.Globalization.CultureInfo.InvariantCulture) <= 90, $"{name} has no time-out");
            Assert.DoesNotContain("write-all", job["permissions"].ToString(), StringComparison.Ordinal);
            foreach (var step in (YamlSequenceNode)job["steps"])
            {
                var keys = ((YamlMappingNode)step).Children;
                if (keys.TryGetValue("uses", out var action))
                {
                    Assert.Matches("^[a-z-]+/[a-z-]+@[0-9a-f]{40}$", action.ToString());
                    if (action.ToString().StartsWith("actions/checkout@", StringComparison.Ordinal)) Assert.Equal("false", step["with"]["persist-credentials"].ToString());
                }
                if (keys.TryGetValue("run", out var run)) Assert.DoesNotContain("${{", run.ToString(), StringComparison.Ordinal);
            }
        }
        // A reader sees which version a commit is.
        Assert.All(Uses().Matches(Text(file)), line => Assert.Matches(@"# v\d+\.\d+\.\d+$", line.Value.TrimEnd()));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_command_of_the_project_is_there(string file)
    {
        foreach (Match script in Scripts().Matches(Text(file))) Assert.True(File.Exists(ProjectRoot.Combine(script.Value)), $"{script.Value} is not there");
        foreach (Match command in Commands().Matches(Text(file)))
        {
            var help = await DriftTool.RunAsync([.. command.Groups["name"].Value.Split(' '), "--help"], TestContext.Current.CancellationToken);
            Assert.Equal(0, help.ExitCode);
            foreach (Match option in Options().Matches(command.Value)) Assert.Contains(option.Value, help.Output, StringComparison.Ordinal);
        }
    }

    private static string Text(string file) => File.ReadAllText(ProjectRoot.Combine(".github", "workflows", file));

    private static YamlNode Read(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Text(file)));
        return stream.Documents.Single().RootNode;
    }

    [GeneratedRegex("uses: .*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uses();

    [GeneratedRegex(@"(?<=[ (])(eng|\.ci)/[a-z-]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Scripts();

    [GeneratedRegex(@"\./drift (?<name>[a-z]+( [a-z]+(?= |$))*).*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Commands();

    [GeneratedRegex("--[a-z][a-z-]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Options();
}
