// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using Drift.TestKit;
using YamlDotNet.RepresentationModel;

namespace Drift.Machines.Tests;

/// <summary>The templates as Packer and Terraform themselves read them, as far as they can without plugins.</summary>
public sealed partial class TemplateProgramTests : IDisposable
{
    private static readonly Dictionary<string, string?> Quiet = new(StringComparer.Ordinal) { ["CHECKPOINT_DISABLE"] = "1", ["TF_CLI_CONFIG_FILE"] = "/dev/null", ["TF_IN_AUTOMATION"] = "1" };
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(TemplateTests.PackerFiles), MemberType = typeof(TemplateTests))]
    public async Task Packer_finds_the_templates_formatted_and_reads_them(string file)
    {
        var packer = Need.Program("packer");
        (await ProcessRun.RunAsync(packer, ["fmt", "-check", "-diff", ProjectRoot.Combine(file)], environment: Quiet, cancellationToken: Cancelled)).EnsureSuccess();
        // Debian's does not know what plugins.pkr.hcl says.
        if (!file.EndsWith("plugins.pkr.hcl", StringComparison.Ordinal)) (await ProcessRun.RunAsync(packer, ["validate", "-syntax-only", ProjectRoot.Combine(file)], environment: Quiet, cancellationToken: Cancelled)).EnsureSuccess();
    }

    [Theory]
    [MemberData(nameof(TemplateTests.PackerFiles), MemberType = typeof(TemplateTests))]
    public void Every_file_that_a_template_uploads_or_runs_is_there(string file)
    {
        var names = OwnFiles().Matches(File.ReadAllText(ProjectRoot.Combine(file))).Select(match => match.Groups["name"].Value).ToArray();
        Assert.All(names, name => Assert.True(File.Exists(ProjectRoot.Combine("packer", name)), $"{name} is not there"));
        if (!file.EndsWith("plugins.pkr.hcl", StringComparison.Ordinal)) Assert.Equal(["scripts/harden.sh", "goss/base.goss.yaml", "goss/tailscale.goss.yaml", "scripts/goss.sha256", "scripts/run-goss.sh", "scripts/seal.sh"], names);
    }

    [Fact]
    public async Task Terraform_finds_its_files_formatted() =>
        (await ProcessRun.RunAsync(Need.ForeignProgram("terraform"), ["fmt", "-check", "-diff", ProjectRoot.Combine("terraform")], environment: Quiet, cancellationToken: Cancelled)).EnsureSuccess();

    [Theory]
    [InlineData("", null)]
    [InlineData("ocpus = 1\nother_ocpus = 1\nmemory_gb = 6\nother_memory_gb = 6\nboot_gb = 50\nother_volumes_gb = 150", null)]
    [InlineData("ocpus = 2\nother_ocpus = 1", "2 OCPUs of A1 are free")]
    [InlineData("memory_gb = 13", "12 GB of A1 are free")]
    [InlineData("boot_gb = 49", "A boot volume has 50 GB at least")]
    [InlineData("boot_gb = 100\nother_volumes_gb = 101", "200 GB of volumes are free")]
    [InlineData("ssh_sources = []", "Give at least one CIDR block")]
    [InlineData("ssh_sources = [\"203.0.113.7\"]", "Give at least one CIDR block")]
    [InlineData("ssh_sources = null", "ssh_sources")]
    [InlineData("ssh_public_keys = [\"-----BEGIN OPENSSH PRIVATE KEY-----\"]", "never a private one")]
    [InlineData("image_id = \"ocid1.bootvolume.oc1..a\"", "The OCID of an image begins with ocid1.image.")]
    [InlineData("region = \"lhr\"", "The region must look like uk-london-1.")]
    [InlineData("budget_amount = 5", "needs budget_recipients")]
    [InlineData("quota_scope = \"tenancy where x\"", "The scope must be")]
    [InlineData("name = \"Drift-1\"", "The name must be")]
    public async Task Terraform_refuses_what_is_not_free_or_not_safe(string settings, string? refusal)
    {
        foreach (var file in (ReadOnlySpan<string>)["variables.tf", "cloud-init.yaml.tftpl"]) File.Copy(ProjectRoot.Combine("terraform", file), _folder.Combine(file));
        var names = settings.Split('\n').Select(line => line.Split(" =")[0]).ToArray();
        _folder.Write("terraform.tfvars", string.Join('\n', File.ReadLines(ProjectRoot.Combine("terraform", "terraform.tfvars.example")).Where(line => !names.Contains(line.Split(' ')[0]))) + $"\n{settings}\ntailscale_auth_key = \"tskey: 1\"\n");
        _folder.Write("outputs.tf", """
            output "with" {
              value = nonsensitive(templatefile("cloud-init.yaml.tftpl", { ssh_username = var.ssh_username, tailscale_auth_key = var.tailscale_auth_key }))
            }
            output "without" {
              value = templatefile("cloud-init.yaml.tftpl", { ssh_username = var.ssh_username, tailscale_auth_key = "" })
            }
            """);
        var apply = await ProcessRun.RunAsync(Need.ForeignProgram("terraform"), ["apply", "-auto-approve", "-input=false", "-no-color"], workingDirectory: _folder.Path, environment: Quiet, cancellationToken: Cancelled);
        if (refusal is null)
        {
            apply.EnsureSuccess();
            foreach (var (output, commands) in new[] { ("with", 3), ("without", 1) })
            {
                var text = (await ProcessRun.RunAsync(Need.ForeignProgram("terraform"), ["output", "-raw", output], workingDirectory: _folder.Path, environment: Quiet, cancellationToken: Cancelled)).EnsureSuccess().Output;
                Assert.StartsWith("#cloud-config\n", text, StringComparison.Ordinal);
                var yaml = new YamlStream();
                yaml.Load(new StringReader(text));
                var root = (YamlMappingNode)yaml.Documents[0].RootNode;
                Assert.Equal("debian", root["runcmd"][0][4].ToString());
                Assert.Equal(commands, ((YamlSequenceNode)root["runcmd"]).Children.Count);
                if (commands > 1) Assert.Equal("tskey: 1", root["write_files"][0]["content"].ToString());
            }
            return;
        }
        Assert.NotEqual(0, apply.ExitCode);
        Assert.Contains(refusal, Space().Replace(apply.Error.Replace("│", "", StringComparison.Ordinal), " "), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\$\{path\.root\}/(?<name>[^""]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnFiles();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
