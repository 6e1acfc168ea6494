// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Oci.Tests;

public sealed class OciJsonTests
{
    private const string Hash = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void Members_that_are_not_known_survive_a_round_trip()
    {
        var json = $$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{Hash}}}","size":0,"platform":{"architecture":"arm64","os":"linux","os.version":"1"},"future":{"x":[1]}}],"later":{"a":1}}""";
        Assert.Equal(json, Encoding.UTF8.GetString(OciJson.Write(OciJson.ReadIndex(Encoding.UTF8.GetBytes(json), "test"))));
    }

    [Theory]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"x/sbom","config":EMPTY,"layers":[EMPTY],"subject":EMPTY,"annotations":{"a":"1"}}""")]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","artifactType":"x/sbom","manifests":[],"subject":EMPTY,"annotations":{"a":"1"}}""")]
    public void An_artifact_and_its_subject_are_read_and_written_in_the_order_of_the_specification(string json)
    {
        json = json.Replace("EMPTY", $$"""{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{Hash}}","size":0}""", StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(json);
        var isIndex = json.Contains("manifests", StringComparison.Ordinal);
        var (type, subject) = isIndex ? (OciJson.ReadIndex(bytes, "test").ArtifactType, OciJson.ReadIndex(bytes, "test").Subject) : (OciJson.ReadManifest(bytes, "test").ArtifactType, OciJson.ReadManifest(bytes, "test").Subject);
        Assert.Equal(("x/sbom", Hash), (type, subject?.Digest.ToString()));
        Assert.Equal(json, Encoding.UTF8.GetString(isIndex ? OciJson.Write(OciJson.ReadIndex(bytes, "test")) : OciJson.Write(OciJson.ReadManifest(bytes, "test"))));
    }

    [Fact]
    public void Dockers_config_is_read_and_keeps_what_Drift_does_not_know()
    {
        const string Json = """{"architecture":"amd64","os":"linux","config":{"ExposedPorts":{"80/tcp":{},"443/tcp":{}},"Healthcheck":{"Test":["CMD","/probe"]}},"rootfs":{"type":"layers","diff_ids":[]},"docker_version":"1"}""";
        var config = OciJson.ReadConfig(Encoding.UTF8.GetBytes(Json), "test");
        Assert.Equal(["80/tcp", "443/tcp"], config.Config!.ExposedPorts!);
        var written = Encoding.UTF8.GetString(OciJson.Write(config));
        Assert.Contains("\"Healthcheck\":{\"Test\":[\"CMD\",\"/probe\"]}", written, StringComparison.Ordinal);
        Assert.Contains("\"docker_version\":\"1\"", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"manifests":null}""")]
    [InlineData("""{"manifests":[null]}""")]
    [InlineData("""{"manifests":[{"mediaType":"x","digest":"sha256:no","size":1}]}""")]
    [InlineData("""{"manifests":[{"mediaType":"x","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":"1"}]}""")]
    public void What_is_no_index_is_refused_by_name(string json)
    {
        var error = Assert.Throws<DriftException>(() => OciJson.ReadIndex(Encoding.UTF8.GetBytes(json), "that index"));
        Assert.Equal(ErrorCode.InvalidContent, error.Code);
        Assert.StartsWith("that index is not an image index: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_and_large_documents_are_refused()
    {
        Assert.Throws<DriftException>(() => OciJson.ReadIndex(Encoding.UTF8.GetBytes(new string('[', 100_000)), "test"));
        Assert.Throws<DriftException>(() => OciJson.ReadIndex(new byte[OciJson.MaximumSize + 1], "test"));
    }
}
