// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>The templates against what the plugins and the provider take, which is looked up in lists: neither of them can be had here.</summary>
public sealed class TemplateTests
{
    private const string Oracle = "packer/oci-ampere-base.pkr.hcl", Aws = "packer/aws-arm-base.pkr.hcl", Network = "terraform/network.tf", Instance = "terraform/instance.tf";

    public static TheoryData<string> PackerFiles => [.. Directory.GetFiles(ProjectRoot.Combine("packer"), "*.pkr.hcl").Select(path => "packer/" + Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(PackerFiles))]
    public void Template_of_Packer_is_what_the_plugins_take(string file) => Assert.Equal([], TemplateCheck.Of(Text(file)));

    [Fact]
    public void Terraform_is_what_the_provider_takes() => Assert.Equal([], Terraform(""));

    [Theory]
    [InlineData(Oracle, "disk_size = 50", "disc_size = 50", "source.oracle-oci has no disc_size")]
    [InlineData(Oracle, "disk_size = 50", "disk_size = \"50\"", "disk_size of source.oracle-oci is a Number and not a String")]
    [InlineData(Oracle, "shape_config {", "shape_config = {", "shape_config of source.oracle-oci is a block")]
    [InlineData(Oracle, "tags = {\n    drift-role = \"base\"", "tags {\n    drift-role = \"base\"", "tags of source.oracle-oci is an attribute")]
    [InlineData(Oracle, "    ocpus         = 1\n", "", "source.oracle-oci/shape_config lacks ocpus")]
    [InlineData(Oracle, "= var.ssh_username\n", "= var.ssh_user\n", "var.ssh_user is not declared")]
    [InlineData(Oracle, "= var.ssh_username\n", "= var.ssh_user\n", "var.ssh_username is not used")]
    [InlineData(Oracle, "source \"oracle-oci\" \"base\"", "source \"oracle-oci\" \"other\"", "source.oracle-oci.base is not declared")]
    [InlineData(Oracle, "provisioner \"file\"", "provisioner \"files\"", "provisioner.files is not known")]
    [InlineData(Aws, "  source_ami_filter {", "  source_ami_filters {", "source.amazon-ebs lacks source_ami_filter")]
    [InlineData(Aws, "volume_size           = 10", "volume_gb             = 10", "source.amazon-ebs/launch_block_device_mappings has no volume_gb")]
    [InlineData(Aws, "imds_support    = \"v2.0\"", "imds_support    = true", "imds_support of source.amazon-ebs is a String and not a Bool")]
    [InlineData(Network, "      tcp_options {\n        min = 22\n        max = 22\n      }", "      tcp_options {\n        destination_port_range {\n          min = 22\n          max = 22\n        }\n      }", "resource.oci_core_security_list/ingress_security_rules/tcp_options has no destination_port_range")]
    [InlineData(Network, "    protocol         = \"all\"\n", "", "resource.oci_core_security_list/egress_security_rules lacks protocol")]
    [InlineData(Network, "oci_core_vcn.main.id\n  display_name   = var.name\n  enabled", "oci_core_vcn.other.id\n  display_name   = var.name\n  enabled", "oci_core_vcn.other is not declared")]
    [InlineData(Network, "  enabled        = true\n", "  enabled        = true\n  is_enabled     = true\n", "resource.oci_core_internet_gateway has no is_enabled")]
    [InlineData(Instance, "  shape_config {", "  shape_config = {", "shape_config of resource.oci_core_instance is a block")]
    [InlineData(Instance, "assign_public_ip = \"false\"", "assign_public_ip = false", "assign_public_ip of resource.oci_core_instance/create_vnic_details is a String and not a Bool")]
    [InlineData(Instance, "    prevent_destroy = true\n    ignore", "    prevent_destruction = true\n    ignore", "resource.oci_core_instance/lifecycle has no prevent_destruction")]
    public void Planted_fault_is_found(string file, string right, string wrong, string finding)
    {
        var text = Text(file);
        var planted = text.Replace(right, wrong, StringComparison.Ordinal);
        Assert.NotEqual(text, planted);
        Assert.Contains(file.EndsWith(".tf", StringComparison.Ordinal) ? Terraform(file, planted) : TemplateCheck.Of(planted), found => found.EndsWith(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void Both_builds_do_the_same()
    {
        static string Steps(string file) => Text(file).Split("sources = [\"source.", 2)[1].Split('\n', 2)[1];
        Assert.Equal(Steps(Oracle), Steps(Aws));
        Assert.Contains("provisioner \"shell\"", Steps(Aws), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Oracle, "availability_domain api_private_key assign_public_ip base_image_ocid builder_id compartment_ocid fingerprint git_sha image_name_prefix manifest region skip_create_image ssh_private_key_file ssh_username subnet_ocid tenancy_ocid user_ocid with_tailscale")]
    [InlineData(Aws, "ami_name_prefix associate_public_ip builder_id git_sha instance_type manifest region skip_create_ami source_ami ssh_keypair_name ssh_private_key_file ssh_username subnet_id with_tailscale")]
    public void Variables_are_those_that_builds_set(string file, string names) =>
        Assert.Equal(names.Split(' ').Order(StringComparer.Ordinal), HclReader.Read(Text(file)).Blocks.Where(block => block.Type == "variable").Select(block => block.Labels[0]).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("a = {\n", "line 2: '}' is missing")]
    [InlineData("a = \"b\nc = 1", "line 1: a text has no end")]
    [InlineData("a = 1\na = 2", "line 2: a is there twice")]
    [InlineData("b { a = 1\n c = <<X\n y\n", "line 4: a text of several lines has no end")]
    [InlineData("b \"c {", "line 1: a text has no end")]
    [InlineData("b {", "line 1: a name is expected and not '\0'")]
    [InlineData("a = ]", "line 1: ']' closes nothing")]
    [InlineData("a =\n", "line 1: a value is missing")]
    public void Reader_refuses_what_is_no_template(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => HclReader.Read(text)).Message);

    [Fact]
    public void Reader_knows_texts_in_texts_comments_and_several_lines()
    {
        var block = Assert.Single(HclReader.Read("""
            # first
            b "x" y { // second
              a = "${c ? "}" : "#"}" # third
              d = [
                1, # fourth
              ]
              e = <<-X
                f = {
              X
              g { h = 1 }
            }
            """).Blocks);
        Assert.Equal(("b", "x", "y"), (block.Type, block.Labels[0], block.Labels[1]));
        Assert.Equal(["\"${c ? \"}\" : \"#\"}\"", "[\n    1, \n  ]", "<<-X\n    f = {\n  X"], block.Attributes.Select(attribute => attribute.Expression));
        Assert.Equal(("g", "1", 10), (block.Blocks[0].Type, block.Blocks[0].Attributes[0].Expression, block.Blocks[0].Line));
    }

    [Fact]
    public void Checks_with_Tailscale_are_those_of_the_base_and_two_more()
    {
        static IEnumerable<string> Names(string file) => GossFile.Read(ProjectRoot.Combine("packer", "goss", file)).Select(check => $"{check.Kind.Key} {check.Id}");
        Assert.Equal(["package tailscale", "service tailscaled"], Names("tailscale.goss.yaml").Except(Names("base.goss.yaml")).Order(StringComparer.Ordinal));
        Assert.Empty(Names("base.goss.yaml").Except(Names("tailscale.goss.yaml")));
    }

    private static IReadOnlyList<string> Terraform(string other, string text = "") =>
        TemplateCheck.Of(Directory.GetFiles(ProjectRoot.Combine("terraform"), "*.tf").Select(path => "terraform/" + Path.GetFileName(path)).Select(file => file == other ? text : Text(file)));

    private static string Text(string file) => File.ReadAllText(ProjectRoot.Combine(file));
}
