// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.RegularExpressions;
using Drift.TestKit;
using YamlDotNet.RepresentationModel;

namespace Drift.Machines.Tests;

/// <summary>The workflows that build and copy images, what they may do at AWS, and what is kept of what they print.</summary>
public sealed partial class ImageWorkflowTests
{
    [Theory]
    [InlineData("packer-oci-ampere.yml", "Packer OCI Ampere (Always Free)", "image_name_prefix assign_public_ip skip_create_image",
        "OCI_TENANCY_OCID OCI_USER_OCID OCI_FINGERPRINT OCI_API_PRIVATE_KEY OCI_COMPARTMENT_OCID OCI_REGION OCI_AVAILABILITY_DOMAIN OCI_SUBNET_OCID OCI_BASE_IMAGE_OCID OCI_SSH_USERNAME OCI_SSH_PUBLIC_KEY OCI_SSH_PRIVATE_KEY TAILSCALE_AUTH_KEY")]
    [InlineData("packer-aws-arm.yml", "Packer AWS ARM (Graviton)", "ami_name_prefix instance_type associate_public_ip skip_create_ami",
        "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_SOURCE_AMI AWS_SSH_USERNAME AWS_SSH_KEYPAIR_NAME AWS_SSH_PRIVATE_KEY AWS_SUBNET_ID TAILSCALE_AUTH_KEY")]
    [InlineData("oci-image-copy.yml", "OCI image copy", "source_image_ocid dest_image_name object_name expires_in_hours",
        "BUILD_OCI_TENANCY_OCID BUILD_OCI_USER_OCID BUILD_OCI_FINGERPRINT BUILD_OCI_API_PRIVATE_KEY BUILD_OCI_REGION BUILD_OCI_BUCKET BUILD_OCI_NAMESPACE PROD_OCI_TENANCY_OCID PROD_OCI_USER_OCID PROD_OCI_FINGERPRINT PROD_OCI_API_PRIVATE_KEY PROD_OCI_REGION PROD_OCI_COMPARTMENT_OCID")]
    public async Task Every_input_and_secret_is_there_and_used(string file, string name, string inputs, string secrets)
    {
        var text = File.ReadAllText(ProjectRoot.Combine(".github", "workflows", file));
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var workflow = (YamlMappingNode)stream.Documents[0].RootNode;
        Assert.Equal(name, workflow["name"].ToString());
        var manual = Assert.Single(((YamlMappingNode)workflow["on"]).Children);
        Assert.Equal(inputs.Split(' '), ((YamlMappingNode)manual.Value["inputs"]).Children.Keys.Select(key => key.ToString()));
        Assert.All(inputs.Split(' '), input => Assert.Contains($"inputs.{input}", text, StringComparison.Ordinal));
        Assert.Equal(secrets.Split(' ').Order(StringComparer.Ordinal), Secrets().Matches(text).Select(match => match.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal));

        // The log is kept, whatever happens, and no key is in it.
        var steps = ((YamlSequenceNode)Assert.Single(((YamlMappingNode)workflow["jobs"]).Children).Value["steps"]).Children.Cast<YamlMappingNode>().ToArray();
        var log = steps[^1]["with"]["path"].ToString();
        Assert.Equal("always()", steps[^1]["if"].ToString());
        var command = steps.Select(step => step.Children.TryGetValue("run", out var run) ? run.ToString() : "").Single(run => run.Contains($"tee {log}", StringComparison.Ordinal));
        var redacted = Redact().Match(command).Value.Split(' ');
        Assert.All(secrets.Split(' ').Where(secret => secret.EndsWith("_KEY", StringComparison.Ordinal) && !secret.Contains("PUBLIC", StringComparison.Ordinal)), secret => Assert.Contains(secret, redacted));
        foreach (var step in steps.Where(step => step.Children.ContainsKey("run"))) (await ProcessRun.RunAsync(Need.Program("shellcheck"), ["--shell=bash", "-"], step["run"].ToString(), cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
    }

    [Fact]
    public async Task Values_of_variables_are_left_out_of_a_log()
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["KEY"] = "-----BEGIN PRIVATE KEY-----\nMIIEvQ*[a]?\\+/=\r\nqUYx7Kk\n-----END PRIVATE KEY-----\n", ["TOKEN"] = "tskey-1234", ["SHORT"] = "ab", ["EMPTY"] = "",
        };
        var run = await ProcessRun.RunAsync(ProjectRoot.Combine("eng", "redact"), ["KEY", "TOKEN", "SHORT", "EMPTY", "UNSET"],
            "-----BEGIN PRIVATE KEY-----\nxMIIEvQ*[a]?\\+/=y \\n\nqUYx7Kk\ntskey-1234 tskey-1234 tskey-123 ab\n\nlast", environment: environment, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("-----BEGIN PRIVATE KEY-----\nx***y \\n\n***\n*** *** tskey-123 ab\n\nlast\n", run.EnsureSuccess().Output);
        (await ProcessRun.RunAsync(Need.Program("shellcheck"), [ProjectRoot.Combine("eng", "redact")], cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
    }

    [Fact]
    public void Policy_at_AWS_allows_what_building_and_copying_need_and_no_more()
    {
        using var policy = JsonDocument.Parse(File.ReadAllText(ProjectRoot.Combine("packer", "aws-policy.json")));
        var actions = policy.RootElement.GetProperty("Statement").EnumerateArray().SelectMany(statement => statement.GetProperty("Action").EnumerateArray()).Select(action => action.GetString()!).ToArray();
        // What the plugin's documentation lists; what public addresses without a subnet, and deprecation, need besides; and reading a snapshot.
        string[] builder =
        [
            "AttachVolume", "AuthorizeSecurityGroupIngress", "CopyImage", "CreateImage", "CreateKeyPair", "CreateSecurityGroup", "CreateSnapshot", "CreateTags", "CreateVolume", "DeleteKeyPair", "DeleteSecurityGroup",
            "DeleteSnapshot", "DeleteVolume", "DeregisterImage", "DescribeImageAttribute", "DescribeImages", "DescribeInstances", "DescribeInstanceStatus", "DescribeRegions", "DescribeSecurityGroups", "DescribeSnapshots",
            "DescribeSubnets", "DescribeTags", "DescribeVolumes", "DetachVolume", "GetPasswordData", "ModifyImageAttribute", "ModifyInstanceAttribute", "ModifySnapshotAttribute", "RegisterImage", "RunInstances",
            "StopInstances", "TerminateInstances", "EnableImageDeprecation", "DescribeVpcs", "DescribeInstanceTypeOfferings",
        ];
        Assert.Equal([.. builder.Select(action => "ec2:" + action).Concat(["ebs:ListSnapshotBlocks", "ebs:GetSnapshotBlock"]).Order(StringComparer.Ordinal)], actions.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(actions, action => action.Contains('*', StringComparison.Ordinal));
    }

    [GeneratedRegex(@"secrets\.(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Secrets();

    [GeneratedRegex(@"(?<=eng/redact )[A-Z_ ]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Redact();
}
